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
  /** What the sums of the hour and the day still let leave and come; absent: no ledger counts them. */
  readonly roomOut?: number;
  readonly roomIn?: number;
}
export type BoundCode =
  | 'below_floor'
  | 'above_cap'
  | 'step_too_large'
  | 'not_releasable'
  | 'insufficient_available'
  | 'split_limit_exceeded';
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

const room = (amount: number | undefined): Limit[] =>
  amount === undefined ? [] : [{ amount, by: 'split_limit_exceeded' }];

/** Most that may leave the channel now, and which limit says so. */
export const mostOut = ({ allocated, available, releasable, floor, stepOut, roomOut }: MoneyFacts): Limit =>
  least([
    { amount: stepOut, by: 'step_too_large' },
    { amount: allocated - floor, by: 'below_floor' },
    { amount: releasable, by: 'not_releasable' },
    { amount: available, by: 'insufficient_available' },
    ...room(roomOut),
  ]);

/** Most that may come in. */
export const mostIn = ({ allocated, cap, stepIn, roomIn }: MoneyFacts): Limit =>
  least([
    { amount: stepIn, by: 'step_too_large' },
    ...(cap === null ? [] : [{ amount: cap - allocated, by: 'above_cap' as const }]),
    ...room(roomIn),
  ]);
