import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { OBJECTIVES } from '#contract/budget';
import { type AdviceReply, WhatIfBody, type WhatIfReply } from '#contract/recommendations';
import type { Advisor } from '../budget/recommend/advisor.ts';

export interface RecommendationRouteDeps {
  readonly advisor: Pick<Advisor, 'recommendation' | 'whatIf'>;
}
const Query = Type.Object({ objective: Type.Optional(Type.Enum([...OBJECTIVES])) }, { additionalProperties: false });
const read = { policy: 'budget.read' } as const;

/** Where the next yuan earns most, and what a typed allocation would bring. Reading changes nothing: no key is asked for. */
export const recommendationRoutes: FastifyPluginAsyncTypebox<RecommendationRouteDeps> = async (app, { advisor }) => {
  app.get(
    '/api/v1/budget/recommendation',
    { config: read, schema: { querystring: Query } },
    async ({ query }): Promise<AdviceReply> => advisor.recommendation(query.objective ?? 'gmv'),
  );
  app.post(
    '/api/v1/budget/recommendation/what-if',
    { config: read, schema: { body: WhatIfBody } },
    async ({ body }): Promise<WhatIfReply> => advisor.whatIf(body),
  );
};
