import type { AlertLabels, AlertRule, BacktestFiring, Evaluation } from '#contract/alerts';
import { labelName } from '#contract/place-names';
import type { RuleState } from '#contract/rule-pages';
import { TIERS, type Tier } from '#contract/tiers';
import type { TimelineEntry } from '#contract/timeline';

export interface RuleRow {
  readonly rule: AlertRule;
  readonly state: RuleState | null;
}
const WORST: readonly Evaluation[] = ['error', 'firing', 'recovering', 'pending', 'nodata', 'normal'];
export const isTroubled = ({ state }: RuleRow): boolean => state !== null && state.evaluation !== 'normal';

/** What is wrong first, then by group and name; the search looks at name, words and expression. Pure. */
export function rowsOf(
  rules: readonly AlertRule[],
  states: readonly RuleState[],
  search: string,
  troubledOnly: boolean,
): RuleRow[] {
  const byId = new Map(states.map((state) => [state.rule, state]));
  const wanted = search.trim().toLowerCase();
  return rules
    .map((rule): RuleRow => ({ rule, state: byId.get(rule.id) ?? null }))
    .filter((row) => !troubledOnly || isTroubled(row))
    .filter(({ rule }) =>
      [rule.id, rule.group, rule.expr, ...Object.values(rule.annotations), ...Object.values(rule.labels)].some((text) =>
        text.toLowerCase().includes(wanted),
      ),
    )
    .sort(
      (a, b) =>
        WORST.indexOf(a.state?.evaluation ?? 'normal') - WORST.indexOf(b.state?.evaluation ?? 'normal') ||
        (a.rule.group < b.rule.group ? -1 : a.rule.group > b.rule.group ? 1 : a.rule.id < b.rule.id ? -1 : 1),
    );
}

/** What a rule is about, in the reader's language; where a match puts its label, the label's name stands. */
export function summaryOf({ annotations }: Pick<AlertRule, 'annotations'>, lang: 'zh' | 'en'): string {
  const text = (lang === 'zh' ? annotations.summary_zh : undefined) ?? annotations.summary ?? '';
  return text.replace(/\{\{\s*\$labels\.(\w+)\s*\}\}/g, (_all, label: string) => `‹${labelName(label, lang)}›`);
}
/** One bar of the chart: a time a rule fired, or would have. */
export interface FiringBar {
  readonly where: string;
  readonly fromMs: number;
  /** null: still at the end of the span. */
  readonly toMs: number | null;
  readonly tier: Tier;
}
export const placeText = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .filter(([name]) => name !== 'alertname' && name !== 'domain')
    .map(([, value]) => value)
    .join(' ');
/** @param place - labels as people call them */
export const barOf = (
  { labels, firedAt, endsAt, peakTier }: BacktestFiring,
  place: (labels: AlertLabels) => string = placeText,
): FiringBar => ({
  where: place(labels),
  fromMs: firedAt,
  toMs: endsAt,
  tier: peakTier,
});

/** Labels as a timeline entry has them: `channel=search region=zhejiang`. */
const labelsIn = (text: unknown): AlertLabels =>
  Object.fromEntries(
    [...String(text ?? '').matchAll(/(\w+)=(.*?)(?= \w+=|$)/g)].map(([, name = '', value = '']) => [name, value]),
  );

/** What the rule really did, from the timeline: a fire and the resolve of the same alert are one bar. Pure. */
export function happened(
  entries: readonly TimelineEntry[],
  rule: string,
  place: (labels: AlertLabels) => string = placeText,
): FiringBar[] {
  const bars: FiringBar[] = [];
  const open = new Map<string, number>();
  for (const { kind, params, atMs } of [...entries].sort((a, b) => a.seq - b.seq)) {
    if (params.rule !== rule) continue;
    const id = String(params.alert ?? '');
    const tier = TIERS.find((each) => each === params.tier) ?? 'blue';
    const at = open.get(id);
    const bar = at === undefined ? undefined : bars[at];
    if (kind === 'alert.fired' || kind === 'alert.storm') {
      open.set(id, bars.length);
      bars.push({ where: place(labelsIn(params.labels)), fromMs: atMs, toMs: null, tier });
    } else if (at !== undefined && bar !== undefined) {
      if (kind === 'alert.raised' && TIERS.indexOf(tier) > TIERS.indexOf(bar.tier)) bars[at] = { ...bar, tier };
      if (kind === 'alert.resolved') {
        bars[at] = { ...bar, toMs: atMs };
        open.delete(id);
      }
    }
  }
  return bars;
}
/** Time a rule fires in all within the span, several matches at once counted once. Pure. */
export function firingMs(bars: readonly FiringBar[], toMs: number): number {
  let sum = 0;
  let untilMs = Number.NEGATIVE_INFINITY;
  for (const bar of [...bars].sort((a, b) => a.fromMs - b.fromMs)) {
    const endMs = bar.toMs ?? toMs;
    sum += Math.max(0, endMs - Math.max(untilMs, bar.fromMs));
    untilMs = Math.max(untilMs, endMs);
  }
  return sum;
}
/** A step with which the span has at most 720 looks, of those that people know. */
export const stepFor = (spanMs: number): number =>
  [1_000, 5_000, 10_000, 30_000, 60_000].find((step) => spanMs / step <= 720) ?? 60_000;
