import type { Alert, Matcher } from '#contract/alerts';

/** Mutes this alert and its like: its name and where it is. A label can be dropped to mute more. */
export const startingMatchers = ({ labels, rule }: Pick<Alert, 'labels' | 'rule'>): Matcher[] => [
  { name: 'alertname', op: '=', value: labels.alertname ?? rule },
  ...Object.entries(labels)
    .filter(([name]) => name !== 'alertname' && name !== 'domain')
    .slice(0, 15)
    .map(([name, value]): Matcher => ({ name, op: '=', value })),
];
/** What a person would write: values with bars between them, each whole or with `.*` in it. */
const PLAIN = /^[^\\^$+?()[\]{}]*$/;
/** Whether a text matches a pattern as a whole, as the server will judge it; null: it takes the server to say. */
function patternHolds(pattern: string, text: string): boolean | null {
  const parts = pattern.replace(/^\((.*)\)$/, '$1').split('|');
  if (!parts.every((part) => PLAIN.test(part) && !part.replaceAll('.*', '').includes('*'))) return null;
  return parts.some((part) => {
    const [head = '', ...rest] = part.split('.*');
    if (rest.length === 0) return text === part;
    const tail = rest.pop() ?? '';
    if (!text.startsWith(head) || !text.endsWith(tail) || text.length < head.length + tail.length) return false;
    let at = head.length;
    for (const piece of rest) {
      const found = text.indexOf(piece, at);
      if (found === -1 || found + piece.length > text.length - tail.length) return false;
      at = found + piece.length;
    }
    return true;
  });
}
/** Whether an alert is muted by a matcher, as the server will judge it; the tier counts as a label. null: only the server knows. */
export function matcherHolds(
  { name, op, value }: Matcher,
  { labels, tier }: Pick<Alert, 'labels' | 'tier'>,
): boolean | null {
  const own = name === 'tier' ? tier : (labels[name] ?? '');
  if (op === '=' || op === '!=') return (own === value) === (op === '=');
  const holds = patternHolds(value, own);
  return holds === null ? null : holds === (op === '=~');
}
/** How many of these alerts all matchers mute; null: only the server knows. */
export function mutedCount(
  matchers: readonly Matcher[],
  alerts: Iterable<Pick<Alert, 'labels' | 'tier'>>,
): number | null {
  if (matchers.length === 0) return 0;
  let count = 0;
  for (const alert of alerts) {
    const each = matchers.map((matcher) => matcherHolds(matcher, alert));
    if (each.includes(false)) continue;
    if (each.includes(null)) return null;
    count += 1;
  }
  return count;
}
