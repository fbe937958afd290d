import fastifyRateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { limit } from '../limits.ts';

export interface FaroRouteDeps {
  /** Takes a report that has the shape below; never throws. */
  readonly take: (report: unknown) => void;
}
/** Signals of one kind in one report; the client sends at most 50. */
const ITEMS_MAX = 200;
const items = Type.Optional(Type.Array(Type.Object({}, { additionalProperties: true }), { maxItems: ITEMS_MAX }));
/** The transport body of @grafana/faro-core. Open on purpose: what is not known is passed over (domain/client-report.ts). */
const Report = Type.Object(
  {
    meta: Type.Object({}, { additionalProperties: true }),
    exceptions: items,
    measurements: items,
    events: items,
    logs: items,
  },
  { additionalProperties: true },
);

/** Whoever reports: a session, so that screens behind one address do not take from each other. */
function reporter({ principal, ip }: FastifyRequest): string {
  if (principal === null) return ip;
  return principal.kind === 'key' ? principal.id : principal.sessionId;
}

/** `POST /faro/collect`: browsers of people and kiosks report web vitals, errors and the age of their frames. */
export async function faroRoutes(app: FastifyInstance, { take }: FaroRouteDeps): Promise<void> {
  await app.register(fastifyRateLimit, { global: false, cache: 10_000 });
  app.post(
    '/faro/collect',
    {
      config: {
        policy: 'session',
        rateLimit: { max: limit('reports'), timeWindow: 60_000, keyGenerator: reporter },
      },
      bodyLimit: limit('reportBytes'),
      schema: { body: Report, hide: true },
    },
    async (request, reply) => {
      take(request.body);
      return reply.code(202).send();
    },
  );
}
