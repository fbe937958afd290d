import { stringify } from 'yaml';
import type { EscalationPolicy, Matcher } from '#contract/alerts';
import { TIERS } from '#contract/tiers';
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

/**
 * Who is told of what, as an Alertmanager's configuration would say it, for `amtool config routes` and whoever reads `/status`:
 * one route a tier, in the order of the policies. It is told, not read: what counts is `alerts/duty.yaml`.
 */
export function configText({
  policies,
  groupBy,
  inhibit,
  resolveTimeoutMs,
}: {
  readonly policies: readonly EscalationPolicy[];
  readonly groupBy: readonly string[];
  readonly inhibit: readonly InhibitRule[];
  readonly resolveTimeoutMs: number;
}): string {
  const routes = [...TIERS].reverse().flatMap((tier) => {
    const policy = policies.find(({ tiers }) => tiers.includes(tier));
    return policy === undefined
      ? []
      : [{ matchers: [`tier="${tier}"`], receiver: policy.id, ...timers(GROUP_TIMERS[tier]) }];
  });
  return stringify({
    global: { resolve_timeout: seconds(resolveTimeoutMs) },
    route: {
      receiver: policies.at(-1)?.id ?? 'nobody',
      group_by: ['alertname', ...groupBy],
      ...timers(GROUP_TIMERS.blue),
      routes,
    },
    inhibit_rules: inhibit.map(({ source, target, equal }) => ({
      source_matchers: source.map(text),
      target_matchers: target.map(text),
      ...(equal.length === 0 ? {} : { equal }),
    })),
    receivers: policies.length === 0 ? [{ name: 'nobody' }] : policies.map(({ id }) => ({ name: id })),
  });
}
