import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { SilenceBody, type SilenceView } from '#contract/alerts';
import type { Silences } from '../../alerts/silences.ts';
import { askedBy } from './alerts.ts';
import { signedIn } from './signed-in.ts';

export interface SilenceRouteDeps {
  readonly silences: Silences;
}
const Id = Type.Object({ id: Type.String({ pattern: '^[A-Za-z0-9-]{1,64}$' }) }, { additionalProperties: false });
const read = { policy: 'silences.read' } as const;
const write = { policy: 'silences.write' } as const;

/** Silences: matchers, author, comment and an end within 24 h. Deleting one is ending it now; it stays to be read. */
export const silenceRoutes: FastifyPluginAsyncTypebox<SilenceRouteDeps> = async (app, { silences }) => {
  app.get(
    '/api/v1/silences',
    { config: read },
    async (): Promise<{ silences: SilenceView[] }> => ({ silences: silences.list() }),
  );
  app.get(
    '/api/v1/silences/:id',
    { config: read, schema: { params: Id } },
    async ({ params }): Promise<SilenceView> => silences.get(params.id),
  );
  app.post(
    '/api/v1/silences',
    { config: write, schema: { body: SilenceBody } },
    async (request, reply): Promise<SilenceView> => {
      const { silence, replayed } = await silences.create(request.body, askedBy(request));
      if (replayed) reply.header('idempotent-replayed', 'true');
      reply.code(201);
      return silence;
    },
  );
  app.put(
    '/api/v1/silences/:id',
    { config: write, schema: { params: Id, body: SilenceBody } },
    async (request, reply): Promise<SilenceView> => {
      const { silence, replayed } = await silences.update(request.params.id, request.body, askedBy(request));
      if (replayed) reply.header('idempotent-replayed', 'true');
      return silence;
    },
  );
  app.delete(
    '/api/v1/silences/:id',
    { config: write, schema: { params: Id } },
    async (request): Promise<SilenceView> =>
      silences.expire(request.params.id, { principal: signedIn(request), requestId: request.id }),
  );
};
