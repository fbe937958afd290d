import type { Tier } from './tiers.ts';

/** Units a KPI may have. Money is integer minor units; ratios are 0–1 and the client chooses %, ‰ or ×. */
export const KPI_UNITS = [
  'minor',
  'count',
  'per_second',
  'ratio',
  'multiple',
  'ms',
  'seconds',
  'minutes',
  'hours',
  'grams',
  'points',
] as const;
export type KpiUnit = (typeof KPI_UNITS)[number];

/** Windows a KPI is answered for. `open` is since the sale opened. */
export const KPI_WINDOWS = ['1m', '5m', '1h', 'open'] as const;
export type KpiWindow = (typeof KPI_WINDOWS)[number];

/**
 * live: every source of the last 30 s is heard; partial: one of them went silent; insufficient: the denominator is under
 * `minDenominator`; unavailable: a field the formula needs is sent by no source (`missing` names it).
 */
export type KpiQuality = 'live' | 'partial' | 'insufficient' | 'unavailable';

/** One number and what it stands beside. */
export interface Figure {
  readonly value: number | null;
  readonly quality: KpiQuality;
  /** Planned value for the same window, same unit; absent when the campaign plans none. */
  readonly plan?: number | null;
  /** Same elapsed time last year. */
  readonly lastYear?: number | null;
  /** Target for the whole campaign (totals) or the level to hold (ratios). */
  readonly target?: number | null;
  /** Tier of the KPI's thresholds after hysteresis; absent when none is reached. */
  readonly tier?: Tier;
  /** The field no source sends, with `unavailable`. */
  readonly missing?: string;
  /** The value is an estimate (a sketch), and says so on the screen. */
  readonly estimate?: true;
  /** A label the number carries with it: the SKU of the shortest sell-out, the first cause of complaints. */
  readonly of?: string;
}

/** What a KPI is, for the proof panel, `/kpis` and the README's table. */
export interface KpiMeta {
  readonly id: string;
  readonly unit: KpiUnit;
  readonly zh: string;
  readonly en: string;
  /** The formula in words and cell names, one line. */
  readonly formula: string;
  readonly dimensions: readonly string[];
  /** Feeds the number needs, such as `orders`, `payments`. */
  readonly feeds: readonly string[];
  /** `total`: ends at asOf. `rate`: ends at the watermark, floored to the second. */
  readonly ends: 'asOf' | 'watermark';
  /** Where a rise is bad (`low`), a fall is bad (`high`), or neither. */
  readonly better: 'high' | 'low' | 'neither';
  /** How the catalogue's finer events are mapped onto this product's event types, where that needs saying. */
  readonly note?: string;
}

/** One row of `GET /api/v1/kpis`. */
export interface KpiRow extends Figure {
  readonly id: string;
  readonly window: KpiWindow;
  readonly labels: Readonly<Record<string, string>>;
  readonly unit: KpiUnit;
  readonly numerator: number | null;
  readonly denominator: number | null;
  /** Half-open span the number covers, ms since the Unix epoch. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Finest resolution the span's edges could be cut at, ms. */
  readonly resolutionMs: number;
}

export interface KpiSourceProof {
  readonly source: string;
  /** ms since its newest event, at asOf. */
  readonly ageMs: number;
  readonly acceptedCount: number;
  readonly lateCount: number;
  readonly duplicateCount: number;
  readonly rejectedCount: number;
}

/** `GET /api/v1/kpis[?at=&ids=&proof=1]` */
export interface KpisReply {
  readonly asOf: number;
  readonly watermark: number;
  readonly kpis: readonly (KpiRow & { readonly meta?: KpiMeta; readonly sources?: readonly KpiSourceProof[] })[];
}

/** `GET /api/v1/series?metric=&by=&from=&to=&step=` — `from` inclusive, `to` exclusive, ms; integers exact. */
export interface SeriesReply {
  readonly metric: string;
  readonly by: string | null;
  readonly step: SeriesStep;
  readonly resolutionMs: number;
  readonly asOf: number;
  readonly series: readonly {
    readonly labels: Readonly<Record<string, string>>;
    readonly points: readonly (readonly [number, number | null])[];
  }[];
}
export const SERIES_STEPS = ['1s', '10s', '1m', '1h'] as const;
export type SeriesStep = (typeof SERIES_STEPS)[number];
export const STEP_MS: Readonly<Record<SeriesStep, number>> = {
  '1s': 1_000,
  '10s': 10_000,
  '1m': 60_000,
  '1h': 3_600_000,
};
