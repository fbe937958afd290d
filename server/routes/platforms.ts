import { createHash } from 'node:crypto';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { AMOUNT_MAX_MINOR, type PlatformView } from '#contract/budget';
import { type Actor, actorOf } from '#contract/permissions';
import { readIdempotencyKey } from '../store/idempotency.ts';

export interface PlatformRouteDeps {
  readonly platforms: {
    views(): readonly (PlatformView & { readonly channel: string })[];
    look(channel: string): Promise<PlatformView>;
    adopt(channel: string, seenMinor: number, by: Actor): Promise<PlatformView>;
    reassert(channel: string, seenMinor: number, by: Actor, key: string): Promise<PlatformView>;
  };
}
const closed = { additionalProperties: false } as const;
const params = Type.Object({ channel: Type.String({ pattern: '^[a-z0-9_]{1,40}$' }) }, closed);
/** The platform's budget that the person saw and decides about. */
const body = Type.Object({ theirsMinor: Type.Integer({ minimum: 0, maximum: AMOUNT_MAX_MINOR }) }, closed);

/** Ad platforms: how they stand, and what a person decides when their budget is not ours (PROTOCOL.md OBX). */
export const platformRoutes: FastifyPluginAsyncTypebox<PlatformRouteDeps> = async (app, { platforms }) => {
  app.get('/api/v1/budget/platforms', { config: { policy: 'budget.read' } }, async () => ({
    platforms: platforms.views(),
  }));
  app.post(
    '/api/v1/budget/platforms/:channel/look',
    { schema: { params }, config: { policy: 'budget.request' } },
    async (request) => platforms.look(request.params.channel),
  );
  app.post(
    '/api/v1/budget/platforms/:channel/adopt',
    { schema: { params, body }, config: { policy: 'budget.freeze' } },
    async (request) => {
      readIdempotencyKey(request.headers['idempotency-key']);
      return platforms.adopt(request.params.channel, request.body.theirsMinor, actorOf(request.principal));
    },
  );
  app.post(
    '/api/v1/budget/platforms/:channel/reassert',
    { schema: { params, body }, config: { policy: 'budget.freeze' } },
    async (request) => {
      const key = readIdempotencyKey(request.headers['idempotency-key']);
      const actor = actorOf(request.principal);
      const print = createHash('sha256').update(`${actor.id}\n${key}`).digest('hex').slice(0, 24);
      return platforms.reassert(request.params.channel, request.body.theirsMinor, actor, print);
    },
  );
};
