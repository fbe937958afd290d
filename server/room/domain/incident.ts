import { AppError } from '#contract/errors';
import type {
  Incident,
  IncidentAlert,
  IncidentCommand,
  IncidentPerson,
  IncidentRun,
  IncidentState,
  IncidentSummary,
} from '#contract/incidents';
import type { Tier } from '#contract/tiers';
import type { TimelineKind } from '#contract/timeline';
import { totalCostMinor } from './incident-cost.ts';

/** Every allowed change of an incident; whatever is not listed is refused. Back to `open` is re-opening. */
export const INCIDENT_TRANSITIONS: Readonly<Record<IncidentState, readonly IncidentState[]>> = {
  open: ['mitigated', 'resolved'],
  mitigated: ['resolved', 'open'],
  resolved: ['open'],
};
/** @throws {AppError} `incident_state` */
export function assertIncidentTransition(from: IncidentState, to: IncidentState): void {
  if (!INCIDENT_TRANSITIONS[from].includes(to))
    throw new AppError('incident_state', `this incident is ${from}; it cannot become ${to}`, {
      extra: { state: from },
    });
}

const MINUTE_MS = 60_000;
/** Minutes between two statuses when nobody says otherwise. */
export const UPDATE_EVERY_MINUTES: Readonly<Record<Tier, number>> = {
  red: 15,
  orange: 30,
  yellow: 60,
  cyan: 60,
  blue: 60,
};

/** One line of the timeline that goes with a change; `params` besides the incident's own id, number and title. */
export interface IncidentEntry {
  readonly kind: Extract<TimelineKind, `incident.${string}`>;
  readonly params: Readonly<Record<string, string | number>>;
}
export interface IncidentDecision {
  readonly incident: Incident;
  readonly entries: readonly IncidentEntry[];
  /** When the reminder falls due, ms; null takes it away; absent leaves it. */
  readonly remindAtMs?: number | null;
}
/** What is known of the links at the instant of a decision: needed to close an incident. */
export interface LinkedFacts {
  readonly alerts: readonly (IncidentAlert & {
    readonly labels: Readonly<Record<string, string>>;
    /** The tier it has now, as it fires; absent: it does not. */
    readonly firing?: Tier;
  })[];
  readonly runs: readonly IncidentRun[];
}

export interface DeclareFacts {
  readonly id: string;
  readonly number: number;
  readonly title: string;
  readonly tier: Tier;
  readonly by: IncidentPerson;
  readonly commander: IncidentPerson;
  readonly alertIds: readonly string[];
  readonly runIds: readonly string[];
  /** null: no status is promised; absent: as the tier has it. */
  readonly nextUpdateMinutes?: number | null;
}

export function declareIncident(facts: DeclareFacts, nowMs: number): IncidentDecision {
  const { id, number, title, tier, by, commander, alertIds, runIds } = facts;
  const minutes = facts.nextUpdateMinutes === undefined ? UPDATE_EVERY_MINUTES[tier] : facts.nextUpdateMinutes;
  const nextUpdateAt = minutes === null ? null : nowMs + minutes * MINUTE_MS;
  const incident: Incident = {
    id,
    number,
    title,
    tier,
    state: 'open',
    roles: { commander, ops_lead: null, communications: null, scribe: null },
    status: null,
    nextUpdateAt,
    remindedAt: null,
    declaredAt: nowMs,
    declaredBy: by,
    mitigatedAt: null,
    resolvedAt: null,
    reopenedCount: 0,
    alertIds,
    runIds,
    summary: null,
    version: 1,
  };
  const params = { tier, commander: commander.name, alerts: alertIds.length };
  return { incident, entries: [{ kind: 'incident.declared', params }], remindAtMs: nextUpdateAt };
}

const changed = (
  before: Incident,
  patch: Partial<Incident>,
  kind: IncidentEntry['kind'],
  params: IncidentEntry['params'],
): IncidentDecision => ({
  incident: { ...before, ...patch, version: before.version + 1 },
  entries: [{ kind, params }],
});

/** When it really was: not before what it follows, not in the future. @throws {AppError} `incident_times` */
function timeOf(at: number | undefined, earliestMs: number, nowMs: number): number {
  const ms = at ?? Math.max(nowMs, earliestMs);
  if (ms < earliestMs || ms > Math.max(nowMs, earliestMs))
    throw new AppError(
      'incident_times',
      'declared, re-opened, mitigated and resolved follow each other, none in the future',
      {
        field: '/at',
        extra: { earliestMs, latestMs: nowMs },
      },
    );
  return ms;
}
/** What was undone by re-opening it is not what ends it: that comes after. */
const openSince = ({ declaredAt, reopenedAt = declaredAt }: Incident): number => Math.max(declaredAt, reopenedAt);
/** @throws {AppError} `incident_state` */
function assertGoesOn({ state }: Incident): void {
  if (state === 'resolved')
    throw new AppError('incident_state', 'this incident is resolved; re-open it first', { extra: { state } });
}

/** While a Critical alert of it fires, an incident is resolved by whoever says so and why. @throws {AppError} `incident_alerts_firing`, `validation` */
function assertOver(
  { alerts }: LinkedFacts,
  { despiteFiring = false, note }: { despiteFiring?: boolean; note?: string },
): void {
  const firing = alerts.filter((alert) => alert.firing === 'red');
  if (firing.length === 0) return;
  if (!despiteFiring)
    throw new AppError(
      'incident_alerts_firing',
      `${firing.length} linked Critical alert${firing.length === 1 ? ' still fires' : 's still fire'}; confirm with despiteFiring and a note, or wait`,
      { extra: { alerts: firing.map(({ id, rule, summary, tier }) => ({ id, rule, summary, tier })) } },
    );
  if (note === undefined || note.trim() === '')
    throw new AppError('validation', 'say in the note why it is resolved while a Critical alert still fires', {
      field: '/note',
    });
}

function close(before: Incident, resolvedAt: number, facts: LinkedFacts): IncidentSummary {
  return {
    durationMs: resolvedAt - before.declaredAt,
    toMitigateMs: (before.mitigatedAt ?? resolvedAt) - before.declaredAt,
    alerts: facts.alerts.map(({ labels: _labels, firing: _firing, ...alert }) => alert),
    runs: facts.runs,
    costMinor: totalCostMinor(facts.alerts),
  };
}

/**
 * What a command makes of an incident; null when there is nothing to change.
 * @throws {AppError} `incident_state`, `incident_times`, `validation`
 */
export function decideIncident(
  before: Incident,
  command: IncidentCommand,
  by: IncidentPerson,
  facts: LinkedFacts,
  nowMs: number,
): IncidentDecision | null {
  switch (command.verb) {
    case 'mitigate': {
      assertIncidentTransition(before.state, 'mitigated');
      const mitigatedAt = timeOf(command.at, openSince(before), nowMs);
      const params = { at: mitigatedAt, text: command.note ?? '' };
      return changed(before, { state: 'mitigated', mitigatedAt }, 'incident.mitigated', params);
    }
    case 'resolve': {
      assertIncidentTransition(before.state, 'resolved');
      const resolvedAt = timeOf(command.at, before.mitigatedAt ?? openSince(before), nowMs);
      assertOver(facts, command);
      const summary = close(before, resolvedAt, facts);
      const patch: Partial<Incident> = {
        state: 'resolved',
        mitigatedAt: before.mitigatedAt ?? resolvedAt,
        resolvedAt,
        nextUpdateAt: null,
        remindedAt: null,
        summary,
      };
      const cost = summary.costMinor === null ? {} : { cost: summary.costMinor };
      const params = { at: resolvedAt, duration: summary.durationMs, text: command.note ?? '', ...cost };
      return { ...changed(before, patch, 'incident.resolved', params), remindAtMs: null };
    }
    case 'reopen': {
      assertIncidentTransition(before.state, 'open');
      const nextUpdateAt = nowMs + UPDATE_EVERY_MINUTES[before.tier] * MINUTE_MS;
      const reopenedAt = Math.max(nowMs, before.resolvedAt ?? before.mitigatedAt ?? before.declaredAt);
      const patch: Partial<Incident> = {
        state: 'open',
        mitigatedAt: null,
        resolvedAt: null,
        summary: null,
        reopenedCount: before.reopenedCount + 1,
        reopenedAt,
        nextUpdateAt,
        remindedAt: null,
      };
      const decision = changed(before, patch, 'incident.reopened', { text: command.reason });
      return { ...decision, remindAtMs: nextUpdateAt };
    }
    case 'role': {
      assertGoesOn(before);
      const { role, person } = command;
      if (role === 'commander' && person === null)
        throw new AppError('validation', 'an incident always has a commander; hand it to somebody', {
          field: '/person',
        });
      const had = before.roles[role];
      if (had?.id === person?.id) return null;
      const params = { role, from: had?.name ?? '', to: person?.name ?? '' };
      return changed(before, { roles: { ...before.roles, [role]: person } }, 'incident.role', params);
    }
    case 'status': {
      assertGoesOn(before);
      const { zh = null, en = null } = command;
      if (zh === null && en === null)
        throw new AppError('validation', 'say the status in Chinese, in English or in both', { field: '/zh' });
      const minutes =
        command.nextUpdateMinutes === undefined ? UPDATE_EVERY_MINUTES[before.tier] : command.nextUpdateMinutes;
      const nextUpdateAt = minutes === null ? null : nowMs + minutes * MINUTE_MS;
      const patch = { status: { zh, en, by, at: nowMs }, nextUpdateAt, remindedAt: null };
      const params = { titleZh: zh ?? en ?? '', titleEn: en ?? zh ?? '' };
      return { ...changed(before, patch, 'incident.status', params), remindAtMs: nextUpdateAt };
    }
    case 'link':
      return link(before, command);
    case 'change': {
      const { title = before.title, tier = before.tier } = command;
      if (title === before.title && tier === before.tier) return null;
      return changed(before, { title, tier }, 'incident.changed', { tier, from: before.title, fromTier: before.tier });
    }
    case 'note':
      return changed(before, {}, 'incident.noted', { text: command.text });
  }
}

const LINKS_MAX = 200;
function link(before: Incident, command: Extract<IncidentCommand, { verb: 'link' }>): IncidentDecision | null {
  const next = (had: readonly string[], named: readonly string[]): readonly string[] =>
    command.remove ? had.filter((id) => !named.includes(id)) : [...new Set([...had, ...named])];
  const alertIds = next(before.alertIds, command.alertIds);
  const runIds = next(before.runIds, command.runIds);
  if (alertIds.length === before.alertIds.length && runIds.length === before.runIds.length) return null;
  if (alertIds.length > LINKS_MAX || runIds.length > LINKS_MAX)
    throw new AppError('validation', `an incident holds at most ${LINKS_MAX} alerts and as many runs`);
  assertGoesOn(before);
  const params = {
    alerts: alertIds.length - before.alertIds.length,
    runs: runIds.length - before.runIds.length,
    ids: [...command.alertIds, ...command.runIds].slice(0, 20).join(' '),
  };
  return changed(before, { alertIds, runIds }, command.remove ? 'incident.unlinked' : 'incident.linked', params);
}

/** The promised status did not come: said once for each promise; null when there is none or it is not due yet. */
export function remindOf(before: Incident, nowMs: number): IncidentDecision | null {
  const { state, nextUpdateAt, remindedAt, roles } = before;
  if (state === 'resolved' || nextUpdateAt === null || nextUpdateAt > nowMs || remindedAt !== null) return null;
  const params = { who: roles.commander?.name ?? '', due: nextUpdateAt };
  return changed(before, { remindedAt: nowMs }, 'incident.update_due', params);
}
