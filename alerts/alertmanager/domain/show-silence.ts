import type { GettableSilence } from '#contract/alertmanager';
import type { Matcher, Silence, SilenceState } from '#contract/alerts';
import { outsideMatcher } from './matcher-text.ts';
import { timeText } from './times.ts';

export const gettableSilence = (silence: Silence, state: SilenceState): GettableSilence => ({
  id: silence.id,
  status: { state },
  updatedAt: timeText(silence.updatedAt),
  comment: silence.comment,
  createdBy: silence.createdBy,
  endsAt: timeText(silence.endsAt),
  matchers: silence.matchers.map(outsideMatcher),
  startsAt: timeText(silence.startsAt),
});

/** For each matcher asked for the silence has the very same one. */
export const hasMatchers = (silence: Pick<Silence, 'matchers'>, wanted: readonly Matcher[]): boolean =>
  wanted.every(({ name, op, value }) =>
    silence.matchers.some((matcher) => matcher.name === name && matcher.op === op && matcher.value === value),
  );

const ORDER: Readonly<Record<SilenceState, number>> = { active: 0, pending: 1, expired: 2 };
/** Active ones first, the next to end on top; then those that begin next; then what ended last. */
export const sortSilences = (silences: readonly GettableSilence[]): GettableSilence[] =>
  [...silences].sort((a, b) => {
    const byState = ORDER[a.status.state] - ORDER[b.status.state];
    if (byState !== 0) return byState;
    if (a.status.state === 'pending') return a.startsAt < b.startsAt ? -1 : 1;
    const sooner = a.endsAt < b.endsAt ? -1 : 1;
    return a.status.state === 'active' ? sooner : -sooner;
  });
