import type { Alert } from '#contract/alerts';
import type { Incident } from '#contract/incidents';
import type { Principal } from '#contract/permissions';
import type { Run } from '#contract/runbooks';
import { createDueWork, type DueHandler } from '../room/due.ts';
import { createIncidentStore } from '../room/incident-store.ts';
import { createIncidents } from '../room/incidents.ts';
import { createTimeline } from '../room/timeline.ts';
import { testRedis } from './redis.ts';
import { silentLog } from './silent-log.ts';

export const person = (id: string, role: 'oncall' | 'commander' = 'oncall'): Principal => ({
  kind: 'user',
  id,
  name: id,
  role,
  sessionId: `s-${id}`,
});
let keys = 0;
export const asking = (by: Principal, key = `key-${++keys}`) => ({ by, key, requestId: 'r1' });

/** Incidents over a real Redis with a clock that the test moves; reminders are worked when it says so. */
export function incidentsKit(known: { alerts?: readonly Alert[]; runs?: readonly Run[] } = {}) {
  const { redis, prefix } = testRedis();
  const instance = 'i1';
  const clock = { nowMs: 1_800_000_000_000 };
  const handlers = new Map<string, DueHandler>();
  const due = createDueWork({ redis, prefix, instance, log: silentLog });
  const store = createIncidentStore(redis, prefix, instance);
  const node = () =>
    createIncidents({
      store,
      prefix,
      instance,
      nowMs: () => clock.nowMs,
      alert: async (id) => known.alerts?.find((alert) => alert.id === id) ?? null,
      run: async (id) => known.runs?.find((run) => run.id === id) ?? null,
      due: { register: (kind, handler) => void handlers.set(kind, handler) },
      log: silentLog,
    });
  const timeline = createTimeline(redis, prefix, instance);
  return {
    redis,
    prefix,
    instance,
    clock,
    due,
    store,
    timeline,
    node,
    incidents: node(),
    kinds: async () => (await timeline.page({ limit: 500 })).entries.map(({ kind }) => kind),
    work: async (kind: string, incident: Incident) => {
      const handler = handlers.get(kind);
      if (handler === undefined) throw new Error(`nobody handles ${kind}`);
      return handler({ kind, id: incident.id, version: '1', dueAtMs: clock.nowMs, payload: '{}' });
    },
  };
}
