import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Principal } from '#contract/permissions';

export interface MetricsRouteDeps {
  readonly render: () => Promise<string>;
  readonly contentType: string;
}
const PATH = '/metrics';

/** `GET /metrics` for Prometheus: with METRICS_TOKEN, or as somebody who may read metrics. */
export async function metricsRoutes(app: FastifyInstance, { render, contentType }: MetricsRouteDeps): Promise<void> {
  app.get(PATH, { config: { policy: 'metrics.read' }, schema: { hide: true } }, async (_request, reply) =>
    reply
      .header('cache-control', 'no-store')
      .type(contentType)
      .send(await render()),
  );
}

interface Door {
  readonly authenticate: (request: FastifyRequest) => Promise<Principal | null>;
}
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/**
 * Lets METRICS_TOKEN in, on this one route: a scraper has no person and no 72 h, and must get through while the store that
 * knows people is away.
 */
export function metricsDoor<T extends Door>(door: T, token: string | null): T {
  if (token === null) return door;
  const wanted = digest(`Bearer ${token}`);
  const scraper: Principal = { kind: 'user', id: 'metrics', name: 'metrics', role: 'oncall', sessionId: 'metrics' };
  return {
    ...door,
    authenticate: async (request) =>
      request.routeOptions.url === PATH && timingSafeEqual(digest(request.headers.authorization ?? ''), wanted)
        ? scraper
        : door.authenticate(request),
  };
}
