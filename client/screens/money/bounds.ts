import type { Bound, BudgetAccount } from '#contract/budget';

/** What stands in the way of a typed amount, as far as the page knows it. */
export interface FieldWrong {
  readonly code: 'above_cap' | 'below_floor' | 'step_too_large' | 'not_releasable' | 'split_limit_exceeded';
  /** Most or least that the account may have then, minor units; of a step the most that one move may change. */
  readonly limitMinor: number;
}
type Bounds = Pick<
  BudgetAccount,
  'allocated' | 'kind' | 'floor' | 'cap' | 'held' | 'incoming' | 'releasable' | 'step' | 'room' | 'pinned'
>;
/** The first limit that a change breaks, as the server will judge it; null: none that is known here. Pure. */
export function fieldWrong(deltaMinor: number | null, row: Bounds): FieldWrong | null {
  if (deltaMinor === null || deltaMinor === 0) return null;
  const { allocated, floor, cap, held, incoming, releasable, step, room } = row;
  if (deltaMinor > 0) {
    if (cap !== null && allocated + incoming + deltaMinor > cap)
      return { code: 'above_cap', limitMinor: Math.max(0, cap - incoming) };
    if (step !== undefined && deltaMinor > step.inMinor) return { code: 'step_too_large', limitMinor: step.inMinor };
    return room !== undefined && deltaMinor > room.inMinor
      ? { code: 'split_limit_exceeded', limitMinor: room.inMinor }
      : null;
  }
  if (allocated - held + deltaMinor < floor) return { code: 'below_floor', limitMinor: floor + held };
  if (step !== undefined && -deltaMinor > step.outMinor) return { code: 'step_too_large', limitMinor: step.outMinor };
  if (-deltaMinor > releasable) return { code: 'not_releasable', limitMinor: releasable };
  return room !== undefined && -deltaMinor > room.outMinor
    ? { code: 'split_limit_exceeded', limitMinor: room.outMinor }
    : null;
}

/** A change so large that the platform begins to learn again: no limit, but its first hours are dearer. Pure. */
export const learnsAnew = (
  row: Pick<BudgetAccount, 'allocated' | 'learningResetRatio'> | undefined,
  deltaMinor: number,
): boolean =>
  row?.learningResetRatio !== undefined && Math.abs(deltaMinor) > row.learningResetRatio * Math.max(1, row.allocated);

/** Of the sums of an hour and a day, of person, pair and channel, the one that is nearest says it all. Pure. */
export function onceEach(bounds: readonly Bound[]): readonly Bound[] {
  const used = ({ violated, askedMinor, limitMinor }: Bound): number =>
    violated
      ? Number.POSITIVE_INFINITY
      : limitMinor === null || askedMinor === null
        ? 0
        : askedMinor / Math.max(1, limitMinor);
  const sums = bounds.filter(({ code }) => code === 'split_limit_exceeded');
  const nearest = sums.reduce<Bound | null>(
    (best, one) => (best === null || used(one) > used(best) ? one : best),
    null,
  );
  return bounds.filter((one) => one.code !== 'split_limit_exceeded' || one === nearest);
}
