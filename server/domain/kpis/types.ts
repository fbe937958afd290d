import type { KpiMeta, KpiWindow } from '#contract/kpis';
import type { Campaign } from '../campaign.ts';
import type { ResolutionName } from '../resolutions.ts';

/** Half-open span of event time, ms since the Unix epoch. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Cumulative figures of ad reports over a span: differences of registers. */
export interface AdTotals {
  readonly spendMinor: number;
  readonly impressions: number;
  readonly clicks: number;
}

/** What the budget ledger says at this moment, minor units. */
export interface BudgetFigures {
  readonly fundedMinor: number;
  /** Left in the reserve, with what is held for moves. */
  readonly reserveMinor: number;
  /** By channel. */
  readonly allocatedMinor: Readonly<Record<string, number>>;
  /** Requests that people have decided on since the opening, and how long all of them waited together, ms. */
  readonly decidedCount: number;
  readonly decidedMs: number;
}

/** What the fitted response curves say now, and what came of their advice. */
export interface AdviceFigures {
  /** Returns of the next minor unit spent on a channel, and what was spent there an hour, by channel. */
  readonly channels: Readonly<Record<string, { readonly marginal: number; readonly spendMinor: number }>>;
  /** Cards that were carried out and whose horizon has passed, and those of them that gained. */
  readonly judgedCount: number;
  readonly gainedCount: number;
  /** Returns since the opening by the fitted curves: as the money was spent, and at the best split within floors and caps; minor units. */
  readonly shadow: { readonly actualMinor: number; readonly bestMinor: number };
}

/**
 * What a KPI may read. All of it is a fold of events, so the same reader serves the live room, a replay at any t, and
 * the tests (which build one from plain objects).
 */
export interface WindowReader {
  /** Whether a slice is still held; absent: as long as the store keeps it. */
  isKept?(resolution: ResolutionName, startMs: number): boolean;
  /** No event lies at or after this; absent: unknown. */
  readonly emptyFromMs?: number;
  /** Sum of one cell over the span, its edges snapped as `snapSpan` says; 0 when nothing was counted. */
  sum(cell: string, span: Span): number;
  /** Ad totals over the span; `channel` null = all channels. */
  ads(channel: string | null, span: Span): AdTotals;
  /** Units on hand of a SKU at `tMs`; null before its first count. */
  onHand(sku: string, tMs: number): number | null;
  /** Units sold (negative moves) of a SKU over the span. */
  sold(sku: string, span: Span): number;
  /** Estimated distinct buyers; `set` is `all`, `new`, `returning` or `channel=<id>`; null when no event named a buyer. */
  distinctBuyers(set: string, window: KpiWindow): number | null;
  /** Whether any source ever sent this type, or this optional field of it (`order.paid`, `order.paid.newBuyer`). */
  seen(field: string): boolean;
  /** Newest event of a feed, ms; null when it never reported. */
  feedNewestMs(feed: string): number | null;
  /** Of now, whatever span is asked for; null or absent: no ledger, the campaign file's opening holds. */
  budget?(): BudgetFigures | null;
  /** Of now, like `budget`; null or absent: no curve was fitted yet. */
  advice?(): AdviceFigures | null;
}

export interface KpiInput {
  readonly campaign: Campaign;
  readonly read: WindowReader;
  readonly span: Span;
  readonly window: KpiWindow;
  /** Empty for the total. */
  readonly labels: Labels;
  /** Redis time, ms; only ages use it. */
  readonly nowMs: number;
}

export interface KpiResult {
  /** null: the denominator is 0, or there is no data. Never 0 for "unknown". */
  readonly value: number | null;
  readonly numerator: number | null;
  readonly denominator: number | null;
  /** How much lies behind it, in events, where the denominator counts none (money); held against `minDenominator` instead. */
  readonly sampleCount?: number;
  /** What the number is of: the SKU that sells out first, the first cause. */
  readonly of?: string;
  readonly estimate?: true;
  /** Data the campaign does not keep, such as a breakdown: the KPI is `unavailable` and names it. */
  readonly missing?: string;
}

/**
 * What the five thresholds of the campaign file are compared with. `level`: the value. `pace`: value ÷ plan, a fall is
 * bad. `drop`: fall against the baseline (last year, else the plan). `rise`: rise over the baseline. `off`: |value − 1|.
 */
export type TierRule = 'level' | 'pace' | 'drop' | 'rise' | 'off';

export type Labels = Readonly<Record<string, string>>;

/** One definition of a number, used by the wall, the API, `/metrics`, alerts, replay and report. Pure. */
export interface Kpi extends KpiMeta {
  readonly windows: readonly KpiWindow[];
  /** Types and optional fields it needs; `a|b` is met by either. One unmet makes the KPI `unavailable`. */
  readonly needs: readonly string[];
  /** Ratios with a smaller denominator are `insufficient`. Absent: no such rule. */
  readonly minDenominator?: 'campaign' | number;
  readonly tierRule: TierRule;
  /** The value grows with the number of events, so its target scales with a demo's rate; ratios and means do not. */
  readonly scales: boolean;
  readonly compute: (input: KpiInput) => KpiResult;
  /** Value the plan foresees for the span, same unit; null when the campaign plans none. */
  readonly plan?: (campaign: Campaign, span: Span, labels: Labels) => number | null;
  readonly lastYear?: (campaign: Campaign, span: Span, labels: Labels) => number | null;
}

/** Builds a cell's name: metric, then labels in the breakdown's own order. */
export function cellName(
  metric: string,
  labels: Readonly<Record<string, string>> | readonly (readonly [string, string])[] = [],
): string {
  const pairs = Array.isArray(labels) ? labels : Object.entries(labels);
  let name = metric;
  for (const [key, value] of pairs) name += `|${key}=${value}`;
  return name;
}
