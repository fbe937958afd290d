import type { AlertLabels, Matcher } from '#contract/alerts';
import { AppError } from '#contract/errors';

/** A pattern that takes linear time by construction: no engine that can be made to hang runs on people's text (M20). */
type Pattern =
  | { readonly kind: 'one_of'; readonly values: readonly string[] }
  | { readonly kind: 'prefix'; readonly prefix: string };

const LITERAL = /^(?:[^\\.+*?()[\]{}|^$]|\\[\\.+*?()[\]{}|^$-])*$/;
const unescaped = (text: string): string => text.replace(/\\(.)/g, '$1');

function unsafe(matcher: Pick<Matcher, 'name' | 'value'>): AppError {
  return new AppError(
    'unsafe_pattern',
    `${matcher.name}: "${matcher.value.slice(0, 80)}" is not a pattern we run; write a literal, a prefix like abc.*, or one of a|b|c`,
    { field: '/matchers' },
  );
}

/** @throws {AppError} `unsafe_pattern` for anything but a literal, a prefix `abc.*`, `.*`, `.+`, or one of `(a|b|c)` */
export function readPattern(matcher: Pick<Matcher, 'name' | 'value'>): Pattern {
  let text = matcher.value.replace(/^\^/, '').replace(/(?<!\\)\$$/, '');
  if (text === '.*') return { kind: 'prefix', prefix: '' };
  const grouped = /^\((?:\?:)?(.*)\)$/s.exec(text);
  if (grouped?.[1] !== undefined && !/[()]/.test(grouped[1])) text = grouped[1];
  if (text.endsWith('.*') && LITERAL.test(text.slice(0, -2)))
    return { kind: 'prefix', prefix: unescaped(text.slice(0, -2)) };
  const values = text.split('|');
  if (values.every((value) => LITERAL.test(value))) return { kind: 'one_of', values: values.map(unescaped) };
  throw unsafe(matcher);
}

const patterns = new WeakMap<Matcher, Pattern>();
function patternOf(matcher: Matcher): Pattern {
  let pattern = patterns.get(matcher);
  if (pattern === undefined) {
    pattern = readPattern(matcher);
    patterns.set(matcher, pattern);
  }
  return pattern;
}

/** A label that is absent counts as empty, as in Alertmanager. @param tier - seen as the label `tier`, when given */
export function matches(matcher: Matcher, labels: AlertLabels, tier?: string): boolean {
  const value = (matcher.name === 'tier' ? (tier ?? labels.tier) : labels[matcher.name]) ?? '';
  if (matcher.op === '=') return value === matcher.value;
  if (matcher.op === '!=') return value !== matcher.value;
  const pattern = patternOf(matcher);
  const hit = pattern.kind === 'prefix' ? value.startsWith(pattern.prefix) : pattern.values.includes(value);
  return matcher.op === '=~' ? hit : !hit;
}
export function matchesAll(matchers: readonly Matcher[], labels: AlertLabels, tier?: string): boolean {
  for (const matcher of matchers) if (!matches(matcher, labels, tier)) return false;
  return true;
}

const matchesEmpty = (matcher: Matcher): boolean => matches(matcher, {});
/** @throws {AppError} `unsafe_pattern`; `silence_times` never, see silence.ts. Also refuses matchers that match everything. */
export function checkMatchers(matchers: readonly Matcher[]): void {
  for (const matcher of matchers) if (matcher.op === '=~' || matcher.op === '!~') patternOf(matcher);
  if (matchers.every(matchesEmpty)) {
    throw new AppError('validation', 'at least one matcher must demand something: these match every alert', {
      field: '/matchers',
    });
  }
}
