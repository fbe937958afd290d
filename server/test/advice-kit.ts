import { createAdvisor } from '../budget/recommend/advisor.ts';
import { plannedDemand, plannedSpendOver } from '../budget/recommend/read-ticks.ts';
import { type Rhythm, SALE_RHYTHM } from '../budget/recommend/rhythm.ts';
import type { Span, WindowReader } from '../domain/kpis/types.ts';
import type { FrameSource } from '../realtime/frame-source.ts';
import { budgetKit } from './budget-kit.ts';
import { silentLog } from './silent-log.ts';

const MINUTE_MS = 60_000;
const WARM_UP = 0.25;
/** Orders a minute that no money bought, at 1 : 264: 97 % of all. */
const USUAL_ORGANIC = 7_400;
/** Return of a channel at its usual spend, and the spend (multiples of the usual) at which it is half full. */
interface Truth {
  readonly roas: number;
  readonly half: number;
}
/** Search is full, content has room. */
const TRUTH: Readonly<Record<string, Truth>> = {
  search: { roas: 1.6, half: 0.3 },
  social: { roas: 4, half: 1 },
  kol: { roas: 3, half: 1 },
  content: { roas: 9, half: 4 },
};

/**
 * Recommendations over a real ledger and store, and windows that a known sale fills: what a channel sells follows what is
 * allocated to it. Time is moved on by hand.
 */
export async function adviceKit(options: { readonly rhythm?: Rhythm; readonly opensInMs?: number } = {}) {
  const kit = await budgetKit({ policy: { cooldownMs: 0 } });
  const { budget, redis, prefix } = kit;
  const opensInMs = options.opensInMs ?? 0;
  const campaign = {
    ...kit.campaign,
    opensAtMs: kit.campaign.opensAtMs + opensInMs,
    closesAtMs: kit.campaign.closesAtMs + opensInMs,
  };
  const rhythm = options.rhythm ?? SALE_RHYTHM;
  const share = (channel: string): number => {
    const rows = budget.facts.budget().accounts.filter(({ kind }) => kind === 'chan');
    const all = rows.reduce((sum, { allocated }) => sum + allocated, 0);
    return (rows.find((row) => row.channel === channel)?.allocated ?? 0) / all;
  };
  /** Shares are those of each minute: spend does not change afterwards. */
  const shares = new Map<number, Record<string, number>>();
  const shareAt = (channel: string, ms: number): number => {
    const minute = Math.floor(ms / MINUTE_MS);
    let kept = shares.get(minute);
    if (kept === undefined) {
      kept = Object.fromEntries(Object.keys(TRUTH).map((id) => [id, share(id)]));
      shares.set(minute, kept);
    }
    return kept[channel] ?? 0;
  };
  let level: Readonly<Record<string, number>> = {};
  let unmet: Readonly<Record<string, number>> = {};
  /** Before the opening, when there is a wait for it, a quarter of a usual minute is sold and spent. */
  const isWarmUp = (ms: number): boolean => ms < campaign.opensAtMs;
  const minutes = (span: Span): number[] => {
    const list: number[] = [];
    for (let ms = Math.floor(span.fromMs / MINUTE_MS) * MINUTE_MS; ms < span.toMs; ms += MINUTE_MS) {
      if (ms >= span.fromMs && (opensInMs > 0 || !isWarmUp(ms))) list.push(ms);
    }
    return list;
  };
  const demandAt = (ms: number): number =>
    isWarmUp(ms) ? WARM_UP : plannedDemand(campaign, { fromMs: ms, toMs: ms + MINUTE_MS });
  const spendOf = (channel: string, ms: number): number =>
    isWarmUp(ms)
      ? usual(channel) * (1 + 0.3 * Math.sin(ms / 1e6))
      : plannedSpendOver(campaign, { fromMs: ms, toMs: ms + MINUTE_MS }) * shareAt(channel, ms);
  const usual = (channel: string): number =>
    (plannedSpendOver(campaign, { fromMs: campaign.opensAtMs, toMs: campaign.closesAtMs }) *
      (campaign.budgets.channels[channel]?.shareRatio ?? 0) *
      MINUTE_MS) /
    (campaign.closesAtMs - campaign.opensAtMs);
  const gmvOf = (channel: string, ms: number): number => {
    const { roas, half } = TRUTH[channel] as Truth;
    const [x, node] = [spendOf(channel, ms), half * usual(channel)];
    const top = roas * (usual(channel) + node);
    // a little noise that is the same each time
    const noise = 1 + 0.08 * Math.sin(ms / 7_919 + channel.length);
    return Math.round((demandAt(ms) * top * x * noise * (level[channel] ?? 1)) / (x + node));
  };
  const sumCell = (cell: string, span: Span): number => {
    const channel = /channel=(\w+)/.exec(cell)?.[1];
    const category = /category=(\w+)/.exec(cell)?.[1];
    if (cell.startsWith('stock_requested_count')) return category === undefined ? 0 : 1_000;
    if (cell.startsWith('stock_unmet_count')) return 1_000 * (unmet[category ?? ''] ?? 0);
    if (cell === 'orders_paid_count' && minutes(span).every(isWarmUp))
      return Math.round(WARM_UP * USUAL_ORGANIC * minutes(span).length);
    if (channel === undefined || TRUTH[channel] === undefined) return 0;
    const gmv = minutes(span).reduce((sum, ms) => sum + gmvOf(channel, ms), 0);
    if (cell.startsWith('gmv_paid_minor'))
      return category === undefined ? gmv : category === categoryOf(channel) ? gmv : 0;
    if (cell.startsWith('orders_paid_count')) return Math.round(gmv / 20_000);
    if (cell.startsWith('orders_new_buyer_count')) return Math.round((0.9 * gmv) / 20_000);
    return 0;
  };
  const reader: WindowReader = {
    sum: sumCell,
    ads: (channel, span) => ({
      spendMinor: channel === null ? 0 : Math.round(minutes(span).reduce((sum, ms) => sum + spendOf(channel, ms), 0)),
      impressions: 0,
      clicks: 0,
    }),
    onHand: () => null,
    sold: () => 0,
    distinctBuyers: () => null,
    seen: () => true,
    feedNewestMs: () => kit.nowMs(),
  };
  let stale = false;
  const source: FrameSource = {
    campaign,
    reader,
    get asOfMs() {
      return kit.nowMs();
    },
    get watermarkMs() {
      return kit.nowMs() - 2_000;
    },
    redisNowMs: kit.nowMs,
    feeds: () => {
      const newestMs = stale ? kit.nowMs() - 10 * MINUTE_MS : kit.nowMs();
      const feed = { newestMs, intervalMs: 1_000, heardCount: 1, silentCount: 0 };
      return { orders: feed, ads: feed };
    },
    feedWatermarksMs: () => ({ orders: kit.nowMs() - 2_000, ads: kit.nowMs() - 2_000 }),
    sources: () => [],
    unmappedCount: 0,
    loadingRatio: null,
    degraded: false,
  };
  const node = (nodeId: string) =>
    createAdvisor({
      redis,
      prefix,
      instance: campaign.instance,
      nodeId,
      log: silentLog,
      source,
      timeline: kit.timeline,
      ledger: budget.facts,
      demo: false,
      rhythm,
    });
  /** Ticks go by, each looked at once. */
  async function pass(advisor: { look(): Promise<void> }, ticks: number): Promise<void> {
    for (let n = 0; n < ticks; n += 1) {
      for (let ms = 0; ms < rhythm.tickMs; ms += MINUTE_MS) {
        shareAt('search', kit.nowMs());
        kit.later(Math.min(MINUTE_MS, rhythm.tickMs - ms));
      }
      await budget.book.load();
      await advisor.look();
    }
  }
  return {
    ...kit,
    source,
    rhythm,
    node,
    pass,
    /** Multiplies what a channel sells. */
    setLevel: (next: Readonly<Record<string, number>>) => {
      level = next;
    },
    /** Part of what is asked for that is not there, by category. */
    setUnmet: (next: Readonly<Record<string, number>>) => {
      unmet = next;
    },
    setStale: (next: boolean) => {
      stale = next;
    },
  };
}
/** Each channel sells one category here, so that a stock-out has one victim. */
export const categoryOf = (channel: string): string =>
  ({ search: 'apparel', social: 'beauty', kol: 'digital', content: 'food' })[channel] ?? 'home';
