import type { AdTotals, AdviceFigures, BudgetFigures, Span, WindowReader } from '../domain/kpis/types.ts';

/** What happened, written by hand: every list is `[ms, amount]`. */
export interface PlainWindows {
  readonly cells?: Readonly<Record<string, readonly (readonly [number, number])[]>>;
  /** By channel: `[ms, {spendMinor, …}]`. */
  readonly ads?: Readonly<Record<string, readonly (readonly [number, Partial<AdTotals>])[]>>;
  /** By SKU: units on hand from that time on. */
  readonly onHand?: Readonly<Record<string, readonly (readonly [number, number])[]>>;
  readonly sold?: Readonly<Record<string, readonly (readonly [number, number])[]>>;
  readonly buyers?: Readonly<Record<string, number>>;
  readonly newestMs?: Readonly<Record<string, number>>;
  /** What the ledger says; absent: there is none. */
  readonly budget?: BudgetFigures;
  readonly advice?: AdviceFigures;
  /** Default: everything was seen. */
  readonly seen?: (field: string) => boolean;
}

/** A WindowReader over plain objects, for tests of figures. */
export function plainReader(windows: PlainWindows): WindowReader {
  const { cells = {}, ads = {}, onHand = {}, sold = {}, buyers = {}, newestMs = {}, seen = () => true } = windows;
  const within = (ms: number, span: Span): boolean => ms >= span.fromMs && ms < span.toMs;
  const add = (points: readonly (readonly [number, number])[] | undefined, span: Span): number =>
    (points ?? []).reduce((sum, [ms, amount]) => sum + (within(ms, span) ? amount : 0), 0);
  return {
    sum: (cell, span) => add(cells[cell], span),
    sold: (sku, span) => add(sold[sku], span),
    ads: (channel, span) => {
      const total = { spendMinor: 0, impressions: 0, clicks: 0 };
      for (const [id, points] of Object.entries(ads)) {
        if (channel !== null && id !== channel) continue;
        for (const [ms, part] of points) {
          if (!within(ms, span)) continue;
          total.spendMinor += part.spendMinor ?? 0;
          total.impressions += part.impressions ?? 0;
          total.clicks += part.clicks ?? 0;
        }
      }
      return total;
    },
    onHand: (sku, tMs) => onHand[sku]?.filter(([ms]) => ms <= tMs).at(-1)?.[1] ?? null,
    distinctBuyers: (set) => buyers[set] ?? null,
    seen,
    budget: () => windows.budget ?? null,
    advice: () => windows.advice ?? null,
    feedNewestMs: (feed) => newestMs[feed] ?? null,
  };
}
