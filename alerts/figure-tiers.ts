import type { Tier } from '#contract/tiers';
import { KPIS } from '../server/domain/kpis/index.ts';
import { figureKey } from '../server/realtime/domain/views.ts';
import type { AlertBook } from './book.ts';
import { fingerprint } from './domain/fingerprint.ts';
import { rankOf } from './domain/hysteresis.ts';
import { alertLabels, type RunnableRule } from './rule.ts';

/** Readings that say what a rule is about; the others are what it is held against. */
const SUBJECTS: ReadonlySet<string> = new Set(['tier', 'kpi', 'rate']);
/** Rules that nobody has evaluated for so long say nothing of a figure, ms. */
const SPEAKS_MS = 10_000;

/** Keys of the frame's figures a rule speaks of, each with the fingerprints of its alerts. */
function index(rules: readonly RunnableRule[]): ReadonlyMap<string, readonly string[]> {
  const prints = new Map<string, string[]>();
  for (const runnable of rules) {
    const subject = runnable.expr.readings.find(({ name }) => SUBJECTS.has(name));
    const [id = '', asked] = subject?.args ?? [];
    // whatever its length, a rolling window is how things are now; the whole sale is another matter
    const windows = KPIS.get(id)?.windows.filter((window) => (window === 'open') === (asked === 'open')) ?? [];
    for (const match of runnable.matches) {
      const print = fingerprint(runnable.rule.id, alertLabels(runnable, match));
      for (const window of windows) {
        const key = figureKey({ kpi: id, window }, subject?.labels ?? match);
        prints.set(key, [...(prints.get(key) ?? []), print]);
      }
    }
  }
  return prints;
}

/**
 * The tier of a figure is the tier of the alerts about it, so that a tile and the strip beside it never say two things: the worst
 * that fires, also while it is muted or taken, for the number is bad all the same. null: none fires; undefined: no rule is about it,
 * or nobody evaluates rules, and the figure must speak for itself.
 */
export function createFigureTiers({
  rules,
  book,
}: {
  readonly rules: () => readonly RunnableRule[];
  readonly book: Pick<AlertBook, 'openOf' | 'frame'>;
}) {
  let indexed: readonly RunnableRule[] | null = null;
  let prints: ReadonlyMap<string, readonly string[]> = new Map();
  const worstOf = (own: readonly string[]): Tier | null => {
    let worst: Tier | null = null;
    for (const print of own) {
      const record = book.openOf(print);
      if (record !== undefined && record.firedAt !== null && rankOf(record.tier) > rankOf(worst)) worst = record.tier;
    }
    return worst;
  };
  /** As alerts are at this instant, whenever it is asked later; keys are those of a frame's figures. */
  return (): ((key: string) => Tier | null | undefined) => {
    if ((book.frame().evaluatedAgoMs ?? Number.POSITIVE_INFINITY) > SPEAKS_MS) return () => undefined;
    if (indexed !== rules()) {
      indexed = rules();
      prints = index(indexed);
    }
    const tiers = new Map([...prints].map(([key, own]) => [key, worstOf(own)]));
    return (key) => tiers.get(key);
  };
}
export type FigureTiers = ReturnType<typeof createFigureTiers>;
