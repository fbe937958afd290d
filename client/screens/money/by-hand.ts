import type { AccountId, MoveView, OutboxCommand, PlatformView } from '#contract/budget';

/** A command that left for a platform and has no receipt yet. */
export interface OpenCommand {
  readonly id: string;
  readonly leg: number;
  readonly account: AccountId;
  readonly other: AccountId;
  readonly direction: OutboxCommand['direction'];
  readonly amountMinor: number;
}
/** Commands of a move that nobody has answered, by the state of its legs. Pure. */
export function openCommandsOf({ id, legs }: Pick<MoveView, 'id' | 'legs'>): OpenCommand[] {
  return legs.flatMap(({ state, from, to, amountMinor, postedMinor, returnedMinor }, leg): OpenCommand[] => {
    const command = (direction: OutboxCommand['direction'], account: AccountId, other: AccountId, minor: number) => [
      { id: `${id}-${leg}-${direction}`, leg, account, other, direction, amountMinor: minor },
    ];
    if (state === 'decreasing') return command('decrease', from, to, amountMinor);
    if (state === 'increasing') return command('increase', to, from, postedMinor);
    return state === 'compensating' ? command('restore', from, to, returnedMinor) : [];
  });
}
export type Seen = 'asSent' | 'asBefore' | 'other' | 'unread';
/** What the platform's own number says of a command: as sent, as before it, neither, or nothing read yet. Pure. */
export function seenOf(
  { direction, amountMinor }: Pick<OpenCommand, 'direction' | 'amountMinor'>,
  targetMinor: number | null,
  readBackMinor: number | null,
): Seen {
  if (targetMinor === null || readBackMinor === null) return 'unread';
  if (readBackMinor === targetMinor) return 'asSent';
  return readBackMinor === targetMinor + (direction === 'decrease' ? amountMinor : -amountMinor) ? 'asBefore' : 'other';
}
/** What took effect, minor units; null: cannot be read, or is not a part of what was sent. Pure. */
export const appliedOf = (
  which: 'all' | 'none' | 'part',
  amountMinor: number,
  partMinor: number | null,
): number | null =>
  which === 'all'
    ? amountMinor
    : which === 'none'
      ? 0
      : partMinor !== null && partMinor > 0 && partMinor < amountMinor
        ? partMinor
        : null;

/** A link is given so long to answer before a person is asked, ms; the server holds to the same. */
export const STUCK_AFTER_MS = 60_000;
/** No answer came, or no call could be made, for so long that a person may say what happened. Pure. */
export function isStuck(
  { state, requestedAt, approvals }: Pick<MoveView, 'state' | 'requestedAt' | 'approvals'>,
  platform: Pick<PlatformView, 'state' | 'trouble'> | null,
  nowMs: number,
): boolean {
  const isSilent = state === 'unknown' || platform === null || platform.state === 'unknown' || platform.trouble !== '';
  return isSilent && nowMs - Math.max(requestedAt, ...approvals.map(({ at }) => at)) >= STUCK_AFTER_MS;
}
