import { createHash } from 'node:crypto';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { PlatformView } from '#contract/budget';
import { type Actor, actorOf, roleMay } from '#contract/permissions';
import { DriftBody, type PlatformsReply } from '#contract/platforms';
import type { Settling } from '../budget/outbox/reconcile.ts';
import { readIdempotencyKey } from '../store/idempotency.ts';

export interface PlatformRouteDeps {
  readonly platforms: {
    views(): PlatformsReply['platforms'];
    look(channel: string): Promise<PlatformView>;
    adopt(channel: string, seen: Settling, by: Actor, mayRaise: boolean): Promise<PlatformView>;
    reassert(channel: string, seen: Settling, by: Actor, key: string): Promise<PlatformView>;
  };
}
const closed = { additionalProperties: false } as const;
const params = Type.Object({ channel: Type.String({ pattern: '^[a-z0-9_]{1,40}$' }) }, closed);

/** Ad platforms: how they stand, and what a person decides when their budget is not ours (PROTOCOL.md OBX). */
export const platformRoutes: FastifyPluginAsyncTypebox<PlatformRouteDeps> = async (app, { platforms }) => {
  app.get(
    '/api/v1/budget/platforms',
    { config: { policy: 'budget.read' } },
    async (): Promise<PlatformsReply> => ({
      platforms: platforms.views(),
    }),
  );
  app.post(
    '/api/v1/budget/platforms/:channel/look',
    { schema: { params }, config: { policy: 'budget.request' } },
    async (request) => platforms.look(request.params.channel),
  );
  app.post(
    '/api/v1/budget/platforms/:channel/adopt',
    { schema: { params, body: DriftBody }, config: { policy: 'budget.freeze' } },
    async (request) => {
      readIdempotencyKey(request.headers['idempotency-key']);
      const { params: of, body, principal } = request;
      const mayRaise = principal !== null && roleMay(principal.role, 'budget.unfreeze');
      return platforms.adopt(of.channel, body, actorOf(principal), mayRaise);
    },
  );
  app.post(
    '/api/v1/budget/platforms/:channel/reassert',
    { schema: { params, body: DriftBody }, config: { policy: 'budget.freeze' } },
    async (request) => {
      const key = readIdempotencyKey(request.headers['idempotency-key']);
      const actor = actorOf(request.principal);
      const print = createHash('sha256').update(`${actor.id}\n${key}`).digest('hex').slice(0, 24);
      return platforms.reassert(request.params.channel, request.body, actor, print);
    },
  );
};
