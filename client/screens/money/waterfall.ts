import type { AccountId, MoveView } from '#contract/budget';

/** One step of an account's budget through the day, minor units. */
export interface WaterfallStep {
  readonly id: string;
  readonly atMs: number;
  readonly deltaMinor: number;
  readonly fromMinor: number;
  readonly toMinor: number;
  /** The account at the other end. */
  readonly other: AccountId;
}
export interface Waterfall {
  readonly openedMinor: number;
  readonly nowMinor: number;
  readonly steps: readonly WaterfallStep[];
}
/** What has really moved by now: posted, less what went back. */
const movedOf = ({ postedMinor, returnedMinor }: MoveView['legs'][number]): number => postedMinor - returnedMinor;

/**
 * From what an account has now back to where the day began, move by move, oldest first: what took effect since, whenever it was asked
 * for. What the reserve pays for overspend is spent of its budget and no change of it. Pure.
 */
export function waterfallOf(
  account: AccountId,
  nowMinor: number,
  moves: readonly MoveView[],
  fromMs = Number.NEGATIVE_INFINITY,
): Waterfall {
  const done = moves
    .filter(({ forced, endedAt }) => forced !== true && (endedAt === null || endedAt >= fromMs))
    .flatMap((move) =>
      move.legs
        .filter((leg) => (leg.from === account || leg.to === account) && movedOf(leg) !== 0)
        .map((leg, at) => ({
          id: `${move.id}-${at}`,
          atMs: move.endedAt ?? move.requestedAt,
          deltaMinor: leg.to === account ? movedOf(leg) : -movedOf(leg),
          other: leg.to === account ? leg.from : leg.to,
        })),
    )
    .sort((a, b) => a.atMs - b.atMs || (a.id < b.id ? -1 : 1));
  const openedMinor = nowMinor - done.reduce((sum, { deltaMinor }) => sum + deltaMinor, 0);
  let atMinor = openedMinor;
  const steps = done.map((step) => {
    const fromMinor = atMinor;
    atMinor += step.deltaMinor;
    return { ...step, fromMinor, toMinor: atMinor };
  });
  return { openedMinor, nowMinor, steps };
}
