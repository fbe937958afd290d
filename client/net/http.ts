import type { ErrorCode, Problem } from '#contract/errors';

/** A refused request: the server's problem, or `network` when no answer came. */
export class RequestFailed extends Error {
  override readonly name = 'RequestFailed';
  readonly code: ErrorCode | 'network';
  /** HTTP status, 0 without an answer. */
  readonly status: number;
  /** Seconds the server asks to wait; null when it does not say. */
  readonly retryAfterS: number | null;
  /** All that the server said, with what belongs to the code (the owner of an alert, a version); null without an answer. */
  readonly problem: Problem | null;
  constructor(
    code: ErrorCode | 'network',
    status: number,
    message: string,
    retryAfterS: number | null = null,
    problem: Problem | null = null,
  ) {
    super(message);
    this.code = code;
    this.status = status;
    this.retryAfterS = retryAfterS;
    this.problem = problem;
  }
}

export interface RequestOptions {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

/**
 * Same-origin JSON with the session cookie.
 * @throws {RequestFailed}
 */
export async function requestJson<T>(path: string, options: RequestOptions = {}): Promise<T> {
  const { method = 'GET', body, headers = {}, timeoutMs = 10_000 } = options;
  let response: Response;
  let read: unknown;
  try {
    response = await fetch(path, {
      method,
      credentials: 'same-origin',
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      signal: AbortSignal.timeout(timeoutMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    // the head may come in time and the body not: half an answer is none
    read = !response.ok
      ? await response.json().catch(() => null)
      : response.status === 204
        ? null
        : await response.json();
  } catch {
    throw new RequestFailed('network', 0, 'no answer'); // what a browser calls it is nothing to show anybody
  }
  if (response.ok) return (response.status === 204 ? undefined : read) as T;
  const problem = read as Problem | null;
  const wait = Number(response.headers.get('retry-after'));
  throw new RequestFailed(
    problem?.code ?? 'internal',
    response.status,
    problem?.message ?? `the server answered ${response.status}`,
    Number.isFinite(wait) && wait > 0 ? wait : null,
    problem,
  );
}
