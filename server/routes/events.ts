import type { FastifyInstance } from 'fastify';
import { AppError, ERROR_STATUS } from '#contract/errors';
import type { Principal } from '#contract/permissions';
import type { Ingest } from '../ingest/ingest.ts';
import { CONTENT_TYPES, type ContentType } from '../ingest/items.ts';
import { readSequence, type Sequence } from '../ingest/sequence.ts';
import { limit } from '../limits.ts';

export interface EventRouteDeps {
  readonly ingest: Pick<Ingest, 'submit'>;
  /**
   * Refuses a key over its quota, and what this node has no room for, before the body is read. Returns the way to say that
   * the body is done with. @throws {AppError} `quota_exceeded`, `overloaded`
   */
  readonly admit: (principal: Principal, bodyBytes: number) => () => void;
  /** Called with the count once it is known, so that the quota counts events and not bodies. */
  readonly charge: (principal: Principal, eventCount: number) => void;
  /** @throws {AppError} while writes must stop: `disk_low`, `store_loading` */
  readonly checkWritable: () => void;
}

/** A body that was refused costs its key what it could have held: refusals are work too. */
const EVENT_BYTES = 200;
/** Refused for what it is, not for what the server is. */
const isSendersFault = (error: unknown): boolean =>
  error instanceof AppError && ERROR_STATUS[error.code] < 429 && ERROR_STATUS[error.code] !== 409;

/** Which sources a credential may send. */
export function sourceFilter(principal: Principal | null): (source: string) => boolean {
  if (principal?.kind !== 'key') return () => false;
  const sources = new Set(principal.sources);
  return sources.has('*') ? () => true : (source) => sources.has(source);
}

/**
 * `POST /api/v1/events`: a batch is counted once, or clearly refused. Answers after Redis has applied and fsynced it.
 */
export async function eventRoutes(
  app: FastifyInstance,
  { ingest, admit, charge, checkWritable }: EventRouteDeps,
): Promise<void> {
  app.removeAllContentTypeParsers();
  for (const type of CONTENT_TYPES) {
    app.addContentTypeParser(type, { parseAs: 'buffer', bodyLimit: limit('eventBodyBytes') }, (_request, body, done) =>
      done(null, body),
    );
  }
  app.post(
    '/api/v1/events',
    {
      config: { policy: 'events.write' },
      bodyLimit: limit('eventBodyBytes'),
      preParsing: async (request, reply) => {
        const encoding = request.headers['content-encoding'];
        if (encoding !== undefined && encoding !== 'identity') {
          throw new AppError(
            'unsupported_encoding',
            `Content-Encoding ${encoding.slice(0, 20)} is not taken; send the body as it is`,
            { field: 'Content-Encoding' },
          );
        }
        checkWritable();
        const bytes = Math.min(
          limit('eventBodyBytes'),
          Number(request.headers['content-length'] ?? limit('eventBodyBytes')),
        );
        reply.raw.once('close', admit(request.principal as Principal, bytes));
      },
    },
    async (request, reply) => {
      const contentType = contentTypeOf(request.headers['content-type']);
      const principal = request.principal as Principal;
      const body = request.body;
      if (!Buffer.isBuffer(body) || body.length === 0)
        throw new AppError('batch_size', 'the body has no events; send at least one');
      const answer = await ingest
        .submit({
          body,
          contentType,
          sequence: producerOf(principal, readSequence(request.headers)),
          mayUse: sourceFilter(principal),
          by: principal.name,
        })
        .catch((error: unknown) => {
          if (isSendersFault(error)) charge(principal, Math.max(1, Math.round(body.length / EVENT_BYTES)));
          throw error;
        });
      charge(principal, answer.received);
      const { replayed, ...counts } = answer;
      if (replayed) reply.header('idempotent-replayed', 'true');
      return counts;
    },
  );
}

/**
 * A key bound to sources has Producer-Ids of its own: nobody else's can be fenced or replayed with it. Keys that may send
 * any source share theirs, so that a producer goes on when its key is replaced.
 */
function producerOf(principal: Principal, sequence: Sequence | null): Sequence | null {
  if (sequence === null || principal.kind !== 'key' || principal.sources.includes('*')) return sequence;
  return { ...sequence, producerId: `${principal.name}~${sequence.producerId}` };
}

/** Exactly one of our types, with nothing behind it but `charset=utf-8`. @throws {AppError} `unsupported_media_type` */
function contentTypeOf(header: string | undefined): ContentType {
  const match = /^([a-z/+.-]+)(?:; ?charset=(?:utf-8|"utf-8"))?$/i.exec(header ?? '');
  const type = CONTENT_TYPES.find((known) => known === match?.[1]?.toLowerCase());
  if (type === undefined)
    throw new AppError('unsupported_media_type', `send one of ${CONTENT_TYPES.join(', ')}`, { field: 'Content-Type' });
  return type;
}
