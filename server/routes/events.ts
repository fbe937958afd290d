import type { FastifyInstance } from 'fastify';
import { AppError } from '#contract/errors';
import type { Principal } from '#contract/permissions';
import type { Ingest, IngestReply } from '../ingest/ingest.ts';
import { CONTENT_TYPES, type ContentType } from '../ingest/items.ts';
import { readSequence } from '../ingest/sequence.ts';
import { limit } from '../limits.ts';

export interface EventRouteDeps {
  readonly ingest: Pick<Ingest, 'submit'>;
  /** Refuses a key over its quota before its body is parsed. @throws {AppError} `quota_exceeded` */
  readonly admit: (principal: Principal, bodyBytes: number) => void;
  /** Called with the count once it is known, so that the quota counts events and not bodies. */
  readonly charge: (principal: Principal, reply: IngestReply) => void;
  /** @throws {AppError} while writes must stop: `disk_low`, `store_loading` */
  readonly checkWritable: () => void;
}

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
      preParsing: async (request) => {
        const encoding = request.headers['content-encoding'];
        if (encoding !== undefined && encoding !== 'identity') {
          throw new AppError(
            'unsupported_encoding',
            `Content-Encoding ${encoding.slice(0, 20)} is not taken; send the body as it is`,
            { field: 'Content-Encoding' },
          );
        }
        checkWritable();
        admit(request.principal as Principal, Number(request.headers['content-length'] ?? 0));
      },
    },
    async (request, reply) => {
      const contentType = contentTypeOf(request.headers['content-type']);
      const principal = request.principal as Principal;
      const body = request.body;
      if (!Buffer.isBuffer(body) || body.length === 0)
        throw new AppError('batch_size', 'the body has no events; send at least one');
      const answer = await ingest.submit({
        body,
        contentType,
        sequence: readSequence(request.headers),
        mayUse: sourceFilter(principal),
        by: principal.name,
      });
      charge(principal, answer);
      const { replayed, ...counts } = answer;
      if (replayed) reply.header('idempotent-replayed', 'true');
      return counts;
    },
  );
}

/** Exactly one of our types, with nothing behind it but `charset=utf-8`. @throws {AppError} `unsupported_media_type` */
function contentTypeOf(header: string | undefined): ContentType {
  const match = /^([a-z/+.-]+)(?:; ?charset=(?:utf-8|"utf-8"))?$/i.exec(header ?? '');
  const type = CONTENT_TYPES.find((known) => known === match?.[1]?.toLowerCase());
  if (type === undefined)
    throw new AppError('unsupported_media_type', `send one of ${CONTENT_TYPES.join(', ')}`, { field: 'Content-Type' });
  return type;
}
