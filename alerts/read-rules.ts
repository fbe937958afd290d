import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import type { AlertLabels, AlertRule } from '#contract/alerts';
import { KPI_WINDOWS } from '#contract/kpis';
import { TIERS, type Tier } from '#contract/tiers';
import { type Campaign, namesOf } from '../server/domain/campaign.ts';
import { KPIS } from '../server/domain/kpis/index.ts';
import { compileExpr, ExprError, type Reading } from './cel.ts';
import { SYSTEM_FACTS } from './readings.ts';
import { canBeUrgent, type RunnableRule } from './rule.ts';

/** One thing that is wrong with a rule file, as `file:line: message`. */
export interface RuleProblem {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}
export interface RuleFile {
  readonly rules: readonly RunnableRule[];
  readonly problems: readonly RuleProblem[];
  /** Rules that this campaign has no data for (no such dimension or thresholds), with the reason; not a fault. */
  readonly skipped: readonly { readonly rule: string; readonly why: string }[];
}
export const problemText = ({ file, line, message }: RuleProblem): string => `${file}:${line}: ${message}`;

const GROUP_FIELDS = ['name', 'interval', 'rules'];
const RULE_FIELDS = [
  'alert',
  'expr',
  'for',
  'keep_firing_for',
  'raise_after',
  'lower_after',
  'for_each',
  'cost',
  'labels',
  'annotations',
] as const;
const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;
/** Raise after this many breaching windows, lower after this many clean ones, for rules that give a tier. */
const RAISE_AFTER = 2;
const LOWER_AFTER = 3;

/** Prometheus's durations: `30s`, `5m`, `1h30m`, `0s`; null when it is none. */
export function readDuration(text: string): number | null {
  if (text === '0') return 0;
  if (!/^(?:\d+(?:ms|[smhd]))+$/.test(text)) return null;
  let ms = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)(ms|[smhd])/g)) ms += Number(count) * (UNIT_MS[unit ?? ''] ?? 0);
  return ms;
}

/** Values a label fans out over in a campaign; null when the campaign has no such dimension. */
function valuesOf(campaign: Campaign, label: string): readonly string[] | null {
  if (label === 'service') return campaign.services.length === 0 ? null : campaign.services.map(({ id }) => id);
  if (label === 'sku') return campaign.items.length === 0 ? null : campaign.items.map(({ sku }) => sku);
  if (label === 'feed') return Object.keys(campaign.file.feeds);
  if (label === 'source') return [];
  return campaign.file.dimensions[label]?.map(({ id }) => id) ?? null;
}

/**
 * Reads one rule file, Prometheus's shape with `for_each`, `raise_after`, `lower_after` and `cost` besides. Never throws: every
 * fault is a problem with its line, and the rules that are sound come back beside it.
 */
export function readRuleFile(file: string, text: string, campaign: Campaign): RuleFile {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, strict: true, uniqueKeys: true });
  const problems: RuleProblem[] = [];
  const skipped: { rule: string; why: string }[] = [];
  const rules: RunnableRule[] = [];
  const names = namesOf(campaign);
  const lineAt = (node: unknown): number => counter.linePos((node as Node | null)?.range?.[0] ?? 0).line || 1;
  const wrong = (node: unknown, message: string): void => void problems.push({ file, line: lineAt(node), message });

  // one fault of the YAML makes many; the first is the one to mend
  const [fault] = document.errors;
  if (fault !== undefined) {
    const line = fault.linePos?.[0].line ?? 1;
    return { rules, problems: [{ file, line, message: fault.message.split('\n')[0] ?? '' }], skipped };
  }
  const groups = document.get('groups', true) as unknown;
  if (!isSeq(groups)) wrong(document.contents, 'a rule file has a list `groups`');
  if (!isSeq(groups)) return { rules, problems, skipped };

  for (const group of groups.items) {
    if (!isMap(group)) {
      wrong(group, 'a group has `name` and `rules`');
      continue;
    }
    for (const { key } of group.items)
      if (!GROUP_FIELDS.includes(String(key))) wrong(key, `a group has no field ${String(key)}`);
    const name = String(group.get('name') ?? '');
    const intervalText = String(group.get('interval') ?? '10s');
    const intervalMs = readDuration(intervalText);
    if (intervalMs === null)
      wrong(group.get('interval', true), `interval: ${intervalText} is not a duration such as 10s`);
    const list = group.get('rules', true) as unknown;
    if (name === '' || !isSeq(list)) {
      wrong(group, 'a group has `name` and `rules`');
      continue;
    }
    for (const item of list.items) {
      if (isMap(item)) readRule(item, name, intervalMs ?? 10_000);
      else wrong(item, 'a rule is a map');
    }
  }

  function readRule(
    item: Parameters<typeof isMap>[0] & { get(key: string, keep?: true): unknown; items: { key: unknown }[] },
    group: string,
    intervalMs: number,
  ): void {
    const before = problems.length;
    for (const { key } of item.items)
      if (!(RULE_FIELDS as readonly string[]).includes(String(key))) wrong(key, `a rule has no field ${String(key)}`);
    const id = String(item.get('alert') ?? '');
    if (!NAME.test(id)) wrong(item.get('alert', true) ?? item, `alert: "${id}" is not a name (letters, digits, _)`);
    const duration = (field: string): number => {
      const text = String(item.get(field) ?? '0s');
      const ms = readDuration(text);
      if (ms === null) wrong(item.get(field, true), `${field}: ${text} is not a duration such as 30s`);
      return ms ?? 0;
    };
    const texts = (field: string): Record<string, string> => {
      const node = item.get(field, true) as unknown;
      if (node === undefined || node === null) return {};
      if (!isMap(node)) {
        wrong(node, `${field} is a map of texts`);
        return {};
      }
      const pairs: [string, string][] = [];
      for (const { key, value } of node.items) {
        if (!isScalar(value) || typeof value.value !== 'string')
          wrong(value ?? key, `${field}.${String(key)} is a text`);
        else pairs.push([String(key), value.value]);
      }
      return Object.fromEntries(pairs);
    };
    const { tier: tierText, ...labels } = texts('labels');
    for (const label of Object.keys(labels))
      if (!NAME.test(label) || label === 'alertname')
        wrong(item.get('labels', true), `labels: ${label} cannot be a label`);
    const annotations = texts('annotations');
    const forEach = readForEach(item.get('for_each', true), id);
    const exprNode = item.get('expr', true) as unknown;
    const source = String(item.get('expr') ?? '').trim();
    let expr: RunnableRule['expr'] | null = null;
    try {
      expr = compileExpr(source);
      for (const reading of expr.readings) {
        const why = readingProblem(reading, forEach ?? {});
        if (why !== null) wrong(exprNode ?? item, `expr: ${why}`);
      }
    } catch (error) {
      const at = error instanceof ExprError ? error.at : 0;
      const lines = source.slice(0, at).split('\n').length - 1;
      const block =
        isScalar(exprNode) && (exprNode.type === 'BLOCK_LITERAL' || exprNode.type === 'BLOCK_FOLDED') ? 1 : 0;
      problems.push({
        file,
        line: lineAt(exprNode ?? item) + lines + block,
        message: `expr: ${error instanceof Error ? error.message : String(error)}`,
      });
    }
    if (expr === null || forEach === null) return;
    if (tierText !== undefined && !(TIERS as readonly string[]).includes(tierText))
      wrong(item.get('labels', true), `labels.tier: ${tierText} is not one of ${TIERS.join(', ')}`);
    if (expr.gives === 'bool' && tierText === undefined)
      wrong(item.get('labels', true) ?? item, 'labels.tier is needed: the expression is true or false');
    if (expr.gives === 'rank' && tierText !== undefined)
      wrong(item.get('labels', true), 'labels.tier is given by the expression; leave it out');
    if (annotations.summary === undefined)
      wrong(item.get('annotations', true) ?? item, 'annotations.summary is needed: what is wrong, in one line');
    const count = (field: string, fallback: number): number => {
      const number = item.get(field) ?? fallback;
      if (typeof number === 'number' && Number.isInteger(number) && number >= 1 && number <= 20) return number;
      wrong(item.get(field, true), `${field} is a whole number from 1 to 20`);
      return fallback;
    };
    const steady = expr.gives === 'rank' && intervalMs > 0;
    const rule: AlertRule = {
      id,
      group,
      expr: source,
      intervalMs,
      forMs: duration('for'),
      keepFiringForMs: duration('keep_firing_for'),
      raiseAfterCount: count('raise_after', steady ? RAISE_AFTER : 1),
      lowerAfterCount: count('lower_after', steady ? LOWER_AFTER : 1),
      labels,
      annotations,
      tier: (tierText as Tier | undefined) ?? null,
      forEach,
      cost: (item.get('cost') as string | undefined) ?? null,
      file,
      line: lineAt(item),
    };
    if (rule.cost !== null && KPIS.get(rule.cost)?.unit !== 'minor')
      wrong(item.get('cost', true), `cost: ${rule.cost} is not a KPI of money`);
    const perSource = forEach.source !== undefined ? { perSource: true as const } : {};
    const runnable = { rule, expr, matches: combinations(forEach), names, ...perSource };
    if (canBeUrgent(runnable) && annotations.runbook_url === undefined) {
      wrong(item.get('annotations', true) ?? item, 'annotations.runbook_url is needed: this rule can be orange or red');
    }
    if (problems.length > before) return;
    const why = notHere(expr.readings, forEach);
    if (why === null) rules.push(runnable);
    else skipped.push({ rule: id, why });
  }

  /** null: the campaign has no such dimension, so the rule is skipped. */
  function readForEach(node: unknown, id: string): Record<string, readonly string[]> | null {
    if (node === undefined || node === null) return {};
    if (!isMap(node)) {
      wrong(node, "for_each is a map such as {service: '*'}");
      return {};
    }
    const result: Record<string, readonly string[]> = {};
    for (const { key, value } of node.items) {
      const known = valuesOf(campaign, String(key));
      const text = isScalar(value) ? value.value : null;
      if (known === null) {
        skipped.push({ rule: id, why: `the campaign has no dimension ${String(key)}` });
        return null;
      }
      if (String(key) === 'source' && (text !== '*' || node.items.length > 1))
        wrong(value ?? key, "for_each.source is '*', alone: sources are known only while they send");
      if (text === '*') result[String(key)] = known;
      else if (text === 'hero' && String(key) === 'sku')
        result.sku = campaign.items.filter(({ hero }) => hero === true).map(({ sku }) => sku);
      else if (isSeq(value))
        result[String(key)] = value.items.map((part) => String(isScalar(part) ? part.value : part));
      else wrong(value ?? key, `for_each.${String(key)} is '*' or a list of values`);
    }
    return result;
  }

  function readingProblem({ name, args, labels }: Reading, forEach: Readonly<Record<string, unknown>>): string | null {
    const [first = '', window] = args;
    if (name === 'system')
      return Object.hasOwn(SYSTEM_FACTS, first)
        ? null
        : `system("${first}"): there is no such fact; there are ${Object.keys(SYSTEM_FACTS).join(', ')}`;
    if (name === 'forecastMinutes')
      return args.length === 1 || forEach.sku !== undefined
        ? null
        : 'forecastMinutes() needs a SKU, or for_each: {sku}';
    if (name === 'silentSeconds' || name === 'sourceSilent')
      return args.length === 1 ||
        forEach.feed !== undefined ||
        (name === 'sourceSilent' && forEach.source !== undefined)
        ? null
        : `${name}() needs a feed, or for_each: {feed}`;
    const kpi = KPIS.get(first);
    if (kpi === undefined) return `${name}("${first}"): there is no such KPI`;
    if (name === 'target') return null;
    if (!(KPI_WINDOWS as readonly string[]).includes(window ?? ''))
      return `${name}("${first}", "${window}"): windows are ${KPI_WINDOWS.join(', ')}`;
    if (!(kpi.windows as readonly string[]).includes(window ?? ''))
      return `${first} has the windows ${kpi.windows.join(', ')}`;
    const unknown = Object.keys(labels ?? forEach).find((label) => !kpi.dimensions.includes(label));
    return unknown === undefined
      ? null
      : `${first} has no dimension ${unknown}; write the labels out, {} for the total`;
  }

  function notHere(readings: readonly Reading[], forEach: Readonly<Record<string, readonly string[]>>): string | null {
    for (const { name, args } of readings) {
      if (name === 'tier' && campaign.file.tiers[args[0] ?? ''] === undefined)
        return `the campaign sets no thresholds for ${args[0]}`;
      if (name === 'target' && campaign.targets[args[0] ?? ''] === undefined)
        return `the campaign sets no target for ${args[0]}`;
    }
    const empty = Object.entries(forEach).find(([label, values]) => values.length === 0 && label !== 'source');
    return empty === undefined ? null : `the campaign has no values of ${empty[0]}`;
  }
  return { rules, problems, skipped };
}

function combinations(forEach: Readonly<Record<string, readonly string[]>>): AlertLabels[] {
  let rows: AlertLabels[] = [{}];
  for (const [label, values] of Object.entries(forEach))
    rows = rows.flatMap((row) => values.map((value) => ({ ...row, [label]: value })));
  return rows;
}
