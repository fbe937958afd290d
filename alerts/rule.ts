import type { AlertLabels, AlertRule } from '#contract/alerts';
import { type NameSource, placeName } from '#contract/place-names';
import { TIER_RANK, type Tier } from '#contract/tiers';
import type { CompiledExpr, Reading } from './cel.ts';
import { tierOfRank } from './domain/hysteresis.ts';

/** A rule that can be run: the contract's rule, its compiled expression, and the labels of every match it fans out to. */
export interface RunnableRule {
  readonly rule: AlertRule;
  readonly expr: CompiledExpr;
  /** One entry a combination of `for_each`; a rule without it has one, empty. */
  readonly matches: readonly AlertLabels[];
  /** It has one match a steady source, which are known only while it runs: `matches` is empty until `overSources`. */
  readonly perSource?: true;
  /** Names of label values, for people. */
  readonly names: NameSource;
}

/** A figure with its limit, and its limits by rank (blue first) where there is one a tier. */
export interface Shown {
  readonly value: number;
  readonly limit: number | null;
  readonly limits?: readonly (number | null)[];
}
export type Resolved =
  | {
      readonly state: 'value';
      readonly value: number | boolean;
      /** Unit of `value`, or of `shown` when it is there. */
      readonly unit: string;
      /** What people are shown instead: `tier()` gives a rank, but people read the figure and its limit. */
      readonly shown?: Shown;
    }
  | { readonly state: 'nodata' }
  /** Too few events to say anything: counts as normal. */
  | { readonly state: 'insufficient' };
export type Resolve = (reading: Reading, labels: AlertLabels) => Resolved;

export type Look =
  | {
      readonly kind: 'seen';
      readonly tier: Tier | null;
      readonly value: number | null;
      readonly limit: number | null;
      readonly limits: readonly (number | null)[];
      readonly unit: string;
    }
  | { readonly kind: 'nodata' }
  | { readonly kind: 'error'; readonly message: string };

const NOTHING = { tier: null, value: null, limit: null, limits: [], unit: '' } as const;

/**
 * One look at one match: all readings first (null → nodata, too few → normal), then the expression. Pure over what `resolve`
 * answers; never throws.
 */
export function lookAt({ rule, expr }: RunnableRule, labels: AlertLabels, resolve: Resolve): Look {
  const values: (number | boolean)[] = [];
  let unit = '';
  let insufficient = false;
  let shown: Shown | undefined;
  try {
    for (const reading of expr.readings) {
      const got = resolve(reading, reading.labels ?? labels);
      if (got.state === 'nodata') return { kind: 'nodata' };
      if (got.state === 'insufficient') {
        insufficient = true;
        continue;
      }
      if (values.length === 0) ({ unit } = got);
      shown ??= got.shown;
      values.push(got.value);
    }
    if (insufficient) return { kind: 'seen', ...NOTHING };
    const { rank, probe } = expr.run(values);
    const tier = expr.gives === 'bool' ? (rank === 1 ? rule.tier : null) : tierOfRank(rank);
    const held: Partial<Shown> = shown ?? probe ?? {};
    // traffic over its baseline is no number of requests a second
    if (shown === undefined && expr.isShare) unit = 'ratio';
    const { value = null, limit = null, limits = [] } = held;
    // a division by nothing is no figure
    if (value !== null && !Number.isFinite(value)) return { kind: 'nodata' };
    return { kind: 'seen', tier, value, limit, limits, unit };
  } catch (error) {
    return { kind: 'error', message: error instanceof Error ? error.message : String(error) };
  }
}

/** Sources a rule fans out to at most. */
const SOURCES_MOST = 500;
/** The rules with a match for each of these sources, where they are about sources. */
export function overSources(rules: readonly RunnableRule[], sources: readonly string[]): readonly RunnableRule[] {
  const matches = [...sources]
    .sort()
    .slice(0, SOURCES_MOST)
    .map((source) => ({ source }));
  return rules.map((runnable) => (runnable.perSource === true ? { ...runnable, matches } : runnable));
}

/** Whether the rule can ever be orange or red, and so must name a runbook. */
export const canBeUrgent = ({ expr, rule }: Pick<RunnableRule, 'expr' | 'rule'>): boolean =>
  expr.gives === 'rank' || (rule.tier !== null && TIER_RANK[rule.tier] >= TIER_RANK.orange);

/** Labels of an alert of this rule: its name, the rule's own labels, those of the match. */
export const alertLabels = ({ rule }: RunnableRule, match: AlertLabels): AlertLabels => ({
  ...rule.labels,
  ...match,
  alertname: rule.id,
});
/**
 * Annotations with `{{ $labels.name }}` filled in by the names of the campaign, those that end in `_zh` in Chinese; a label that
 * is not there leaves nothing.
 */
export const alertAnnotations = (
  { rule, names }: Pick<RunnableRule, 'rule' | 'names'>,
  labels: AlertLabels,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(rule.annotations).map(([name, text]) => [
      name,
      text
        .replace(/\{\{\s*\$labels\.([a-z_]+)\s*\}\}/g, (_all, label: string) =>
          placeName(names, label, labels[label] ?? '', name.endsWith('_zh') ? 'zh' : 'en'),
        )
        .trim(),
    ]),
  );
