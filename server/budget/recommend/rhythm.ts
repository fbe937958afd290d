/** The times of the recommendations; ms. A demo lives a sale in minutes, so it learns and decides faster. */
export interface Rhythm {
  /** Windows that are learnt from. */
  readonly tickMs: number;
  readonly decideMs: number;
  /** A tick is learnt from this long after its end, when what comes late has come. */
  readonly settleMs: number;
  /** Cards say what they bring over this long. */
  readonly horizonTicks: number;
  readonly cardMs: number;
  /** After a settled move the reverse one asks for more certainty this long. */
  readonly reverseMs: number;
  readonly afterRegimeMs: number;
}
/** Cards that expired are made anew from what is known then, so that there is never a time without an answer. */
export const decideEveryMs = ({ decideMs, cardMs }: Rhythm): number => Math.min(decideMs, cardMs);

const MINUTE_MS = 60_000;
export const SALE_RHYTHM: Rhythm = {
  tickMs: 5 * MINUTE_MS,
  decideMs: 30 * MINUTE_MS,
  settleMs: 45_000,
  horizonTicks: 12,
  cardMs: 10 * MINUTE_MS,
  reverseMs: 60 * MINUTE_MS,
  afterRegimeMs: 15 * MINUTE_MS,
};
/** Thirty times as fast: the first cards within two minutes of the opening. */
export const DEMO_RHYTHM: Rhythm = {
  tickMs: 10_000,
  decideMs: MINUTE_MS,
  settleMs: 5_000,
  horizonTicks: 12,
  cardMs: 10 * MINUTE_MS,
  reverseMs: 2 * MINUTE_MS,
  afterRegimeMs: 30_000,
};

/** A sale that is lived even faster, for drills: everything in proportion to its tick. */
export const rhythmOf = (tickMs: number): Rhythm => ({
  ...DEMO_RHYTHM,
  tickMs,
  decideMs: 6 * tickMs,
  settleMs: tickMs / 2,
  reverseMs: 12 * tickMs,
  afterRegimeMs: 3 * tickMs,
});
