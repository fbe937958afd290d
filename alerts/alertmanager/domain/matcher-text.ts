import type { GettableSilence, SilenceMatcher } from '#contract/alertmanager';
import type { Matcher, MatcherOp } from '#contract/alerts';

/** What stands in a query is one matcher in Alertmanager's text form. */
export type ReadMatcher =
  | { readonly ok: true; readonly matcher: Matcher }
  | { readonly ok: false; readonly why: string };

const SHAPE = /^\s*([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(=~|=|!=|!~)\s*([\s\S]*?)\s*$/;
const refused = (why: string): ReadMatcher => ({ ok: false, why });

/** `name="value"`, `name=value`, `name=~"a|b"` …: quotes may be left out; inside, `\"`, `\\` and `\n` are escapes. */
export function readMatcherText(text: string): ReadMatcher {
  const [, name, op, raw] = SHAPE.exec(text) ?? [];
  if (name === undefined || op === undefined || raw === undefined)
    return refused(`bad matcher format: ${text.slice(0, 200)}`);
  const quoted = raw.startsWith('"');
  if (quoted && (raw.length < 2 || !raw.endsWith('"') || endsEscaped(raw)))
    return refused(`matcher value contains unescaped double quote: ${raw.slice(0, 200)}`);
  const inner = quoted ? raw.slice(1, -1) : raw;
  let value = '';
  for (let at = 0; at < inner.length; at += 1) {
    const char = inner[at] ?? '';
    if (char === '"') return refused(`matcher value contains unescaped double quote: ${raw.slice(0, 200)}`);
    if (char !== '\\') {
      value += char;
      continue;
    }
    at += 1;
    const next = inner[at];
    // an escape that is none stays as it was written: regular expressions are full of them
    value += next === 'n' ? '\n' : next === '"' || next === '\\' ? next : `\\${next ?? ''}`;
  }
  return { ok: true, matcher: { name, op: op as MatcherOp, value } };
}
function endsEscaped(raw: string): boolean {
  let slashes = 0;
  for (let at = raw.length - 2; at > 0 && raw[at] === '\\'; at -= 1) slashes += 1;
  return slashes % 2 === 1;
}

export const opOf = ({ isRegex, isEqual = true }: Pick<SilenceMatcher, 'isRegex' | 'isEqual'>): MatcherOp =>
  isRegex ? (isEqual ? '=~' : '!~') : isEqual ? '=' : '!=';
export const matcherOf = ({ name, value, isRegex, isEqual }: SilenceMatcher): Matcher => ({
  name,
  op: opOf(isEqual === undefined ? { isRegex } : { isRegex, isEqual }),
  value,
});
export const outsideMatcher = ({ name, op, value }: Matcher): GettableSilence['matchers'][number] => ({
  isEqual: op === '=' || op === '=~',
  isRegex: op === '=~' || op === '!~',
  name,
  value,
});
