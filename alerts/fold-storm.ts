import { STORM_COUNT } from './domain/storm.ts';
import type { AlertChange } from './store.ts';

/**
 * When more than STORM_COUNT alerts of one rule start (or end) in one look, the timeline says it once and one of them is
 * escalated for all; each still has its own record and history, and the group's page lists them. Pure.
 */
export function foldStorm(changes: readonly AlertChange[]): AlertChange[] {
  const counts = new Map<string, number>();
  const keyOf = ({ record, history }: AlertChange): string | null => {
    const type = history.at(-1)?.type;
    return type === 'alert_fired' || type === 'alert_resolved' ? `${type}|${record.rule}` : null;
  };
  for (const change of changes) {
    const key = keyOf(change);
    if (key !== null) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const told = new Set<string>();
  return changes.map((change) => {
    const key = keyOf(change);
    const n = key === null ? 0 : (counts.get(key) ?? 0);
    if (key === null || n <= STORM_COUNT) return change;
    const { record, timeline, due } = change;
    if (!told.has(key)) {
      told.add(key);
      const [entry] = timeline;
      if (entry === undefined) return change;
      const { rule, tier } = record;
      const all = `${n} × ${record.annotations.summary ?? rule}`;
      return key.startsWith('alert_fired')
        ? { ...change, timeline: [{ ...entry, kind: 'alert.storm', params: { ...entry.params, rule, n, tier } }] }
        : { ...change, timeline: [{ ...entry, params: { ...entry.params, n, summary: all } }] };
    }
    if (!key.startsWith('alert_fired')) return { ...change, timeline: [] };
    const quiet = due.filter(({ queue }) => queue !== 'escalate');
    return { ...change, timeline: [], due: quiet, record: { ...record, escalation: null } };
  });
}
