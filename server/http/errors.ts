import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { AppError, ERROR_STATUS, type ErrorCode, toProblem } from '#contract/errors';
import { PLAIN, WORDED } from '#contract/words';

/** What fastify's own refusals mean in our words. The texts are ours: fastify's may name internals. */
const FASTIFY_CODES: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['body_too_large', 'the body is larger than this route takes; send smaller ones'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    'unsupported_media_type',
    'this route does not take that Content-Type; send application/x-ndjson to /api/v1/events, application/json elsewhere',
  ],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['bad_json', 'the body is empty; send JSON or no Content-Type'],
  FST_ERR_CTP_INVALID_JSON_BODY: ['bad_json', 'the body is not valid JSON'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['bad_request', 'the body is not as long as Content-Length says'],
  FST_ERR_BAD_URL: ['bad_request', 'the path is not valid; check its percent signs'],
  FST_ERR_MAX_PARAM_LENGTH: ['not_found', 'nothing is here'],
  // a path such as //api or one that leaves the client's folder
  FST_STATIC_FORBIDDEN_PATH: ['not_found', 'nothing is here'],
};

const PARTS: Readonly<Record<string, string>> = {
  body: '',
  querystring: '/query',
  params: '/path',
  headers: '/headers',
};

/** Patterns, in words. */
const PATTERNS: Readonly<Record<string, string>> = {
  [PLAIN]: 'must be valid Unicode without control characters and line breaks',
  [WORDED]: 'must say something, in one line of valid Unicode without control characters',
  '^\\d{13}$': 'must be whole ms since the Unix epoch, 13 digits',
  '^\\d{1,3}$': 'must be a whole number of at most 3 digits',
  '^[1-9]\\d{0,2}$': 'must be a whole number from 1 to 999',
};
/** What the rule asks for, so that the next try is right. */
function ruleOf(
  keyword: string | undefined,
  params: Readonly<Record<string, unknown>>,
  message: string | undefined,
): string {
  if (keyword === 'additionalProperties') return 'is not a known field';
  if (keyword === 'required') return 'is missing';
  if (keyword === 'enum' && Array.isArray(params.allowedValues) && params.allowedValues.length <= 40)
    return `must be one of ${params.allowedValues.join(', ')}`;
  return PATTERNS[String(params.pattern)] ?? message ?? 'is not valid';
}

function fromValidation(error: FastifyError): AppError {
  const first = error.validation?.[0];
  const params = first?.params ?? {};
  const extra = params.additionalProperty ?? params.missingProperty;
  const pointer = `${PARTS[error.validationContext ?? 'body'] ?? ''}${first?.instancePath ?? ''}`;
  const field = typeof extra === 'string' ? `${pointer}/${extra}` : pointer || '/';
  const rule = ruleOf(first?.keyword, params, first?.message);
  return new AppError('validation', `${field} ${rule}`, { field });
}

/**
 * Any throw as an error a caller may see. What we did not throw on purpose becomes `internal` and loses its text.
 * @param asStore - turns an error of the Redis client into ours; null when it is none
 */
export function toAppError(error: unknown, asStore: (error: unknown) => AppError | null): AppError {
  if (error instanceof AppError) return error;
  const known = error as Partial<FastifyError>;
  if (known.validation !== undefined) return fromValidation(known as FastifyError);
  const own = FASTIFY_CODES[known.code ?? ''];
  if (own !== undefined) return new AppError(own[0], own[1], { cause: error });
  const store = asStore(error);
  if (store !== null) return store;
  if (known.statusCode === 429) return new AppError('too_many_requests', 'too many requests; wait and try again');
  // secure-json-parse and other parsers mark the caller's mistakes with 400
  if (error instanceof SyntaxError && known.statusCode === 400) {
    return new AppError('bad_json', 'the body is not valid JSON', { cause: error });
  }
  if (known.statusCode === 400) return new AppError('bad_request', 'the request is not valid', { cause: error });
  return new AppError('internal', 'something went wrong here; try again, and quote the request id if it stays', {
    cause: error,
  });
}

/** Seconds a caller should wait when the error itself does not say. */
const DEFAULT_RETRY_S = 1;

export function sendProblem(reply: FastifyReply, request: FastifyRequest, error: AppError): FastifyReply {
  const problem = toProblem(error, request.id);
  const status = ERROR_STATUS[error.code];
  const { retryAfterS } = error.options;
  if (status === 401) reply.header('www-authenticate', 'Bearer');
  if (status === 429 || status === 503) reply.header('retry-after', String(Math.ceil(retryAfterS ?? DEFAULT_RETRY_S)));
  // no-store: a refusal is about this moment and this caller
  return reply
    .code(status)
    .header('cache-control', 'no-store')
    .type('application/problem+json; charset=utf-8')
    .serializer(JSON.stringify)
    .send(problem);
}
