import type { CampaignReply } from '#contract/campaign';
import type { Frame, FrameFeed, ViewId } from '#contract/frames';
import type { Figure } from '#contract/kpis';
import { FEEDS_1S } from './campaign.ts';

/** What the test feed says: figures and feed ages are data, changed by the test that holds it. */
export interface Sale {
  campaign: CampaignReply;
  figures: Record<string, Figure>;
  rows: Frame['rows'];
  /** Feed → how often it reports and, when paused, the time of its last event; null: never reported. */
  feeds: Record<string, { intervalMs: number; pausedAtMs?: number | null }>;
  quality: Frame['quality'];
  onDutyCount: number;
  extra: Partial<Frame>;
}

const figure = (value: number | null, more: Partial<Figure> = {}): Figure => ({ value, quality: 'live', ...more });

export { figure };

/** A sale two hours in, everything healthy; the figures of the mock. */
export function healthySale(campaign: CampaignReply): Sale {
  return {
    campaign,
    figures: {
      'gmv_paid@open': figure(26_843_900_000_000, { plan: 26_291_772_000_000, target: 30_000_000_000_000 }),
      'gmv_net@open': figure(26_012_200_000_000),
      'gmv_paid@1m': figure(32_700_000_000, { plan: 31_800_000_000 }),
      'target_attainment@open': figure(1.021),
      'gmv_growth_rate@open': figure(0.114),
      'orders_per_s@1m': figure(24_100),
      'qps@1m': figure(5_830_000),
      'capacity_headroom@1m': figure(0.27),
      'payment_success_rate@5m': figure(0.9932, { target: 0.985 }),
      'stockout_rate_demand@5m': figure(0.0074, { target: 0.008 }),
      'stock_minutes_left@5m': figure(74, { of: 'sku-1' }),
      'stock_at_risk_count@5m': figure(0),
      'complaint_rate@1h': figure(0.0021, { of: 'logistics' }),
      'roas@open': figure(4.62),
      'budget_utilisation@open': figure(0.61, { plan: 0.58 }),
    },
    rows: {},
    feeds: structuredClone(FEEDS_1S),
    quality: 'live',
    onDutyCount: 14,
    extra: {},
  };
}

const feedAt = (nowMs: number, { intervalMs, pausedAtMs }: Sale['feeds'][string]): FrameFeed => ({
  newestMs: pausedAtMs === undefined ? nowMs - 300 : pausedAtMs,
  intervalMs,
  heardCount: 1,
  silentCount: 0,
});

/** The sale as one frame of a view. */
export function frameOf(sale: Sale, view: ViewId, at: { epoch: string; seq: number; nowMs: number }): Frame {
  const { opensAt, id } = sale.campaign;
  const minuteMs = Math.floor(at.nowMs / 60_000) * 60_000;
  const curve = sale.campaign.plans.gmv_paid_minor;
  const minuteValue = (ms: number): number =>
    Math.round((curve?.values[Math.floor((ms - opensAt) / 60_000) - (curve?.fromMinute ?? 0)] ?? 0) * 1.03);
  return {
    view,
    epoch: at.epoch,
    seq: at.seq,
    serverMs: at.nowMs,
    asOf: at.nowMs - 400,
    watermark: at.nowMs - 2_000,
    quality: sale.quality,
    ttlMs: 3_000,
    figures: sale.figures,
    rows: sale.rows,
    lines: {
      'gmv_paid_minor@1m': {
        stepMs: 60_000,
        points: [
          [minuteMs - 60_000, minuteValue(minuteMs - 60_000)],
          [minuteMs, minuteValue(minuteMs) / 2],
        ],
      },
    },
    feeds: Object.fromEntries(Object.entries(sale.feeds).map(([name, feed]) => [name, feedAt(at.nowMs, feed)])),
    alerts: { state: 'off', openCount: {}, silencedCount: 0 },
    campaign: { id, opensAt, phase: at.nowMs < opensAt ? 'warmup' : 'burst', nextWaveAt: opensAt + 4 * 3_600_000 },
    onDutyCount: sale.onDutyCount,
    unmappedCount: 0,
    ...sale.extra,
    room: { commander: 'Zhang', ...sale.extra.room },
  };
}

/** One-minute history, as `/api/v1/series` answers it. */
export function historyOf(sale: Sale, nowMs: number): [number, number][] {
  const curve = sale.campaign.plans.gmv_paid_minor;
  if (!curve) return [];
  return curve.values
    .map((value, index): [number, number] => {
      const ms = sale.campaign.opensAt + (curve.fromMinute + index) * 60_000;
      const wobble = 1 + 0.06 * Math.sin(index * 1.7) + 0.04 * Math.sin(index * 0.6);
      return [ms, Math.round(value * wobble)];
    })
    .filter(([ms]) => ms <= nowMs);
}
