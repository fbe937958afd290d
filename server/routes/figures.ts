import type { FastifyInstance } from 'fastify';
import type { CampaignReply } from '#contract/campaign';
import { AppError } from '#contract/errors';
import { type KpisReply, SERIES_STEPS, type SeriesReply, type SeriesStep } from '#contract/kpis';
import { KPIS } from '../domain/kpis/index.ts';
import type { KpiQuery } from '../windows/kpi-rows.ts';
import type { SeriesQuery } from '../windows/series.ts';

export interface FigureRouteDeps {
  readonly campaign: () => CampaignReply;
  readonly series: (query: SeriesQuery) => Promise<SeriesReply>;
  readonly kpis: (query: KpiQuery) => KpisReply;
}
const TIME = { type: 'string', pattern: '^\\d{13}$' } as const;
const text = (maxLength: number) => ({ type: 'string', minLength: 1, maxLength }) as const;

/** Reading figures: the campaign, one line over time, KPIs with their proof. */
export async function figureRoutes(app: FastifyInstance, { campaign, series, kpis }: FigureRouteDeps): Promise<void> {
  app.get('/api/v1/campaign', { config: { policy: 'campaign.read' } }, async () => campaign());

  app.get<{ Querystring: { metric: string; by?: string; from: string; to: string; step?: SeriesStep } }>(
    '/api/v1/series',
    {
      config: { policy: 'figures.read' },
      schema: {
        querystring: {
          type: 'object',
          additionalProperties: false,
          required: ['metric', 'from', 'to'],
          properties: {
            metric: text(80),
            by: text(80),
            from: TIME,
            to: TIME,
            step: { type: 'string', enum: [...SERIES_STEPS] },
          },
        },
      },
    },
    async ({ query }) =>
      series({
        metric: query.metric,
        by: query.by ?? null,
        fromMs: Number(query.from),
        toMs: Number(query.to),
        step: query.step ?? '1m',
      }),
  );

  app.get<{ Querystring: { at?: string; ids?: string; proof?: string; labels?: string } }>(
    '/api/v1/kpis',
    {
      config: { policy: 'figures.read' },
      schema: {
        querystring: {
          type: 'object',
          additionalProperties: false,
          properties: { at: TIME, ids: text(2_000), proof: { type: 'string', enum: ['0', '1'] }, labels: text(200) },
        },
      },
    },
    async ({ query }) => {
      const ids = query.ids === undefined ? null : query.ids.split(',');
      const unknown = ids?.find((id) => !KPIS.has(id));
      if (unknown !== undefined)
        throw new AppError('not_found', `no KPI ${unknown.slice(0, 60)}; leave out ids to list all`, { field: 'ids' });
      return kpis({
        ids,
        atMs: query.at === undefined ? null : Number(query.at),
        proof: query.proof === '1',
        labels: readLabels(query.labels),
      });
    },
  );
}

/** `category=beauty|channel=search` */
function readLabels(value: string | undefined): Record<string, string> {
  if (value === undefined) return {};
  return Object.fromEntries(
    value.split('|').map((pair) => {
      const match = /^([a-z_]{1,40})=([^=|]{1,64})$/.exec(pair);
      if (match === null)
        throw new AppError('bad_request', 'labels are name=value pairs joined with |', { field: 'labels' });
      return [match[1] as string, match[2] as string];
    }),
  );
}
