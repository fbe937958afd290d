import type { AlertLabels, EscalationPolicy, HistoryType } from '#contract/alerts';
import type { Actor } from '#contract/permissions';
import type { Tier } from '#contract/tiers';
import { handlingChange, pagingDue, timelineEntry } from './changes.ts';
import { policyFor } from './domain/escalation.ts';
import { alertId } from './domain/fingerprint.ts';
import { cameDown, countStart, swingsTo } from './domain/flap.ts';
import { type GroupState, groupKey } from './domain/group.ts';
import { changeTier } from './domain/handling.ts';
import { rankOf, settledFold } from './domain/hysteresis.ts';
import { FRESH, type MatchState } from './match-state.ts';
import { type AlertRecord, historyOf } from './record.ts';
import { alertAnnotations, type RunnableRule } from './rule.ts';
import type { AlertChange } from './store.ts';

/** One match of a rule with all that never changes about it. */
export interface Match {
  readonly rule: RunnableRule;
  readonly match: AlertLabels;
  readonly labels: AlertLabels;
  readonly print: string;
  state: MatchState;
}

export const ruleActor = (id: string): Actor => ({ kind: 'rule', id });

/** What becomes of a stored alert when its rule says something else: one write, with all that belongs to it. */
export function createRuleChanges({
  policies,
  groupBy,
}: {
  readonly policies: () => readonly EscalationPolicy[];
  readonly groupBy: () => readonly string[];
}) {
  /** The one write that brings a match's record to what the rule says now; none while nothing differs. */
  function changeOf(match: Match, before: AlertRecord | undefined, group: GroupState, atMs: number): AlertChange[] {
    const { state, fold, value, limit, unit, recovery } = match.state;
    const { id: rule } = match.rule.rule;
    const actor = ruleActor(rule);
    const figures = { value, limit, unit, recovery, updatedAt: atMs };
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
    // whose chain has been another one since, of them nobody was called for this tier
    const swings =
      said !== null &&
      swingsTo(engine.cameDown, said, atMs) &&
      before.policy === (policyFor(policies(), said)?.id ?? before.policy);
    const tier = said === null ? null : changeTier(before, said, atMs, swings);
    if (tier !== null) {
      const lowered = tier.type === 'alert_lowered';
      const memory = lowered ? { ...engine, cameDown: cameDown(engine.cameDown, before.tier, atMs) } : engine;
      // history and timeline tell the figure that moved the tier, not the one before it
      const seen = { ...before, ...figures, evaluation: state.evaluation, engine: memory };
      return [handlingChange(seen, tier, { actor, policies: policies(), group, nowMs: atMs })];
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
      recovery: null,
      resolvedValue: null,
      startsAt,
      firedAt: null,
      endsAt: null,
      updatedAt: atMs,
      owner: null,
      acknowledgedAt: null,
      ackExpiresAt: null,
      group: groupKey(rule.rule.id, labels, groupBy()),
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
    const paging = pagingDue(fired, policies(), group, 'first notification', atMs);
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
    const { value, limit, engine } = next;
    const seen = { ...before, value, limit, engine, evaluation: 'normal' as const, recovery: null };
    const change = handlingChange(seen, resolved, { actor, policies: policies(), group, nowMs: atMs });
    return { ...change, mode: 'closed' };
  }
  return { changeOf, ended };
}

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
export function differs({ state, fold }: MatchState, record: AlertRecord | undefined): boolean {
  if (record === undefined) return state.evaluation === 'pending' || state.evaluation === 'firing';
  if (record.firedAt === null) return state.fired || state.evaluation !== 'pending';
  if (!state.fired) return true;
  if (record.handling === 'resolved') return rankOf(fold.tier) > rankOf(record.tier);
  if (record.evaluation !== state.evaluation) return true;
  const said = tierOf({ state, fold }, record);
  return state.evaluation === 'firing' && said !== null && said !== record.tier;
}

/** Where a node goes on that has not seen the match before. */
export function resumed({ rule }: RunnableRule, record: AlertRecord | undefined): MatchState {
  if (record === undefined) return FRESH;
  const { evaluation, engine, firedAt, tier, value, limit, unit, recovery = null } = record;
  const state = { evaluation, sinceMs: engine.sinceMs, activeSinceMs: engine.activeSinceMs, fired: firedAt !== null };
  return { ...FRESH, state, fold: settledFold(tier, rule.lowerAfterCount), value, limit, unit, recovery };
}
