import { setImmediate as nextTurn } from 'node:timers/promises';
import type {
  AlertLabels,
  BacktestBody,
  BacktestFiring,
  BacktestLine,
  BacktestReply,
  EscalationPolicy,
  Roster,
} from '#contract/alerts';
import { AppError } from '#contract/errors';
import type { Tier } from '#contract/tiers';
import type { FrameSource } from '../server/realtime/frame-source.ts';
import { rankOf } from './domain/hysteresis.ts';
import { type TieredFiring, wouldPage } from './domain/would-page.ts';
import { FRESH, isDue, type MatchState, stepMatch } from './match-state.ts';
import type { DutyConfig } from './read-duty.ts';
import { problemText, readRuleFile } from './read-rules.ts';
import { BaselineBook, readingResolver } from './readings.ts';
import { type Look, lookAt, type RunnableRule } from './rule.ts';
import type { RuleBook } from './rule-book.ts';

/** Looks of one back-test; two hours at 10 s are 720. */
const STEPS_MOST = 2_000;
const SPAN_MS = 2 * 3_600_000;
const STEP_MS = 10_000;
/** Readings whose past is not recorded. */
export const NOT_RECORDED: ReadonlySet<string> = new Set(['system', 'silentSeconds', 'sourceSilent']);
/** Matches whose lines are told. */
const LINES_MOST = 6;
/** The loop lets others run after this long, ms. */
const TURN_MS = 10;

export interface BacktestInput {
  readonly rules: readonly RunnableRule[];
  readonly source: FrameSource;
  readonly policies: readonly EscalationPolicy[];
  readonly roster: Roster;
  readonly groupBy: readonly string[];
  readonly nowMs: number;
  readonly asked: BacktestBody;
}

/** The windows as they are now known about an instant: what an engine would have seen then, late events included. */
export function sourceAt({ campaign, reader }: FrameSource, tMs: number): FrameSource {
  return {
    campaign,
    reader,
    asOfMs: tMs - 1,
    watermarkMs: tMs,
    redisNowMs: () => tMs,
    feeds: () => ({}),
    feedWatermarksMs: () => ({}),
    sources: () => [],
    unmappedCount: 0,
    loadingRatio: null,
    degraded: false,
  };
}

interface Running {
  readonly firedAt: number;
  readonly tiers: { readonly tier: Tier; readonly atMs: number }[];
  peakTier: Tier;
  peakValue: number | null;
  unit: string;
}

/**
 * Runs rules over recorded windows with the engine's own step function, so that what it says is what would have happened,
 * had nobody acknowledged.
 * @throws {AppError} `out_of_range` when the span is empty, too long for its step, or in the future
 */
export async function backtest({
  rules,
  source,
  policies,
  roster,
  groupBy,
  nowMs,
  asked,
}: BacktestInput): Promise<BacktestReply> {
  const stepMs = asked.stepMs ?? STEP_MS;
  const to = Math.floor(Math.min(asked.to ?? nowMs, source.watermarkMs ?? nowMs) / 1_000) * 1_000;
  const from = Math.floor((asked.from ?? to - SPAN_MS) / stepMs) * stepMs;
  const steps = Math.floor((to - from) / stepMs) + 1;
  if (steps < 1 || steps > STEPS_MOST) {
    throw new AppError(
      'out_of_range',
      `a back-test has 1–${STEPS_MOST} looks; this one would have ${Math.max(0, steps)}: change from, to or stepMs`,
      {
        field: '/from',
      },
    );
  }
  const unjudged = new Map<string, string>();
  const judged = rules.filter(({ rule, expr }) => {
    const blind = expr.readings.find(({ name }) => NOT_RECORDED.has(name));
    if (blind !== undefined) unjudged.set(rule.id, `${blind.name}() is not recorded`);
    return blind === undefined;
  });
  const baselines = new BaselineBook();
  const states = new Map<string, MatchState>();
  const running = new Map<string, Running>();
  const saw = new Set<string>();
  const found: (TieredFiring & Omit<BacktestFiring, 'pages'>)[] = [];
  const measured = new Measured();
  let turnMs = performance.now();

  for (let tMs = from; tMs <= to; tMs += stepMs) {
    const resolve = readingResolver(sourceAt(source, tMs), tMs, () => null, baselines);
    for (const runnable of judged) {
      for (const match of runnable.matches) {
        const key = `${runnable.rule.id}|${JSON.stringify(match)}`;
        const before = states.get(key) ?? FRESH;
        if (!isDue(runnable, before, tMs)) continue;
        const look = lookAt(runnable, match, resolve);
        const state = stepMatch(runnable, before, look, tMs);
        if (judged.length === 1) measured.add(match, look, tMs);
        states.set(key, state);
        if (state.state.evaluation !== 'nodata') saw.add(runnable.rule.id);
        follow(runnable, match, key, state, tMs);
      }
      if (performance.now() - turnMs > TURN_MS) {
        await nextTurn();
        turnMs = performance.now();
      }
    }
  }

  function follow(
    runnable: RunnableRule,
    match: Readonly<Record<string, string>>,
    key: string,
    state: MatchState,
    tMs: number,
  ): void {
    const { tier } = state.fold;
    const open = running.get(key);
    if (state.state.fired && tier !== null) {
      const { value: peakValue, unit } = state;
      if (open === undefined)
        running.set(key, { firedAt: tMs, tiers: [{ tier, atMs: tMs }], peakTier: tier, peakValue, unit });
      else {
        if (open.tiers.at(-1)?.tier !== tier) open.tiers.push({ tier, atMs: tMs });
        if (rankOf(tier) > rankOf(open.peakTier)) Object.assign(open, { peakTier: tier, peakValue });
      }
    } else if (!state.state.fired && open !== undefined) {
      running.delete(key);
      found.push({ rule: runnable.rule.id, labels: match, endsAt: tMs, ...open });
    }
  }
  for (const runnable of judged)
    for (const match of runnable.matches) {
      const open = running.get(`${runnable.rule.id}|${JSON.stringify(match)}`);
      if (open !== undefined) found.push({ rule: runnable.rule.id, labels: match, endsAt: null, ...open });
    }
  for (const { rule } of judged) if (!saw.has(rule.id)) unjudged.set(rule.id, 'no data in this span');
  found.sort((a, b) => a.firedAt - b.firedAt);
  const pages = wouldPage(found, { policies, roster, groupBy }, to);
  const firings = found.map((one): BacktestFiring => {
    const { tiers: _shown, ...firing } = one;
    return { ...firing, pages: pages.get(one) ?? [] };
  });
  return {
    from,
    to,
    stepMs,
    firings,
    ...(judged.length === 1 ? { lines: measured.lines(firings) } : {}),
    unjudged: [...unjudged].map(([rule, why]) => ({ rule, why })),
  };
}

export interface BacktestDeps {
  readonly ruleBook: Pick<RuleBook, 'rules'>;
  readonly source: FrameSource;
  readonly duty: () => DutyConfig;
  readonly roster: () => Roster;
  readonly nowMs: () => number;
}
/** Back-tests of one node, of loaded rules or of a file's text. @throws {AppError} `rules_invalid`, `store_loading`, `out_of_range` */
export const createBacktest =
  ({ ruleBook, source, duty, roster, nowMs }: BacktestDeps) =>
  async (asked: BacktestBody): Promise<BacktestReply> => {
    if (source.loadingRatio !== null)
      throw new AppError('store_loading', 'the windows are loading; ask again', { retryAfterS: 1 });
    let rules = ruleBook.rules();
    if (asked.yaml !== undefined) {
      const file = readRuleFile('rules', asked.yaml, source.campaign);
      const problems = file.problems.map(problemText);
      if (problems.length > 0) throw new AppError('rules_invalid', problems[0] ?? '', { extra: { problems } });
      rules = file.rules;
    }
    const wanted = asked.rule === undefined ? rules : rules.filter(({ rule }) => rule.id === asked.rule);
    if (wanted.length === 0) throw new AppError('rules_invalid', `there is no rule ${asked.rule ?? ''} to test`);
    const { policies, groupBy } = duty();
    return backtest({ rules: wanted, source, policies, groupBy, roster: roster(), nowMs: nowMs(), asked });
  };

/** What one rule measured, match by match. */
class Measured {
  private readonly kept = new Map<
    string,
    {
      readonly labels: AlertLabels;
      readonly points: [number, number | null][];
      unit: string;
      limits: BacktestLine['limits'];
    }
  >();
  add(labels: AlertLabels, look: Look, tMs: number): void {
    const key = JSON.stringify(labels);
    const line = this.kept.get(key) ?? { labels, points: [], unit: '', limits: [] };
    this.kept.set(key, line);
    const seen = look.kind === 'seen';
    line.points.push([tMs, seen ? look.value : null]);
    if (seen && look.unit !== '') line.unit = look.unit;
    if (seen && look.limits.length > 0) line.limits = look.limits;
  }
  /** Those that fire, in their order, then others. */
  lines(firings: readonly BacktestFiring[]): BacktestLine[] {
    const first = firings.map(({ labels }) => JSON.stringify(labels));
    const keys = new Set([...first, ...this.kept.keys()]);
    return [...keys].flatMap((key) => this.kept.get(key) ?? []).slice(0, LINES_MOST);
  }
}
