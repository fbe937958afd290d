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
export type Seen = 'asSent' | 'asBefore' | 'other' | 'notSent' | 'old' | 'unread';
/**
 * What the platform's own number says of a command. A number that was read before the command was made says nothing of it.
 * @param sinceMs - when the command was made at the latest: the move's approval. Pure.
 */
export function seenOf(
  { direction, amountMinor }: Pick<OpenCommand, 'direction' | 'amountMinor'>,
  platform: Pick<PlatformView, 'state' | 'targetMinor' | 'readBackMinor' | 'readBackAt'> | null,
  sinceMs: number,
): Seen {
  if (platform === null) return 'unread';
  const { state, targetMinor, readBackMinor, readBackAt } = platform;
  if (state === 'waiting') return 'notSent';
  if (targetMinor === null || readBackMinor === null || readBackAt === null) return 'unread';
  if (readBackAt < sinceMs) return 'old';
  if (readBackMinor === targetMinor) return 'asSent';
  return readBackMinor === targetMinor + (direction === 'decrease' ? amountMinor : -amountMinor) ? 'asBefore' : 'other';
}
/** When a move's first command was made, server time ms: its last approval, or the request itself. Pure. */
export const begunAt = ({ requestedAt, approvals }: Pick<MoveView, 'requestedAt' | 'approvals'>): number =>
  Math.max(requestedAt, ...approvals.map(({ at }) => at));
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
  move: Pick<MoveView, 'state' | 'requestedAt' | 'approvals'>,
  platform: Pick<PlatformView, 'state' | 'trouble'> | null,
  nowMs: number,
): boolean {
  const isSilent =
    move.state === 'unknown' || platform === null || platform.state === 'unknown' || platform.trouble !== '';
  return isSilent && nowMs - begunAt(move) >= STUCK_AFTER_MS;
}
