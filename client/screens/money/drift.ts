import type { PlatformView } from '#contract/budget';
import type { MoneyText } from './use-money-text.ts';

/** The platform's budget is not the one we asked for. Pure. */
export const hasDrift = ({ driftMinor }: Pick<PlatformView, 'driftMinor'>): boolean =>
  driftMinor !== null && driftMinor !== 0;
/** Our budget is asked for again, and the platform has not answered yet. Pure. */
export const isOnItsWay = ({ state, waitingCount }: Pick<PlatformView, 'state' | 'waitingCount'>): boolean =>
  state !== 'idle' || waitingCount > 0;

export type Settling = 'adopt' | 'reassert';
/** A platform's day, before and after each way to settle it, minor units. Pure. */
export function settledBy(
  { readBackMinor, targetMinor, spentMinor }: Pick<PlatformView, 'readBackMinor' | 'targetMinor' | 'spentMinor'>,
  how: Settling,
) {
  const [theirsMinor, oursMinor] = [readBackMinor ?? 0, targetMinor ?? 0];
  const afterMinor = how === 'adopt' ? theirsMinor : oursMinor;
  const left = (budgetMinor: number): number => Math.max(0, budgetMinor - (spentMinor ?? 0));
  return {
    platform: [theirsMinor, afterMinor],
    ours: [oursMinor, afterMinor],
    leftToday: [left(theirsMinor), left(afterMinor)],
  } as const;
}

/** `The platform has ¥5.0M, ours is ¥4.0M (+¥1.0M)`; under way: until when it waits. */
export function driftWords(view: PlatformView, { say, amount, signed, time }: MoneyText): string {
  const words = say('drift', {
    theirs: amount(view.readBackMinor ?? 0),
    ours: amount(view.targetMinor ?? 0),
    diff: signed(view.driftMinor ?? 0),
  });
  if (!isOnItsWay(view)) return words;
  return `${words} · ${view.nextChangeAt === null ? say('onItsWay') : say('onItsWayAt', { time: time(view.nextChangeAt) })}`;
}
