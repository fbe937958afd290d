import type { Feed } from '#contract/events';
import type { Tier } from '#contract/tiers';
import { KPIS } from '../../domain/kpis/index.ts';
import type { Span } from '../../domain/kpis/types.ts';
import { shownTier } from '../../domain/shown-tier.ts';
import { tierOf } from '../../domain/tier.ts';
import type { FrameSource } from '../../realtime/frame-source.ts';
import { type ChannelFacts, isBeyondChance } from './domain/vetoes.ts';
import type { ChannelMoney } from './money.ts';
import { channelTick, plannedSpendOver } from './read-ticks.ts';
import type { Rhythm } from './rhythm.ts';
import type { AdviceState } from './state.ts';

/** Stock is looked at over a tick, at least a minute: what is back on the shelf may receive again soon. */
const STOCK_WINDOW_LEAST_MS = 60_000;
/** Complaints are few: what the minute's tier says of them must hold over so long, ms. */
const COMPLAINTS_MS = 300_000;
/** A feed is stale after five of its intervals, at least 15 s, as its tiles are. */
const STALE_INTERVALS = 5;
/** Spend is held against its plan over this many ticks at least: reports come in steps. */
const USED_LEAST_TICKS = 3;
const STALE_LEAST_MS = 15_000;

/** What operations say now, for each channel: the tiers that the walls show. */
export function createChannelFacts(source: FrameSource, rhythm: Rhythm) {
  const { campaign, reader } = source;

  function tier(id: string): Tier | null {
    const kpi = KPIS.get(id);
    const window = kpi?.windows[0];
    if (kpi === undefined || window === undefined) return null;
    return shownTier(kpi, {
      campaign,
      read: reader,
      window,
      asOfMs: source.asOfMs,
      watermarkMs: source.watermarkMs,
      feedWatermarksMs: source.feedWatermarksMs(),
      nowMs: source.redisNowMs(),
    });
  }

  /** The tier that the walls show, unless so few complaints are behind it that it may be chance. */
  function complaints(): Tier | null {
    const raised = tier('complaint_rate');
    const usual = campaign.targets.complaint_rate;
    const toMs = source.watermarkMs;
    if (raised === null || usual === undefined || toMs === null) return raised;
    const span = { fromMs: toMs - COMPLAINTS_MS, toMs };
    const expected = usual * reader.sum('orders_paid_count', span);
    return isBeyondChance(reader.sum('complaints_opened_count', span), expected) ? raised : null;
  }

  /** Part of what the channel's buyers ask for that is not there: each category's rate, by what the channel sells of it. */
  function stockoutRatio(channel: string, span: Span): number | null {
    let sold = 0;
    let short = 0;
    let asked = 0;
    for (const { id } of campaign.file.dimensions.category ?? []) {
      const gmv = reader.sum(`gmv_paid_minor|category=${id}|channel=${channel}`, span);
      const requested = reader.sum(`stock_requested_count|category=${id}`, span);
      if (gmv === 0 || requested === 0) continue;
      asked += requested;
      sold += gmv;
      short += (gmv * reader.sum(`stock_unmet_count|category=${id}`, span)) / requested;
    }
    return sold === 0 || asked < campaign.file.minDenominator ? null : short / sold;
  }

  function feedStale(): boolean {
    const feeds = source.feeds();
    const nowMs = source.redisNowMs();
    return (['orders', 'ads'] satisfies Feed[]).some((feed) => {
      const facts = feeds[feed];
      if (facts === undefined) return false;
      const limitMs = Math.max(STALE_LEAST_MS, STALE_INTERVALS * facts.intervalMs);
      return facts.newestMs === null || nowMs - facts.newestMs > limitMs;
    });
  }

  return (state: AdviceState, money: readonly ChannelMoney[]): ReadonlyMap<string, ChannelFacts> => {
    const toMs = state.learntToMs;
    const span = { fromMs: toMs - rhythm.horizonTicks * rhythm.tickMs, toMs };
    const stockSpan = { fromMs: toMs - Math.max(STOCK_WINDOW_LEAST_MS, rhythm.tickMs), toMs };
    const shared = {
      payments: tier('payment_success_rate'),
      complaints: complaints(),
      faults: tier('fault_rate'),
    };
    const overall = tier('stockout_rate_demand');
    const given = money.reduce((sum, { allocated }) => sum + allocated, 0);
    const stale = feedStale();
    const thresholds = campaign.file.tiers.stockout_rate_demand;
    return new Map(
      money.map((one): [string, ChannelFacts] => {
        const ratio = stockoutRatio(one.channel, stockSpan);
        const seen = channelTick(reader, one.channel, span);
        // since its last move: before that it had another plan
        const moved = state.channels[one.channel]?.moved?.atMs ?? 0;
        const open = { fromMs: Math.max(span.fromMs, campaign.opensAtMs, moved), toMs };
        const share = given === 0 ? 0 : one.allocated / given;
        const long = open.toMs - open.fromMs >= USED_LEAST_TICKS * rhythm.tickMs;
        const planned = long ? plannedSpendOver(campaign, open) * share : 0;
        const spent = Math.max(0, reader.ads(one.channel, open).spendMinor);
        const stockout = ratio === null ? overall : thresholds === undefined ? null : tierOf(ratio, thresholds, 'low');
        return [
          one.channel,
          {
            tiers: { stockout, ...shared },
            stockoutRatio: ratio,
            feedStale: stale,
            frozen: one.frozen,
            cooldownUntilMs: one.cooldownUntilMs,
            pinned: one.pinned,
            usedRatio: planned > 0 ? spent / planned : null,
            ordersCount: seen.orders,
            regimeChangedAtMs: state.channels[one.channel]?.regimeChangedAtMs ?? null,
            spends: seen.spend > 0,
          },
        ];
      }),
    );
  };
}
