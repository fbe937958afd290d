import type { EscalationPolicy } from '#contract/alerts';
import { AppError } from '#contract/errors';
import type { Actor } from '#contract/permissions';
import type { HeldClaim } from '../server/room/held-claim.ts';
import type { Log } from '../server/room/log.ts';
import type { AlertBook } from './book.ts';
import { fingerprint } from './domain/fingerprint.ts';
import { type GroupState, groupKey, NEW_GROUP } from './domain/group.ts';
import { rankOf } from './domain/hysteresis.ts';
import { foldStorm } from './fold-storm.ts';
import { isDue, stepMatch } from './match-state.ts';
import type { AlertRecord } from './record.ts';
import { alertLabels, lookAt, type Resolve, type RunnableRule } from './rule.ts';
import { createRuleChanges, differs, type Match, resumed } from './rule-changes.ts';
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

/**
 * Evaluates rules on the node that holds the claim. A tick looks at what is due, and writes only what changed, each alert in one
 * step with its history, timeline entry and due work, fenced by the claim.
 */
export function createEngine(deps: EngineDeps) {
  const { store, book, claim, nowMs, log } = deps;
  const { changeOf, ended } = createRuleChanges(deps);
  const count = { evaluated: 0, written: 0, refused: 0, stale: 0, tickMs: 0, tickMaxMs: 0 };
  let matches: Match[] = [];
  let compiledFrom: readonly RunnableRule[] | null = null;
  /** Version of the claim under which this node evaluates; null while it does not. */
  let held: string | null = null;
  let touchedAtMs = 0;
  let markedAtMs = 0;

  /** Rules changed, or this node has just taken over: go on from what is stored. */
  function prepare(goesOn: boolean): void {
    const rules = deps.rules();
    const before = goesOn ? new Map(matches.map((match) => [match.print, match])) : new Map<string, Match>();
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
    if (!(await claim.keep())) {
      held = null;
      return;
    }
    const { version } = claim;
    // a claim taken anew has another version: in between somebody else may have evaluated
    if (held !== version || compiledFrom !== deps.rules()) {
      await book.poll(true);
      prepare(held === version);
      if (held !== version) log.info({ version }, 'this node evaluates the alert rules');
      held = version;
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

  /**
   * Values that moved while their alerts stand, the most urgent first; no history, no new version. That a figure is good again,
   * or no longer, is told at once: until then its number contradicts its tier.
   */
  function touches(atMs: number): AlertChange[] {
    const all = atMs - touchedAtMs >= TOUCH_EVERY_MS;
    if (all) touchedAtMs = atMs;
    return matches
      .flatMap(({ print, state }): AlertChange[] => {
        const record = book.openOf(print);
        if (record === undefined || record.firedAt === null || differs(state, record) || record.handling === 'resolved')
          return [];
        const turned = record.recovery?.windowsLeftCount !== state.recovery?.windowsLeftCount;
        if (!turned && (!all || (record.value === state.value && record.limit === state.limit))) return [];
        const { value, limit, unit, recovery } = state;
        return [
          {
            record: { ...record, value, limit, unit, recovery, updatedAt: atMs },
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
    if (changes.length === 0 || held === null || !claim.isHeld()) return;
    try {
      const { written, known } = await store.write(changes, { kind: 'engine', holder: claim.holder, version: held });
      for (const result of written) {
        if (result.ok) count.written += 1;
        else count.refused += 1; // a person was faster; the next tick sees what they did
      }
      if (known && written.every(({ ok }) => ok)) return;
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'stale_claim') throw error;
      count.stale += 1;
      held = null;
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
