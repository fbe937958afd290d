/** What money says of one channel; minor units of allocation. */
export interface MoneyFacts {
  readonly account: string;
  readonly allocated: number;
  readonly spent: number;
  readonly available: number;
  /** Free to leave today. */
  readonly releasable: number;
  readonly floor: number;
  /** null: none. */
  readonly cap: number | null;
  /** Most that one move may take, and give. */
  readonly stepOut: number;
  readonly stepIn: number;
}
export type BoundCode = 'below_floor' | 'above_cap' | 'step_too_large' | 'not_releasable' | 'insufficient_available';
export interface Limit {
  readonly amount: number;
  /** The limit that is nearest. */
  readonly by: BoundCode;
}

const least = (limits: readonly Limit[]): Limit => {
  let best = limits[0] as Limit;
  for (const limit of limits) if (limit.amount < best.amount) best = limit;
  return { amount: Math.max(0, Math.floor(best.amount)), by: best.by };
};

/** Most that may leave the channel now, and which limit says so. */
export const mostOut = ({ allocated, available, releasable, floor, stepOut }: MoneyFacts): Limit =>
  least([
    { amount: stepOut, by: 'step_too_large' },
    { amount: allocated - floor, by: 'below_floor' },
    { amount: releasable, by: 'not_releasable' },
    { amount: available, by: 'insufficient_available' },
  ]);

/** Most that may come in. */
export const mostIn = ({ allocated, cap, stepIn }: MoneyFacts): Limit =>
  least([
    { amount: stepIn, by: 'step_too_large' },
    ...(cap === null ? [] : [{ amount: cap - allocated, by: 'above_cap' as const }]),
  ]);
