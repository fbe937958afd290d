import type { FastifyInstance } from 'fastify';
import { AppError } from '#contract/errors';
import type { EventsReply } from '#contract/events';
import type { Ingest } from '../ingest/ingest.ts';
import type { DeadLetters } from '../store/dead-letters.ts';

export interface DeadLetterRouteDeps {
  readonly letters: DeadLetters;
  readonly ingest: Pick<Ingest, 'submit'>;
}
interface ReplayItem {
  readonly id: string;
  /** The mended event in the flat form; absent: the text as it came. */
  readonly event?: Record<string, unknown>;
}

/** Read what was refused, mend it, send it through the normal way in. A second replay adds nothing: ids are remembered. */
export async function deadLetterRoutes(app: FastifyInstance, { letters, ingest }: DeadLetterRouteDeps): Promise<void> {
  app.get<{ Querystring: { before?: string; limit?: string } }>(
    '/api/v1/deadletters',
    {
      config: { policy: 'deadletters.read' },
      schema: {
        querystring: {
          type: 'object',
          additionalProperties: false,
          properties: {
            before: { type: 'string', pattern: '^\\d{1,15}$' },
            limit: { type: 'string', pattern: '^[1-9]\\d{0,2}$' },
          },
        },
      },
    },
    async ({ query }) =>
      letters.page(query.before === undefined ? null : Number(query.before), Math.min(500, Number(query.limit ?? 100))),
  );

  app.post<{ Body: { items: ReplayItem[] } }>(
    '/api/v1/deadletters/replay',
    {
      config: { policy: 'deadletters.replay' },
      schema: {
        body: {
          type: 'object',
          additionalProperties: false,
          required: ['items'],
          properties: {
            items: {
              type: 'array',
              minItems: 1,
              maxItems: 500,
              items: {
                type: 'object',
                additionalProperties: false,
                required: ['id'],
                properties: { id: { type: 'string', pattern: '^[0-9a-f]{40}$' }, event: { type: 'object' } },
              },
            },
          },
        },
      },
    },
    async ({ body, principal }): Promise<EventsReply & { remaining: string[] }> => {
      const found = new Map((await letters.find(body.items.map(({ id }) => id))).map((letter) => [letter.id, letter]));
      const missing = body.items.find(({ id }) => !found.has(id));
      if (missing !== undefined)
        throw new AppError('not_found', `dead letter ${missing.id} is not there; it was replayed or dropped`, {
          field: '/items',
        });
      const texts = body.items.map(({ id, event }) =>
        (event === undefined ? (found.get(id)?.raw ?? '') : JSON.stringify(event)).replaceAll('\n', ' '),
      );
      const reply = await ingest.submit({
        body: Buffer.from(`${texts.join('\n')}\n`),
        contentType: 'application/x-ndjson',
        sequence: null,
        mayUse: () => true,
        by: principal?.name ?? 'replay',
        isReplay: true,
      });
      const refused = new Set(reply.rejected.map(({ index }) => index));
      await letters.remove(body.items.flatMap(({ id }, index) => (refused.has(index) ? [] : [id])));
      const { received, accepted, duplicates, rejected } = reply;
      return {
        received,
        accepted,
        duplicates,
        rejected,
        remaining: body.items.flatMap(({ id }, index) => (refused.has(index) ? [id] : [])),
      };
    },
  );
}
