import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { ID_PATTERN } from '#contract/events';
import type { KeySummary, KeyWithToken } from '#contract/people';
import type { ProducerKeys } from '../people/producer-keys.ts';
import { actOf, IdParams, Name } from './signed-in.ts';

export interface KeyRouteDeps {
  readonly keys: ProducerKeys;
}
const Create = Type.Object(
  {
    name: Name,
    sources: Type.Array(Type.String({ pattern: ID_PATTERN }), { minItems: 1, maxItems: 100, uniqueItems: true }),
    quotaPerSecond: Type.Optional(Type.Union([Type.Integer({ minimum: 1, maximum: 100_000_000 }), Type.Null()])),
  },
  { additionalProperties: false },
);
const config = { policy: 'keys.manage' } as const;

/** Ingest keys of producers. The token is shown once, by the request that made it. */
export const keyRoutes: FastifyPluginAsyncTypebox<KeyRouteDeps> = async (app, { keys }) => {
  app.get('/api/v1/keys', { config }, async (): Promise<{ keys: KeySummary[] }> => ({ keys: await keys.list() }));
  app.post('/api/v1/keys', { config, schema: { body: Create } }, async (request, reply): Promise<KeyWithToken> => {
    const { name, sources, quotaPerSecond = null } = request.body;
    const made = await keys.create({ name, sources, quotaPerSecond }, actOf(request));
    reply.code(201);
    return made;
  });
  app.delete('/api/v1/keys/:id', { config, schema: { params: IdParams } }, async (request, reply) => {
    await keys.revoke(request.params.id, actOf(request));
    return reply.code(204).send();
  });
};
