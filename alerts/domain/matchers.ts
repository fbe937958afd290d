import type { AlertLabels, Matcher } from '#contract/alerts';
import { AppError } from '#contract/errors';
import { TIERS } from '#contract/tiers';
import { type LinearRegex, readLinearRegex } from './linear-regex.ts';

/** A pattern that takes linear time by construction: no engine that can be made to hang runs on people's text (M20). */
type Pattern =
  | { readonly kind: 'one_of'; readonly values: readonly string[] }
  | { readonly kind: 'prefix'; readonly prefix: string }
  | { readonly kind: 'regex'; readonly matches: LinearRegex };

const LITERAL = /^(?:[^\\.+*?()[\]{}|^$]|\\[\\.+*?()[\]{}|^$-])*$/;
const unescaped = (text: string): string => text.replace(/\\(.)/g, '$1');

function unsafe(matcher: Pick<Matcher, 'name' | 'value'>, why: string): AppError {
  return new AppError(
    'unsafe_pattern',
    `${matcher.name}: "${matcher.value.slice(0, 80)}" is not a pattern we run (${why}); write abc.*, a|b|c, or RE2 without \\b and \\p`,
    { field: '/matchers', extra: { why } },
  );
}

/** Answers kept of one pattern: labels repeat, alerts are looked at every second. */
const ANSWERS_MOST = 1_000;
function remembering(run: LinearRegex): LinearRegex {
  const known = new Map<string, boolean>();
  return (text) => {
    let hit = known.get(text);
    if (hit === undefined) {
      hit = run(text);
      if (known.size >= ANSWERS_MOST) known.clear();
      known.set(text, hit);
    }
    return hit;
  };
}

/**
 * Reads a pattern, always anchored. The common ones (a literal, `abc.*`, `a|b|c`) are compared; all others walk through states.
 * @throws {AppError} `unsafe_pattern` for what is no expression or needs more than a walk (look-around, back-references)
 */
export function readPattern(matcher: Pick<Matcher, 'name' | 'value'>): Pattern {
  let text = matcher.value.replace(/^\^/, '').replace(/(?<!\\)\$$/, '');
  if (text === '.*') return { kind: 'prefix', prefix: '' };
  const grouped = /^\((?:\?:)?(.*)\)$/s.exec(text);
  if (grouped?.[1] !== undefined && !/[()]/.test(grouped[1])) text = grouped[1];
  if (text.endsWith('.*') && LITERAL.test(text.slice(0, -2)))
    return { kind: 'prefix', prefix: unescaped(text.slice(0, -2)) };
  const values = text.split('|');
  if (values.every((value) => LITERAL.test(value))) return { kind: 'one_of', values: values.map(unescaped) };
  const read = readLinearRegex(matcher.value);
  if (!read.ok) throw unsafe(matcher, read.why);
  return { kind: 'regex', matches: remembering(read.matches) };
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
  const hit = isHit(pattern, value);
  return matcher.op === '=~' ? hit : !hit;
}
function isHit(pattern: Pattern, value: string): boolean {
  if (pattern.kind === 'prefix') return value.startsWith(pattern.prefix);
  return pattern.kind === 'one_of' ? pattern.values.includes(value) : pattern.matches(value);
}
export function matchesAll(matchers: readonly Matcher[], labels: AlertLabels, tier?: string): boolean {
  for (const matcher of matchers) if (!matches(matcher, labels, tier)) return false;
  return true;
}

/** Names and tiers that have nothing in common: what matches all of them demands nothing of a label that every alert has. */
const ANY_NAMES = ['a', 'Zz9', '中 -'];
function demandsNothing(matcher: Matcher): boolean {
  if (matches(matcher, {})) return true;
  if (matcher.name === 'tier') return TIERS.every((tier) => matches(matcher, {}, tier));
  return matcher.name === 'alertname' && ANY_NAMES.every((alertname) => matches(matcher, { alertname }));
}
/** @throws {AppError} `unsafe_pattern`; `silence_times` never, see silence.ts. Also refuses matchers that match everything. */
export function checkMatchers(matchers: readonly Matcher[]): void {
  for (const matcher of matchers) if (matcher.op === '=~' || matcher.op === '!~') patternOf(matcher);
  if (matchers.every(demandsNothing)) {
    throw new AppError('validation', 'at least one matcher must demand something: these match every alert', {
      field: '/matchers',
    });
  }
}
