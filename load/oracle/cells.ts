import type { CampaignReply } from '#contract/campaign';

/** Labels an event carries, by dimension; absent when it names none. */
export type Labels = Readonly<Record<string, string | undefined>>;

/**
 * Expected cells: cell name → second (ms) → integer. Written from the promises of PROTOCOL.md and DESIGN, not from the server's
 * code: an oracle must not share what it checks. Values outside the campaign's lists count as `other`.
 */
export class ExpectedCells {
  readonly seconds = new Map<string, Map<number, number>>();
  readonly #breakdowns: ReadonlyMap<string, readonly (readonly string[])[]>;
  readonly #known: ReadonlyMap<string, ReadonlySet<string>>;
  readonly #cache = new Map<string, readonly Map<number, number>[]>();

  constructor(campaign: Pick<CampaignReply, 'breakdowns' | 'dimensions'>) {
    this.#breakdowns = new Map(Object.entries(campaign.breakdowns));
    this.#known = new Map(
      Object.entries(campaign.dimensions).map(([dimension, values]) => [
        dimension,
        new Set(values.map(({ id }) => id)),
      ]),
    );
  }

  /** True when the campaign lists the dimension and not this value; `other` is always known. */
  isUnknown(dimension: string, value: string): boolean {
    const known = this.#known.get(dimension);
    return known !== undefined && value !== 'other' && !known.has(value);
  }

  /**
   * Adds to the metric's total and to each stored breakdown.
   * @param signature - equal for equal labels; lets the names be looked up once
   */
  add(metric: string, atMs: number, value: number, labels: Labels = {}, signature = ''): void {
    if (value === 0) return;
    const key = `${metric}\n${signature}`;
    let targets = signature === '' ? undefined : this.#cache.get(key);
    if (targets === undefined) {
      targets = this.#namesOf(metric, labels).map((name) => this.#cell(name));
      if (signature !== '') this.#cache.set(key, targets);
    }
    const second = Math.floor(atMs / 1_000) * 1_000;
    for (const cell of targets) cell.set(second, (cell.get(second) ?? 0) + value);
  }

  /** Counts spread over the whole seconds of `[endMs - periodMs, endMs)`, the remainder on the last one. */
  spread(metric: string, endMs: number, periodMs: number, value: number, labels: Labels): void {
    if (value === 0) return;
    const parts = periodMs / 1_000;
    const share = Math.floor(value / parts);
    for (let part = 0; part < parts; part += 1) {
      const last = part === parts - 1;
      this.add(metric, endMs - periodMs + part * 1_000, last ? value - share * (parts - 1) : share, labels);
    }
  }

  #cell(name: string): Map<number, number> {
    let cell = this.seconds.get(name);
    if (cell === undefined) {
      cell = new Map();
      this.seconds.set(name, cell);
    }
    return cell;
  }

  /** The total and each stored breakdown; a histogram (`le`) stores its breakdowns, or its total when it has none. */
  #namesOf(metric: string, labels: Labels): string[] {
    const { le } = labels;
    const breakdowns = this.#breakdowns.get(metric) ?? [];
    const names = breakdowns.map(
      (dimensions) =>
        metric + dimensions.map((dimension) => `|${dimension}=${this.#valueOf(dimension, labels[dimension])}`).join(''),
    );
    if (le !== undefined) return (names.length === 0 ? [metric] : names).map((name) => `${name}|le=${le}`);
    return [metric, ...names];
  }

  /** What the event does not name, and what the campaign does not know, is `other`. */
  #valueOf(dimension: string, value: string | undefined): string {
    return value === undefined || this.isUnknown(dimension, value) ? 'other' : value;
  }
}

/** The same cells at a coarser resolution: name → start of the step (ms) → sum. */
export function rollUp(seconds: ReadonlyMap<number, number>, stepMs: number): Map<number, number> {
  if (stepMs === 1_000) return new Map(seconds);
  const steps = new Map<number, number>();
  for (const [atMs, value] of seconds) {
    const start = Math.floor(atMs / stepMs) * stepMs;
    steps.set(start, (steps.get(start) ?? 0) + value);
  }
  return steps;
}
