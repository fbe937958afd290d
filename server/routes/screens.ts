import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { ScreensReply } from '#contract/screens';
import type { HealthFacts } from '../room/node-facts.ts';

export interface ScreensRouteDeps {
  readonly screens: { facts(): HealthFacts };
  readonly redisNowMs: () => number;
}

/** `GET /api/v1/screens`: every connected screen of every node, and the nodes themselves; other nodes' part is ≤ 5 s old. */
export const screenRoutes: FastifyPluginAsyncTypebox<ScreensRouteDeps> = async (app, { screens, redisNowMs }) => {
  app.get('/api/v1/screens', { config: { policy: 'screens.read' } }, async (): Promise<ScreensReply> => {
    const { nodes, screens: all, awayWalls } = screens.facts();
    return { serverMs: redisNowMs(), screens: all, awayWalls, nodes };
  });
};
