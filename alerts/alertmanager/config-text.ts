import { stringify } from 'yaml';
import type { Alert, Matcher } from '#contract/alerts';
import { TIER_RANK, TIERS } from '#contract/tiers';
import type { Receiver } from '../delivery/domain/receiver.ts';
import { WATCHDOG } from '../delivery/plan.ts';
import { sends, wants } from '../delivery/route.ts';
import { GROUP_TIMERS, type GroupTimers } from '../domain/group.ts';
import type { InhibitRule } from '../domain/inhibit.ts';

const seconds = (ms: number): string => `${ms / 1_000}s`;
const text = ({ name, op, value }: Matcher): string => `${name}${op}${JSON.stringify(value)}`;
/** Alertmanager's grammar knows no interval of 0; red waits for nothing. */
const timers = ({ groupWaitMs, groupIntervalMs, repeatIntervalMs }: GroupTimers) => ({
  group_wait: seconds(groupWaitMs),
  group_interval: seconds(Math.max(1_000, groupIntervalMs)),
  repeat_interval: seconds(repeatIntervalMs),
});

/** Who is told of an alert that no receiver wants; Alertmanager has no alert without one. */
export const NOBODY = 'nobody';
export const receiverNames = (receivers: readonly Pick<Receiver, 'id'>[]): string[] => [
  ...new Set([NOBODY, ...receivers.map(({ id }) => id)]),
];

/** Receivers an alert is told to, by their tiers and matchers, as the queues are filled; `nobody` when there is none. */
export function receiversOf(receivers: readonly Receiver[], alert: Alert): string[] {
  const told = receivers.filter((receiver) =>
    alert.rule === WATCHDOG
      ? receiver.watchdog
      : (sends(receiver, 'groups') || sends(receiver, 'pages')) && wants(receiver, alert),
  );
  return told.length === 0 ? [NOBODY] : told.map(({ id }) => id);
}

/** One route a receiver, and in it one a tier with its timers; what follows is looked at, too: each decides for itself. */
const routeOf = ({ id, leastTier, matchers }: Receiver) => {
  const tiers = TIERS.filter((tier) => TIER_RANK[tier] >= TIER_RANK[leastTier]).reverse();
  const wanted = [...(leastTier === TIERS[0] ? [] : [`tier=~"${tiers.join('|')}"`]), ...matchers.map(text)];
  return {
    receiver: id,
    ...(wanted.length === 0 ? {} : { matchers: wanted }),
    continue: true,
    routes: tiers.map((tier) => ({ matchers: [`tier="${tier}"`], ...timers(GROUP_TIMERS[tier]) })),
  };
};

/**
 * Who is told of what, as an Alertmanager's configuration would say it, for `amtool config routes` and whoever reads `/status`.
 * It is told, not read: what counts is the file of receivers and `alerts/duty.yaml`.
 */
export function configText({
  receivers,
  groupBy,
  inhibit,
  resolveTimeoutMs,
}: {
  readonly receivers: readonly Receiver[];
  readonly groupBy: readonly string[];
  readonly inhibit: readonly InhibitRule[];
  readonly resolveTimeoutMs: number;
}): string {
  return stringify({
    global: { resolve_timeout: seconds(resolveTimeoutMs) },
    route: {
      receiver: NOBODY,
      group_by: ['alertname', ...groupBy],
      ...timers(GROUP_TIMERS.blue),
      routes: receivers.map(routeOf),
    },
    inhibit_rules: inhibit.map(({ source, target, equal }) => ({
      source_matchers: source.map(text),
      target_matchers: target.map(text),
      ...(equal.length === 0 ? {} : { equal }),
    })),
    receivers: receiverNames(receivers).map((name) => ({ name })),
  });
}
