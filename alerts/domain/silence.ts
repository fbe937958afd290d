import { type AlertLabels, SILENCE_MAX_MS, type Silence, type SilenceState } from '#contract/alerts';
import { AppError } from '#contract/errors';
import { checkMatchers, matchesAll } from './matchers.ts';

/** The end is announced this long before, so that nobody is surprised by the noise. */
export const SILENCE_ENDING_MS = 5 * 60_000;
/** A start this little in the past is meant as "now". */
const START_SLACK_MS = 60_000;

/** Derived from the times, never stored; the first ms of `endsAt` is already expired. */
export function silenceState({ startsAt, endsAt }: Pick<Silence, 'startsAt' | 'endsAt'>, nowMs: number): SilenceState {
  if (nowMs < startsAt) return 'pending';
  return nowMs < endsAt ? 'active' : 'expired';
}

/** Ids of the silences an alert is under now. */
export const silencedBy = (
  labels: AlertLabels,
  silences: Iterable<Silence>,
  nowMs: number,
  tier?: string,
): string[] => {
  const ids: string[] = [];
  for (const silence of silences) {
    if (silenceState(silence, nowMs) === 'active' && matchesAll(silence.matchers, labels, tier)) ids.push(silence.id);
  }
  return ids;
};

/** @throws {AppError} `silence_times`, `unsafe_pattern`, `validation` */
export function checkSilence(
  { matchers, startsAt, endsAt }: Pick<Silence, 'matchers' | 'startsAt' | 'endsAt'>,
  nowMs: number,
): void {
  const wrong = (message: string, field: string): AppError => new AppError('silence_times', message, { field });
  if (startsAt < nowMs - START_SLACK_MS) throw wrong('a silence cannot start in the past', '/startsAt');
  if (endsAt <= Math.max(startsAt, nowMs)) throw wrong('a silence ends after its start and after now', '/endsAt');
  if (endsAt - startsAt > SILENCE_MAX_MS)
    throw wrong('a silence lasts 24 h at most; renew it if it must last', '/endsAt');
  checkMatchers(matchers);
}

/** Which edit keeps history true: times and comment of what is not over; the matchers only before it has begun. */
export function canUpdate(
  old: Silence,
  next: Pick<Silence, 'matchers' | 'startsAt' | 'endsAt'>,
  nowMs: number,
): boolean {
  const same = JSON.stringify(old.matchers) === JSON.stringify(next.matchers);
  switch (silenceState(old, nowMs)) {
    case 'pending':
      return true;
    case 'active':
      return same && next.startsAt === old.startsAt;
    case 'expired':
      return false;
  }
}

/** Deleting is expiring now: a pending one never begins, an active one ends; null when it is over already. */
export function expire(silence: Silence, nowMs: number): Silence | null {
  if (silenceState(silence, nowMs) === 'expired') return null;
  const startsAt = Math.min(silence.startsAt, nowMs);
  return { ...silence, startsAt, endsAt: nowMs, updatedAt: nowMs, version: silence.version + 1 };
}
