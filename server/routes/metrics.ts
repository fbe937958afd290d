import type { FastifyInstance } from 'fastify';

export interface MetricsRouteDeps {
  readonly render: () => Promise<string>;
  readonly contentType: string;
}

/** `GET /metrics` for Prometheus, with a bearer token of somebody who may read metrics (README, "Watching it"). */
export async function metricsRoutes(app: FastifyInstance, { render, contentType }: MetricsRouteDeps): Promise<void> {
  app.get('/metrics', { config: { policy: 'metrics.read' }, schema: { hide: true } }, async (_request, reply) =>
    reply
      .header('cache-control', 'no-store')
      .type(contentType)
      .send(await render()),
  );
}
