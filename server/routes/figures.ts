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
        labels: query.labels === undefined ? {} : readLabels(query.labels, campaign().dimensions),
      });
    },
  );
}

/** Every name that some KPI can be asked by. */
const LABELS: ReadonlySet<string> = new Set([...KPIS.values()].flatMap(({ dimensions }) => dimensions));

/**
 * `category=beauty|channel=search`
 * @throws {AppError} `bad_request`, or `not_found` for what the campaign does not list: 0 would be a lie
 */
function readLabels(value: string, dimensions: CampaignReply['dimensions']): Record<string, string> {
  return Object.fromEntries(
    value.split('|').map((pair) => {
      const [, name, id] = /^([a-z_]{1,40})=([^=|]{1,64})$/.exec(pair) ?? [];
      if (name === undefined || id === undefined)
        throw new AppError('bad_request', 'labels are name=value pairs joined with |', { field: 'labels' });
      const values = Object.hasOwn(dimensions, name) ? dimensions[name] : undefined;
      const isListed = values === undefined || id === 'other' || values.some((known) => known.id === id);
      if (!LABELS.has(name) || !isListed)
        throw new AppError('not_found', `the campaign lists no such ${name}; GET /api/v1/campaign has its dimensions`, {
          field: 'labels',
        });
      return [name, id];
    }),
  );
}
