import { describe, expect, it } from 'vitest';
import { type Frame, VIEWS } from '#contract/frames';
import { bundledCampaign, loadCampaignFile } from '../campaigns/load.ts';
import { type Campaign, resolveCampaign } from '../domain/campaign.ts';
import { KPIS } from '../domain/kpis/index.ts';
import type { Span, WindowReader } from '../domain/kpis/types.ts';
import { METRICS } from '../domain/metrics.ts';
import { buildFrame, frameQuality } from './build-frame.ts';
import { type FigureSpec, figureKey, VIEW_SPECS } from './domain/views.ts';
import { figureReader } from './figures.ts';
import type { FrameSource } from './frame-source.ts';
import { TierBook } from './tier-book.ts';

const OPENS = Date.UTC(2026, 10, 11);
const campaignOf = (name: 'double11' | 'tiny'): Campaign =>
  resolveCampaign(loadCampaignFile(bundledCampaign(name)), { instance: `${name}-1`, opensAtMs: OPENS, scale: 1 });

/** Every cell has `perSecond` in each second of the span; all types were seen. */
const reader = (perSecond: (cell: string) => number): WindowReader => ({
  sum: (cell: string, { fromMs, toMs }: Span) => (Math.max(0, toMs - fromMs) / 1_000) * perSecond(cell),
  ads: (_channel, { fromMs, toMs }) => {
    const seconds = Math.max(0, toMs - fromMs) / 1_000;
    return { spendMinor: 123_456_789 * seconds, impressions: 90_000 * seconds, clicks: 2_000 * seconds };
  },
  onHand: () => 5_000,
  sold: () => 700,
  distinctBuyers: () => 1_234_567,
  seen: () => true,
  feedNewestMs: () => 0,
});
const sourceAt = (campaign: Campaign, tMs: number, overrides: Partial<FrameSource> = {}): FrameSource => ({
  campaign,
  reader: reader((cell) => (cell.endsWith('_minor') || cell.includes('_minor|') ? 9_876_543 : 97)),
  asOfMs: tMs - 300,
  watermarkMs: tMs - 2_300,
  redisNowMs: () => tMs,
  feeds: () =>
    Object.fromEntries(
      Object.entries(campaign.file.feeds).map(([feed, { intervalMs }]) => [
        feed,
        { newestMs: tMs - 400, intervalMs, heardCount: 3, silentCount: 0 },
      ]),
    ),
  feedWatermarksMs: () => ({}),
  sources: () => [],
  unmappedCount: 0,
  loadingRatio: null,
  degraded: false,
  ...overrides,
});
const frameOf = (view: (typeof VIEWS)[number], source: FrameSource, degraded = false): Frame => {
  const tMs = source.redisNowMs();
  return buildFrame(view, {
    source,
    figures: figureReader(source, tMs, new TierBook()),
    tMs,
    epoch: 'e1',
    seq: 7,
    alerts: { state: 'off', openCount: {}, silencedCount: 0 },
    onDutyCount: 2,
    insecure: false,
    degraded,
    health: { nodes: [], screens: [], awayWalls: [] },
  });
};

describe('views', () => {
  it.each(VIEWS)('[FR9] %s names only KPIs, windows, labels and metrics that exist, each once', (view) => {
    const { figures, rows, lines } = VIEW_SPECS[view];
    const problems: string[] = [];
    const check = (spec: FigureSpec, label?: string): void => {
      const kpi = KPIS.get(spec.kpi);
      if (kpi === undefined) problems.push(`${spec.kpi}: no such KPI`);
      else if (!kpi.windows.includes(spec.window)) problems.push(`${spec.kpi}: not answered for ${spec.window}`);
      else if (label !== undefined && !kpi.dimensions.includes(label)) problems.push(`${spec.kpi}: not by ${label}`);
    };
    for (const spec of figures) check(spec);
    for (const list of rows) for (const spec of list.figures) check(spec, list.label);
    for (const { metric } of lines) if (!METRICS.some((known) => known.metric === metric)) problems.push(metric);
    const keys = figures.map((spec) => figureKey(spec));
    expect(problems).toEqual([]);
    expect(new Set(keys).size).toBe(keys.length);
  });
  it.each(VIEWS)('[FR10] %s is the same frame for the same windows and time, in any campaign', (view) => {
    for (const name of ['double11', 'tiny'] as const) {
      const campaign = campaignOf(name);
      const at = (): Frame => frameOf(view, sourceAt(campaign, OPENS + 3_600_000));
      expect(at()).toEqual(at());
      expect(at().campaign).toMatchObject({ id: `${name}-1`, opensAt: OPENS });
    }
  });
  it('[FR11] the overview of the bundled sale stays near 4 kB, whatever the amounts', () => {
    const frame = frameOf('wall:overview', sourceAt(campaignOf('double11'), OPENS + 20 * 3_600_000));
    expect(JSON.stringify(frame).length).toBeLessThan(6_000);
  });
  it('[PAGE41] the tech wall stays near 4 kB, and says what the planned traffic would leave of each service', () => {
    const campaign = campaignOf('double11');
    const tMs = OPENS + 3_600_000;
    const frame = frameOf('wall:tech', sourceAt(campaign, tMs));
    expect(JSON.stringify(frame).length).toBeLessThan(6_000);
    const figures = figureReader(sourceAt(campaign, tMs), tMs, new TierBook());
    const { value, plan } = figures.row({ kpi: 'qps', window: '1m' });
    expect(value).toBeGreaterThan(0);
    expect(plan).toBeGreaterThan(0);
    for (const { figures: row } of frame.rows.services ?? []) {
      const headroom = row['capacity_headroom@1m'];
      const load = 1 - (headroom?.value ?? 0);
      expect(1 - (headroom?.plan ?? 0)).toBeCloseTo((load * (plan ?? 0)) / (value ?? 1), 4);
    }
    expect(frame.rows.methods?.map(({ id }) => id)).toEqual(campaign.file.dimensions.method?.map(({ id }) => id));
    // without traffic nothing can be said of a plan
    const idle = frameOf('wall:tech', sourceAt(campaign, tMs, { reader: reader(() => 0) }));
    expect(idle.rows.services?.[0]?.figures['capacity_headroom@1m']).not.toHaveProperty('plan');
  });
  it('[FR12] lists have a row for each value of the campaign, in its order; what it does not store is left out', () => {
    const tiny = campaignOf('tiny');
    const { rows } = frameOf('wall:regions', sourceAt(tiny, OPENS + 600_000));
    expect(rows.regions?.map(({ id }) => id)).toEqual(['north', 'south']);
    expect(Object.keys(rows.regions?.[0]?.figures ?? {})).not.toContain('complaint_rate@1h');
    expect(rows.regions?.[0]?.figures['gmv_paid_share@open']?.value).toBe(0.5);
    const supply = frameOf('wall:supply', sourceAt(tiny, OPENS + 600_000));
    expect(supply.rows.items?.map(({ id }) => id)).toEqual(['pot-1', 'cup-1']);
    expect(supply.rows.items?.[0]?.figures['stock_minutes_left@5m']?.value).toBeCloseTo(5_000 / 140);
  });
  it('[FR13] seconds of a line end at the watermark, minutes with the one that still grows', () => {
    const tMs = OPENS + 600_000;
    const { lines } = frameOf('wall:overview', sourceAt(campaignOf('tiny'), tMs));
    const seconds = lines['gmv_paid_minor@1s'];
    expect(seconds?.points).toHaveLength(10);
    expect(seconds?.points.at(-1)?.[0]).toBe(OPENS + 596_000);
    const minutes = lines['gmv_paid_minor@1m'];
    expect(minutes?.points.map(([ms]) => ms)).toEqual([OPENS + 420_000, OPENS + 480_000, OPENS + 540_000]);
    const unseen = sourceAt(campaignOf('tiny'), tMs, { reader: { ...reader(() => 1), seen: () => false } });
    expect(frameOf('wall:overview', unseen).lines['gmv_paid_minor@1s']?.points).toEqual([]);
  });
  for (const { title, state, want } of [
    { title: 'all heard and on time', state: {}, want: 'live' },
    { title: '10 s behind is still live', state: { watermarkMs: 90_000 }, want: 'live' },
    { title: 'more is delayed', state: { watermarkMs: 89_999 }, want: 'delayed' },
    { title: 'a silent source', state: { watermarkMs: 89_999, silentCount: 1 }, want: 'partial' },
    { title: 'a store that does not answer', state: { degraded: true, silentCount: 1 }, want: 'degraded' },
    { title: 'nothing was ever heard', state: { watermarkMs: null }, want: 'live' },
  ] as const)
    it(`[FR14] quality: ${title} → ${want}`, () => {
      const {
        degraded = false,
        silentCount = 0,
        watermarkMs = 99_000,
      } = { ...state } as {
        degraded?: boolean;
        silentCount?: number;
        watermarkMs?: number | null;
      };
      expect(frameQuality({ degraded, watermarkMs }, [{ silentCount }], 100_000)).toBe(want);
    });
  it('[FR15] a degraded frame may not be trusted for any time; a good one for as long as the link may be silent', () => {
    const source = sourceAt(campaignOf('tiny'), OPENS + 1_000);
    expect(frameOf('wall:overview', source).ttlMs).toBe(3_000);
    expect(frameOf('wall:overview', source, true)).toMatchObject({ ttlMs: 0, quality: 'degraded' });
  });
  it('[FR16] a figure carries the tier of its windows; one that is insufficient has none', () => {
    const campaign = campaignOf('tiny');
    const tMs = OPENS + 1_200_000;
    const withRate = (succeeded: number, attempted: number): FrameSource =>
      sourceAt(campaign, tMs, {
        reader: reader((cell) =>
          /succeeded/.test(cell) ? succeeded : /payments_attempted/.test(cell) ? attempted : 1,
        ),
      });
    const tierOf = (source: FrameSource) => frameOf('wall:overview', source).figures['payment_success_rate@5m'];
    expect(tierOf(withRate(100, 100))).not.toHaveProperty('tier');
    expect(tierOf(withRate(85, 100))?.tier).toBe('orange');
    expect(tierOf(withRate(0.001, 0.01))).toMatchObject({ quality: 'insufficient' });
    expect(tierOf(withRate(0.001, 0.01))).not.toHaveProperty('tier');
  });
});
