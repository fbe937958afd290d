import type { Alert, Matcher } from '#contract/alerts';

/** Mutes this alert and its like: its name and where it is. A label can be dropped to mute more. */
export const startingMatchers = ({ labels, rule }: Pick<Alert, 'labels' | 'rule'>): Matcher[] => [
  { name: 'alertname', op: '=', value: labels.alertname ?? rule },
  ...Object.entries(labels)
    .filter(([name]) => name !== 'alertname' && name !== 'domain')
    .slice(0, 15)
    .map(([name, value]): Matcher => ({ name, op: '=', value })),
];
/** Whether an alert is muted by an equal-or-not matcher, as the server will judge it; the tier counts as a label. */
export function matcherHolds({ name, op, value }: Matcher, { labels, tier }: Pick<Alert, 'labels' | 'tier'>): boolean {
  const own = name === 'tier' ? tier : (labels[name] ?? '');
  return op === '!=' ? own !== value : own === value;
}
