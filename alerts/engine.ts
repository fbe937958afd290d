import type { AlertLabels, EscalationPolicy, HistoryType } from '#contract/alerts';
import { AppError } from '#contract/errors';
import type { Actor } from '#contract/permissions';
import type { Tier } from '#contract/tiers';
import type { HeldClaim } from '../server/room/held-claim.ts';
import type { Log } from '../server/room/log.ts';
import type { AlertBook } from './book.ts';
import { handlingChange, pagingDue, timelineEntry } from './changes.ts';
import { alertId, fingerprint } from './domain/fingerprint.ts';
import { countStart } from './domain/flap.ts';
import { type GroupState, groupKey, NEW_GROUP } from './domain/group.ts';
import { changeTier } from './domain/handling.ts';
import { rankOf, settledFold } from './domain/hysteresis.ts';
import { foldStorm } from './fold-storm.ts';
import { FRESH, isDue, type MatchState, stepMatch } from './match-state.ts';
import { type AlertRecord, historyOf } from './record.ts';
import { alertAnnotations, alertLabels, lookAt, type Resolve, type RunnableRule } from './rule.ts';
import type { AlertChange, AlertStore } from './store.ts';

/** How often a value that moved is written while its alert stands, ms, and for how many alerts a time. */
const TOUCH_EVERY_MS = 5_000;
const TOUCH_MOST = 100;
const MARK_EVERY_MS = 1_000;

export interface EngineDeps {
  readonly store: AlertStore;
  readonly book: AlertBook;
  readonly claim: HeldClaim;
  readonly nowMs: () => number;
  readonly rules: () => readonly RunnableRule[];
  readonly policies: () => readonly EscalationPolicy[];
  readonly groupBy: () => readonly string[];
  /** Answers of this instant; a new one each tick. */
  readonly resolver: () => Resolve;
  readonly log: Log;
}
export interface EngineStats {
  readonly evaluatedCount: number;
  readonly writtenCount: number;
  readonly refusedCount: number;
  readonly staleCount: number;
  readonly tickMs: number;
  readonly tickMaxMs: number;
  readonly held: boolean;
}

/** One match of a rule with all that never changes about it. */
interface Match {
  readonly rule: RunnableRule;
  readonly match: AlertLabels;
  readonly labels: AlertLabels;
  readonly print: string;
  state: MatchState;
}

const ruleActor = (id: string): Actor => ({ kind: 'rule', id });

/**
 * Evaluates rules on the node that holds the claim. A tick looks at what is due, and writes only what changed, each alert in one
 * step with its history, timeline entry and due work, fenced by the claim.
 */
export function createEngine(deps: EngineDeps) {
  const { store, book, claim, nowMs, log } = deps;
  const count = { evaluated: 0, written: 0, refused: 0, stale: 0, tickMs: 0, tickMaxMs: 0 };
  let matches: Match[] = [];
  let compiledFrom: readonly RunnableRule[] | null = null;
  let wasHeld = false;
  let touchedAtMs = 0;
  let markedAtMs = 0;

  /** Rules changed, or this node has just taken over: go on from what is stored. */
  function prepare(): void {
    const rules = deps.rules();
    const before = wasHeld ? new Map(matches.map((match) => [match.print, match])) : new Map<string, Match>();
    compiledFrom = rules;
    matches = rules.flatMap((rule) =>
      rule.matches.map((match): Match => {
        const labels = alertLabels(rule, match);
        const print = fingerprint(rule.rule.id, labels);
        const known = before.get(print);
        if (known !== undefined && known.rule.rule.expr === rule.rule.expr) return { ...known, rule, match, labels };
        return { rule, match, labels, print, state: resumed(rule, book.openOf(print)) };
      }),
    );
  }

  async function tick(): Promise<void> {
    const startedMs = performance.now();
    if (!(await claim.renew())) {
      wasHeld = false;
      return;
    }
    if (!wasHeld || compiledFrom !== deps.rules()) {
      await book.poll(true);
      prepare();
      if (!wasHeld) log.info({ version: claim.version }, 'this node evaluates the alert rules');
      wasHeld = true;
    }
    const atMs = nowMs();
    const changes = await look(atMs);
    await write(changes);
    if (atMs - markedAtMs >= MARK_EVERY_MS && claim.isHeld()) {
      markedAtMs = atMs;
      await store.markEvaluated(atMs);
    }
    count.tickMs = performance.now() - startedMs;
    count.tickMaxMs = Math.max(count.tickMs, count.tickMaxMs * 0.99);
  }

  async function look(atMs: number): Promise<AlertChange[]> {
    const resolve = deps.resolver();
    for (const match of matches) {
      if (!isDue(match.rule, match.state, atMs)) continue;
      const before = match.state;
      match.state = stepMatch(match.rule, before, lookAt(match.rule, match.match, resolve), atMs);
      count.evaluated += 1;
      if (before.message === null && match.state.message !== null)
        log.warn({ rule: match.rule.rule.id, why: match.state.message }, 'an alert rule cannot be evaluated');
    }
    const wanted: { readonly match: Match; readonly record: AlertRecord | undefined }[] = [];
    for (const match of matches) {
      const record = book.openOf(match.print);
      if (differs(match.state, record)) wanted.push({ match, record });
    }
    const groups = await groupsOf(wanted.map(({ match }) => groupOf(match)));
    const changes = wanted.flatMap(({ match, record }) =>
      changeOf(match, record, groups.get(groupOf(match)) ?? NEW_GROUP, atMs),
    );
    return [...foldStorm(changes), ...goneRules(atMs), ...touches(atMs)];
  }

  const groupOf = ({ rule, labels }: Match): string => groupKey(rule.rule.id, labels, deps.groupBy());
  async function groupsOf(ids: readonly string[]): Promise<ReadonlyMap<string, GroupState>> {
    const unique = [...new Set(ids)];
    const states = await store.groups(unique);
    return new Map(unique.map((id, index) => [id, states[index] ?? NEW_GROUP]));
  }

  /** The one write that brings a match's record to what the rule says now; none while nothing differs. */
  function changeOf(match: Match, before: AlertRecord | undefined, group: GroupState, atMs: number): AlertChange[] {
    const { state, fold, value, limit, unit } = match.state;
    const { id: rule } = match.rule.rule;
    const actor = ruleActor(rule);
    const figures = { value, limit, unit, updatedAt: atMs };
    if (before === undefined) {
      const tier = fold.tier;
      if (tier === null || state.activeSinceMs === null) return [];
      const record = born(match, tier, atMs);
      const created = historyOf('alert_created', record, { ...actor }, atMs);
      if (!state.fired) return [{ record, expected: 0, mode: 'open', history: [created], timeline: [], due: [] }];
      return [fire(record, 0, [created], group, atMs)];
    }
    const engine = { ...before.engine, sinceMs: state.sinceMs, activeSinceMs: state.activeSinceMs };
    const next: AlertRecord = {
      ...before,
      ...figures,
      evaluation: state.evaluation,
      engine,
      version: before.version + 1,
    };
    const expected = before.version;
    if (before.firedAt === null) {
      if (state.fired)
        return [
          fire(
            { ...next, tier: fold.tier ?? before.tier, peakTier: fold.tier ?? before.tier },
            expected,
            [],
            group,
            atMs,
          ),
        ];
      const record = { ...next, evaluation: 'normal' as const, endsAt: atMs };
      return [{ record, expected, mode: 'dropped', history: [], timeline: [], due: [] }];
    }
    if (!state.fired) return [ended(next, before, group, atMs, actor)];
    if (before.handling === 'resolved') {
      // a person resolved it and the rule now says worse than then: that is a new alert; it starts with the next tick
      return [
        { record: { ...next, evaluation: 'normal' }, expected, mode: 'closed', history: [], timeline: [], due: [] },
      ];
    }
    const said = tierOf(match.state, before);
    const tier = said === null ? null : changeTier(before, said);
    if (tier !== null) {
      const change = handlingChange(before, tier, { actor, policies: deps.policies(), group, nowMs: atMs });
      return [{ ...change, record: { ...change.record, ...figures, evaluation: state.evaluation, engine } }];
    }
    const type = TYPE_OF[state.evaluation] ?? 'alert_fired';
    const loud = state.evaluation === 'nodata' || state.evaluation === 'error';
    const record =
      type === 'alert_fired'
        ? { ...next, engine: { ...engine, starts: countStart(engine.starts, atMs) }, flapCount: before.flapCount + 1 }
        : next;
    return [
      {
        record,
        expected,
        mode: 'open',
        history: [historyOf(type, record, actor, atMs)],
        timeline: loud ? timelineEntry(type, record, actor) : [],
        due: [],
      },
    ];
  }

  function born({ rule, labels, print, state }: Match, tier: Tier, atMs: number): AlertRecord {
    const startsAt = state.state.activeSinceMs ?? atMs;
    return {
      id: alertId(print, atMs),
      fingerprint: print,
      rule: rule.rule.id,
      origin: 'rule',
      labels,
      annotations: alertAnnotations(rule, labels),
      tier,
      peakTier: tier,
      evaluation: state.state.evaluation,
      handling: 'open',
      suppressedBy: [],
      value: state.value,
      limit: state.limit,
      unit: state.unit,
      resolvedValue: null,
      startsAt,
      firedAt: null,
      endsAt: null,
      updatedAt: atMs,
      owner: null,
      acknowledgedAt: null,
      ackExpiresAt: null,
      group: groupKey(rule.rule.id, labels, deps.groupBy()),
      policy: '',
      escalation: null,
      flapCount: 0,
      generatorUrl: null,
      version: 1,
      costMinor: null,
      costMinorPerMinute: null,
      engine: {
        sinceMs: state.state.sinceMs,
        activeSinceMs: state.state.activeSinceMs,
        starts: recentStarts.get(print) ?? [],
        handTier: null,
      },
    };
  }
  /** Starts of matches over their lives, for flap control; only of those that fired in the last minutes. */
  const recentStarts = new Map<string, readonly number[]>();

  function fire(
    record: AlertRecord,
    expected: number,
    history: AlertChange['history'],
    group: GroupState,
    atMs: number,
  ): AlertChange {
    const actor = ruleActor(record.rule);
    const starts = countStart(record.engine.starts, atMs);
    recentStarts.set(record.fingerprint, starts);
    if (recentStarts.size > 20_000) recentStarts.clear();
    const fired: AlertRecord = {
      ...record,
      firedAt: atMs,
      evaluation: 'firing',
      flapCount: starts.length,
      engine: { ...record.engine, starts },
    };
    // a watchdog fires so that it is heard elsewhere; it wakes nobody
    const paging = pagingDue(fired, deps.policies(), group, 'first notification', atMs);
    const due = fired.rule === 'Watchdog' ? paging.due.filter(({ queue }) => queue === 'notify') : paging.due;
    const whole = {
      ...fired,
      policy: paging.policy,
      escalation: due.length === paging.due.length ? paging.escalation : null,
    };
    return {
      record: whole,
      expected,
      mode: 'open',
      history: [...history, historyOf('alert_fired', whole, actor, atMs)],
      timeline: timelineEntry('alert_fired', whole, actor),
      due,
    };
  }

  function ended(next: AlertRecord, before: AlertRecord, group: GroupState, atMs: number, actor: Actor): AlertChange {
    // resolved by hand before: its life ends quietly now that the condition is over
    if (before.handling === 'resolved')
      return {
        record: { ...next, evaluation: 'normal' },
        expected: before.version,
        mode: 'closed',
        history: [],
        timeline: [],
        due: [],
      };
    const resolved = {
      type: 'alert_resolved' as const,
      patch: { handling: 'resolved' as const, endsAt: atMs, ackExpiresAt: null, resolvedValue: next.value },
      paging: 'stop' as const,
    };
    const change = handlingChange(before, resolved, { actor, policies: deps.policies(), group, nowMs: atMs });
    const record = {
      ...change.record,
      evaluation: 'normal' as const,
      value: next.value,
      limit: next.limit,
      engine: next.engine,
    };
    return { ...change, record, mode: 'closed' };
  }

  /** Alerts of rules that are no longer there: a reload took them out. */
  function goneRules(atMs: number): AlertChange[] {
    const known = new Set(matches.map(({ print }) => print));
    const changes: AlertChange[] = [];
    for (const record of book.allRecords()) {
      if (record.origin !== 'rule' || known.has(record.fingerprint)) continue;
      const next = { ...record, evaluation: 'normal' as const, version: record.version + 1, updatedAt: atMs };
      const actor: Actor = { kind: 'system', id: 'rules' };
      if (record.firedAt === null)
        changes.push({
          record: { ...next, endsAt: atMs },
          expected: record.version,
          mode: 'dropped',
          history: [],
          timeline: [],
          due: [],
        });
      else changes.push(ended(next, record, NEW_GROUP, atMs, actor));
    }
    return changes;
  }

  /** Values that moved while their alerts stand, the most urgent first; no history, no new version. */
  function touches(atMs: number): AlertChange[] {
    if (atMs - touchedAtMs < TOUCH_EVERY_MS) return [];
    touchedAtMs = atMs;
    return matches
      .flatMap(({ print, state }): AlertChange[] => {
        const record = book.openOf(print);
        if (record === undefined || record.firedAt === null || differs(state, record) || record.handling === 'resolved')
          return [];
        if (record.value === state.value && record.limit === state.limit) return [];
        const { value, limit, unit } = state;
        return [
          {
            record: { ...record, value, limit, unit, updatedAt: atMs },
            expected: record.version,
            mode: 'open',
            history: [],
            timeline: [],
            due: [],
          },
        ];
      })
      .sort((a, b) => rankOf(b.record.tier) - rankOf(a.record.tier))
      .slice(0, TOUCH_MOST);
  }

  async function write(changes: readonly AlertChange[]): Promise<void> {
    if (changes.length === 0 || !claim.isHeld()) return;
    try {
      const { written } = await store.write(changes, { kind: 'engine', holder: claim.holder, version: claim.version });
      for (const result of written) {
        if (result.ok) count.written += 1;
        else count.refused += 1; // a person was faster; the next tick sees what they did
      }
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'stale_claim') throw error;
      count.stale += 1;
      wasHeld = false;
      log.warn({ code: 'stale_claim' }, 'this node no longer evaluates rules; what it wanted to write was refused');
    }
    await book.poll(true);
  }

  return {
    tick,
    stats: (): EngineStats => ({
      evaluatedCount: count.evaluated,
      writtenCount: count.written,
      refusedCount: count.refused,
      staleCount: count.stale,
      tickMs: count.tickMs,
      tickMaxMs: count.tickMaxMs,
      held: claim.isHeld(),
    }),
    /** Matches that cannot be evaluated or have no data, for the rules page. */
    troubled: () =>
      matches
        .filter(({ state }) => state.state.evaluation === 'nodata' || state.state.evaluation === 'error')
        .map(({ rule, labels, state }) => ({
          rule: rule.rule.id,
          labels,
          evaluation: state.state.evaluation,
          message: state.message,
        })),
  };
}
export type Engine = ReturnType<typeof createEngine>;

const TYPE_OF: Partial<Record<AlertRecord['evaluation'], HistoryType>> = {
  recovering: 'alert_recovering',
  nodata: 'alert_nodata',
  error: 'alert_error',
};

/** The tier an alert should have: the rule's, but not below one a person raised it to. */
function tierOf({ fold }: Pick<MatchState, 'state' | 'fold'>, { engine }: AlertRecord): Tier | null {
  const { handTier } = engine;
  return handTier !== null && rankOf(handTier) > rankOf(fold.tier) && fold.tier !== null ? handTier : fold.tier;
}

/** Whether a stored alert no longer is what its rule says. */
function differs({ state, fold }: MatchState, record: AlertRecord | undefined): boolean {
  if (record === undefined) return state.evaluation === 'pending' || state.evaluation === 'firing';
  if (record.firedAt === null) return state.fired || state.evaluation !== 'pending';
  if (!state.fired) return true;
  if (record.handling === 'resolved') return rankOf(fold.tier) > rankOf(record.tier);
  if (record.evaluation !== state.evaluation) return true;
  const said = tierOf({ state, fold }, record);
  return state.evaluation === 'firing' && said !== null && said !== record.tier;
}

/** Where a node goes on that has not seen the match before. */
function resumed({ rule }: RunnableRule, record: AlertRecord | undefined): MatchState {
  if (record === undefined) return FRESH;
  const { evaluation, engine, firedAt, tier, value, limit, unit } = record;
  const state = { evaluation, sinceMs: engine.sinceMs, activeSinceMs: engine.activeSinceMs, fired: firedAt !== null };
  return { ...FRESH, state, fold: settledFold(tier, rule.lowerAfterCount), value, limit, unit };
}
