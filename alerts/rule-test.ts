import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { parse } from 'yaml';
import type { AlertLabels } from '#contract/alerts';
import { TIER_RANK } from '#contract/tiers';
import type { Campaign } from '../server/domain/campaign.ts';
import { KPIS } from '../server/domain/kpis/index.ts';
import { tierMeasure, windowTier } from '../server/domain/tier.ts';
import type { Reading } from './cel.ts';
import { FRESH, isDue, type MatchState, stepMatch } from './match-state.ts';
import { readDuration } from './read-rules.ts';
import {
  alertAnnotations,
  alertLabels,
  lookAt,
  overSources,
  type Resolve,
  type Resolved,
  type RunnableRule,
} from './rule.ts';

const closed = { additionalProperties: false } as const;
const Texts = Type.Record(Type.String(), Type.String());
/** promtool's test file. A series names a reading: `kpi:fault_rate{window="1m",service="cart"}`, `system:disk_used_ratio`. */
const TestFile = Type.Object(
  {
    rule_files: Type.Array(Type.String(), { minItems: 1 }),
    evaluation_interval: Type.Optional(Type.String()),
    tests: Type.Array(
      Type.Object(
        {
          name: Type.Optional(Type.String()),
          interval: Type.String(),
          input_series: Type.Array(Type.Object({ series: Type.String(), values: Type.String() }, closed)),
          alert_rule_test: Type.Array(
            Type.Object(
              {
                eval_time: Type.String(),
                alertname: Type.String(),
                exp_alerts: Type.Optional(
                  Type.Array(
                    Type.Object({ exp_labels: Type.Optional(Texts), exp_annotations: Type.Optional(Texts) }, closed),
                  ),
                ),
              },
              closed,
            ),
          ),
        },
        closed,
      ),
      { minItems: 1 },
    ),
  },
  closed,
);
export type RuleTestFile = Static<typeof TestFile>;
const check = Compile(TestFile);

/** @throws {Error} naming the field that is wrong */
export function readRuleTest(text: string): RuleTestFile {
  const value: unknown = parse(text);
  if (check.Check(value)) return value as RuleTestFile;
  const first = check.Errors(value)[0];
  throw new Error(`${first?.instancePath || '/'} ${first?.message ?? 'is not valid'}`);
}

/** `1+2x3 _x2 5`: promtool's notation; null is "no sample". `~` is ours: too few events to say anything (NaN). */
export function expandValues(text: string): (number | null)[] {
  return text
    .trim()
    .split(/\s+/)
    .flatMap((part): (number | null)[] => {
      const match = /^(_|~|-?\d+(?:\.\d+)?(?:e-?\d+)?)(?:([+-])(\d+(?:\.\d+)?))?(?:x(\d+))?$/.exec(part);
      if (match === null) throw new Error(`values: ${part} is not a value such as 5, 1+2x3, _x4 or ~x4`);
      const [, start = '', sign, by, times] = match;
      const step = by === undefined ? 0 : Number(by) * (sign === '-' ? -1 : 1);
      return Array.from({ length: Number(times ?? 0) + 1 }, (_, index) =>
        start === '_' ? null : start === '~' ? Number.NaN : Number(start) + step * index,
      );
    });
}

function seriesKey(name: string, labels: AlertLabels): string {
  return `${name}{${Object.keys(labels)
    .sort()
    .map((label) => `${label}=${labels[label]}`)
    .join(',')}}`;
}
function readSeriesName(text: string): string {
  const match = /^([A-Za-z_]+(?::[A-Za-z0-9_]+)?)\s*(?:\{(.*)\})?$/.exec(text.trim());
  if (match === null) throw new Error(`series: ${text} is not name{label="value"}`);
  const pairs = [...(match[2] ?? '').matchAll(/([a-z_]+)\s*=\s*"([^"]*)"/g)].map(
    ([, name = '', value = '']) => [name, value] as const,
  );
  return seriesKey(match[1] ?? '', Object.fromEntries(pairs));
}

/** What is wrong, one line each; empty when the rules do what the file says. Pure. */
export function runRuleTest(file: RuleTestFile, rules: readonly RunnableRule[], campaign: Campaign): string[] {
  const problems: string[] = [];
  const stepMs = readDuration(file.evaluation_interval ?? '1s') ?? 1_000;
  file.tests.forEach((test, number) => {
    const intervalMs = readDuration(test.interval) ?? 1_000;
    const series = new Map(
      test.input_series.map(({ series: name, values }) => [readSeriesName(name), expandValues(values)]),
    );
    const heard = [...series.keys()].flatMap((name) => /^sourceSilent\{source=(.*)\}$/.exec(name)?.[1] ?? []);
    const running = overSources(rules, heard);
    const states = new Map<string, MatchState>();
    const wanted = test.alert_rule_test.map((row) => ({ ...row, atMs: readDuration(row.eval_time) ?? 0 }));
    const lastMs = Math.max(...wanted.map(({ atMs }) => atMs));
    for (let tMs = 0; tMs <= lastMs; tMs += stepMs) {
      const resolve = resolverAt(series, Math.floor(tMs / intervalMs), campaign);
      for (const rule of running)
        for (const match of rule.matches) {
          const key = `${rule.rule.id}|${JSON.stringify(match)}`;
          const before = states.get(key) ?? FRESH;
          if (isDue(rule, before, tMs)) states.set(key, stepMatch(rule, before, lookAt(rule, match, resolve), tMs));
        }
      for (const { atMs, alertname, exp_alerts = [] } of wanted.filter((row) => row.atMs === tMs)) {
        const where = `${test.name ?? `test ${number + 1}`}: ${alertname} at ${atMs / 1_000} s`;
        const rule = running.find((candidate) => candidate.rule.id === alertname);
        if (rule === undefined) {
          problems.push(`${where}: there is no such rule in the rule files`);
          continue;
        }
        const got = rule.matches.flatMap((match) => {
          const state = states.get(`${alertname}|${JSON.stringify(match)}`);
          if (state === undefined || !state.state.fired) return [];
          const labels = alertLabels(rule, match);
          return [{ labels: { ...labels, tier: state.fold.tier ?? '' }, annotations: alertAnnotations(rule, labels) }];
        });
        const fits =
          (want: (typeof exp_alerts)[number]) =>
          (alert: (typeof got)[number]): boolean =>
            Object.entries(want.exp_labels ?? {}).every(
              ([name, value]) => (alert.labels as AlertLabels)[name] === value,
            ) && Object.entries(want.exp_annotations ?? {}).every(([name, value]) => alert.annotations[name] === value);
        const missing = exp_alerts.filter((want) => !got.some(fits(want)));
        if (got.length !== exp_alerts.length || missing.length > 0)
          problems.push(
            `${where}: expected ${JSON.stringify(exp_alerts)}, got ${JSON.stringify(got.map(({ labels }) => labels))}`,
          );
      }
    }
  });
  return problems;
}

function resolverAt(
  series: ReadonlyMap<string, readonly (number | null)[]>,
  index: number,
  campaign: Campaign,
): Resolve {
  const sample = (name: string, labels: AlertLabels): number | null =>
    series.get(seriesKey(name, labels))?.[index] ?? null;
  const known = (value: number | null, unit: string): Resolved =>
    value === null
      ? { state: 'nodata' }
      : Number.isNaN(value)
        ? { state: 'insufficient' }
        : { state: 'value', value, unit };
  return (reading: Reading, labels: AlertLabels): Resolved => {
    const { name, args } = reading;
    const [first = '', window = ''] = args;
    if (name === 'target') return known(campaign.targets[first] ?? null, '');
    if (name === 'system') return known(sample(`system:${first}`, {}), '');
    if (name === 'forecastMinutes') return known(sample(name, { sku: args[0] ?? labels.sku ?? '' }), 'minutes');
    if (name === 'silentSeconds') return known(sample(name, { feed: args[0] ?? labels.feed ?? '' }), 'seconds');
    if (name === 'sourceSilent') {
      const { source } = labels;
      const silent = sample(
        name,
        args[0] === undefined && source !== undefined ? { source } : { feed: args[0] ?? labels.feed ?? '' },
      );
      return silent === null ? { state: 'nodata' } : { state: 'value', value: silent > 0, unit: 'seconds' };
    }
    const at = { ...labels, window };
    if (name !== 'tier') return known(sample(`${name}:${first}`, at), KPIS.get(first)?.unit ?? '');
    const kpi = KPIS.get(first);
    const thresholds = campaign.file.tiers[first];
    const held = sample(`kpi:${first}`, at);
    if (Number.isNaN(held)) return { state: 'insufficient' };
    const figure = {
      value: held,
      quality: 'live' as const,
      plan: sample(`plan:${first}`, at),
      lastYear: sample(`lastYear:${first}`, at),
      target: campaign.targets[first] ?? null,
    };
    const measure = kpi === undefined ? null : tierMeasure(kpi.tierRule, figure);
    if (kpi === undefined || thresholds === undefined || measure === null) return { state: 'nodata' };
    const reached = windowTier(kpi, thresholds, figure);
    return {
      state: 'value',
      value: reached === null ? 0 : TIER_RANK[reached],
      unit: kpi.unit,
      shown: { value: measure, limit: thresholds[reached ?? 'blue'] },
    };
  };
}
