import type { Static } from 'typebox';
import type { Alert } from '#contract/alerts';
import { AppError } from '#contract/errors';
import type { DeclareBody } from '#contract/incident-bodies';
import {
  type FrameIncident,
  INCIDENT_DUE,
  type Incident,
  type IncidentCommand,
  type IncidentPerson,
  type IncidentReply,
} from '#contract/incidents';
import { actorOf, type Principal } from '#contract/permissions';
import type { Run } from '#contract/runbooks';
import { TIER_RANK, type Tier } from '#contract/tiers';
import { type Command, command as idempotent } from '../store/idempotency.ts';
import { decideIncident, declareIncident, type LinkedFacts, remindOf } from './domain/incident.ts';
import { totalCostMinor } from './domain/incident-cost.ts';
import type { DueWork } from './due.ts';
import type { IncidentStore } from './incident-store.ts';
import type { Log } from './log.ts';

/** Times a decision is made anew when somebody else was faster. */
const TRIES = 8;
/** How often a node looks for what others did, ms. */
const POLL_MS = 500;
/** A node's own clock may say "not yet" when the due set says "now". */
const SOON_MS = 50;

/** Who asks, and how to recognise a retry. */
export interface IncidentAsk {
  readonly by: Principal;
  /** The caller's Idempotency-Key. */
  readonly key: string;
  readonly requestId: string;
}
export interface IncidentAnswer {
  readonly incident: Incident;
  readonly replayed: boolean;
}
export interface IncidentsDeps {
  readonly store: IncidentStore;
  readonly prefix: string;
  readonly instance: string;
  /** Redis time, ms. */
  readonly nowMs: () => number;
  /** As it is now, with its money meter; null when it is not known (any more). */
  readonly alert: (id: string) => Promise<Alert | null>;
  readonly run: (id: string) => Promise<Run | null>;
  /** Not started yet: the handler is registered here. */
  readonly due: Pick<DueWork, 'register'>;
  readonly log: Log;
}

function personOf(principal: Principal): IncidentPerson {
  if (principal.kind !== 'user') throw new AppError('forbidden', 'incidents are led by people who are signed in');
  return { id: principal.id, name: principal.name };
}
const present = <T>(found: readonly (T | null)[]): T[] =>
  found.filter((one): one is NonNullable<typeof one> => one !== null);
const worstFirst = (a: { tier: Tier }, b: { tier: Tier }): number => TIER_RANK[b.tier] - TIER_RANK[a.tier];

const byPeak = (a: Alert, b: Alert): number => TIER_RANK[b.peakTier] - TIER_RANK[a.peakTier];

/** The one that walls show: the worst tier, of two alike the one that is not mitigated, then the older one. Pure. */
export function mostUrgentIncident(open: readonly Incident[]): FrameIncident | null {
  const [first] = [...open].sort(
    (a, b) =>
      worstFirst(a, b) || Number(a.state === 'mitigated') - Number(b.state === 'mitigated') || a.number - b.number,
  );
  if (first === undefined) return null;
  const { id, number, title, tier, state, roles, declaredAt, status, nextUpdateAt } = first;
  return {
    id,
    number,
    title,
    tier,
    state,
    commander: roles.commander?.name ?? null,
    declaredAt,
    status: status === null ? null : { zh: status.zh, en: status.en },
    nextUpdateAt,
    openCount: open.length,
  };
}

/** Everything that people do with incidents. Each change is one decision, written whole or not at all. */
export function createIncidents(deps: IncidentsDeps) {
  const { store, prefix, instance, nowMs, log } = deps;
  let heard: readonly Incident[] = [];
  let timer: NodeJS.Timeout | null = null;
  let failing = false;

  const poll = async (): Promise<void> => {
    try {
      heard = await store.open();
      failing = false;
    } catch (error) {
      if (!failing) log.warn({ err: error }, 'incidents cannot be read; the walls keep the last ones');
      failing = true;
    }
  };
  const alertsOf = async (ids: readonly string[]): Promise<Alert[]> => present(await Promise.all(ids.map(deps.alert)));
  const runsOf = async (ids: readonly string[]): Promise<Run[]> => present(await Promise.all(ids.map(deps.run)));
  async function factsOf({ alertIds, runIds }: Incident): Promise<LinkedFacts> {
    const [alerts, runs] = await Promise.all([alertsOf(alertIds), runsOf(runIds)]);
    return {
      alerts: alerts.sort(byPeak).map((alert) => ({
        id: alert.id,
        rule: alert.rule,
        summary: alert.annotations.summary ?? alert.rule,
        tier: alert.peakTier,
        resolved: alert.handling === 'resolved',
        ...(alert.handling !== 'resolved' && alert.evaluation === 'firing' ? { firing: alert.tier } : {}),
        costMinor: alert.costMinor,
        labels: alert.labels,
      })),
      runs: runs.map(({ id, title, state }) => ({ id, title, state })),
    };
  }
  /** @throws {AppError} `not_found` naming the first one that there is not */
  async function checkLinks(alertIds: readonly string[], runIds: readonly string[]): Promise<Alert[]> {
    const [alerts, runs] = await Promise.all([
      Promise.all(alertIds.map(deps.alert)),
      Promise.all(runIds.map(deps.run)),
    ]);
    const alert = alerts.indexOf(null);
    if (alert >= 0)
      throw new AppError('not_found', `there is no alert ${alertIds[alert]}`, { field: `/alertIds/${alert}` });
    const run = runs.indexOf(null);
    if (run >= 0) throw new AppError('not_found', `there is no run ${runIds[run]}`, { field: `/runIds/${run}` });
    return present(alerts);
  }
  const askOf = (ask: IncidentAsk, route: string, asked: unknown): Command =>
    idempotent(prefix, instance, { principal: ask.by, route, key: ask.key, asked });

  deps.due.register(INCIDENT_DUE, async ({ id }) => {
    const incident = await store.load(id);
    const decision = remindOf(incident, nowMs());
    if (decision === null) {
      const waitMs =
        incident.remindedAt === null && incident.nextUpdateAt !== null ? incident.nextUpdateAt - nowMs() : 0;
      return waitMs > 0 ? { kind: 'again', inMs: Math.max(SOON_MS, waitMs) } : { kind: 'done' };
    }
    const by = { actor: { kind: 'system', id: 'reminder' }, command: null, requestId: null } as const;
    const done = await store.commit(incident.version, decision, by);
    return done.kind === 'conflict' ? { kind: 'again', inMs: SOON_MS } : { kind: 'done' };
  });

  return {
    list: () => store.list(),
    async detail(id: string): Promise<IncidentReply> {
      const incident = await store.load(id);
      const [alerts, runs, entries] = await Promise.all([
        alertsOf(incident.alertIds),
        runsOf(incident.runIds),
        store.entries(incident),
      ]);
      return { incident, alerts, runs, entries, costMinor: totalCostMinor(alerts), serverMs: nowMs() };
    },

    /**
     * @throws {AppError} `not_found` for a link, `validation` without title and alerts, `incident_open` when one that is not resolved
     *   has one of the alerts, `idempotency_body_mismatch`
     */
    async declare(body: Static<typeof DeclareBody>, ask: IncidentAsk): Promise<IncidentAnswer> {
      const asked = askOf(ask, 'incidents', body);
      const again = await store.replayed(asked);
      if (again !== null) return { incident: again, replayed: true };
      const by = personOf(ask.by);
      const { alertIds = [], runIds = [], nextUpdateMinutes } = body;
      const alerts = (await checkLinks(alertIds, runIds)).sort(byPeak);
      const worst = alerts[0];
      const title = body.title ?? worst?.annotations.summary ?? worst?.rule;
      if (title === undefined)
        throw new AppError('validation', 'give the incident a title, or an alert it is declared from', {
          field: '/title',
        });
      const number = await store.nextNumber();
      const decision = declareIncident(
        {
          id: `inc-${number}`,
          number,
          title: title.slice(0, 120),
          tier: (body.tier as Tier | undefined) ?? worst?.peakTier ?? 'orange',
          by,
          commander: body.commander ?? by,
          alertIds,
          runIds,
          ...(nextUpdateMinutes === undefined ? {} : { nextUpdateMinutes }),
        },
        nowMs(),
      );
      const done = await store.commit(null, decision, {
        actor: actorOf(ask.by),
        command: asked,
        requestId: ask.requestId,
      });
      if (done.kind === 'conflict') throw new AppError('conflict', 'this number was taken meanwhile; try again');
      if (done.kind === 'held') {
        const { id, roles, alertIds: held } = done.incident;
        throw new AppError(
          'incident_open',
          `${id}, led by ${roles.commander?.name ?? 'nobody'}, has this alert already; work there`,
          {
            field: `/alertIds/${alertIds.findIndex((alert) => held.includes(alert))}`,
            extra: { incident: id },
          },
        );
      }
      await poll();
      return { incident: done.incident, replayed: done.kind === 'replay' };
    },

    /**
     * @param version - of the incident, as the caller saw it; absent: decided on what it is now
     * @throws {AppError} what `decideIncident` throws, `not_found`, `version_conflict` with both versions
     */
    async act(id: string, what: IncidentCommand, ask: IncidentAsk, version?: number): Promise<IncidentAnswer> {
      const asked = askOf(ask, `incidents.${what.verb}`, { id, what, version });
      const again = await store.replayed(asked);
      if (again !== null) return { incident: again, replayed: true };
      const by = personOf(ask.by);
      if (what.verb === 'link' && !what.remove) await checkLinks(what.alertIds, what.runIds);
      for (let tries = 0; tries < TRIES; tries += 1) {
        const before = await store.load(id);
        if (version !== undefined && version !== before.version) {
          const answered = await store.replayed(asked); // the same request was faster than itself
          if (answered !== null) return { incident: answered, replayed: true };
          throw new AppError('version_conflict', 'somebody changed this incident meanwhile; look at it again', {
            extra: { expected: version, actual: before.version, incident: before },
          });
        }
        const facts = what.verb === 'resolve' ? await factsOf(before) : { alerts: [], runs: [] };
        const decision = decideIncident(before, what, by, facts, nowMs());
        if (decision === null) return { incident: before, replayed: false };
        const done = await store.commit(before.version, decision, {
          actor: actorOf(ask.by),
          command: asked,
          requestId: ask.requestId,
        });
        if (done.kind === 'conflict') continue;
        await poll();
        return { incident: done.incident, replayed: done.kind === 'replay' };
      }
      throw new AppError('conflict', 'too many people change this incident at once; try again');
    },

    /** What frames carry, as this node last heard it. */
    shown: (): FrameIncident | null => mostUrgentIncident(heard),
    async start(): Promise<void> {
      await poll();
      timer = setInterval(() => void poll(), POLL_MS);
    },
    stop(): void {
      if (timer !== null) clearInterval(timer);
    },
  };
}
export type Incidents = ReturnType<typeof createIncidents>;
