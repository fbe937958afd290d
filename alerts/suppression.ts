import type { Silence, Suppression } from '#contract/alerts';
import { STORM_COUNT } from './domain/storm.ts';
import type { AlertRecord } from './record.ts';

export const sameSuppression = (a: readonly Suppression[], b: readonly Suppression[]): boolean =>
  a.length === b.length && a.every(({ kind, id }, index) => b[index]?.kind === kind && b[index]?.id === id);

export const NONE: readonly Suppression[] = [];
/** A person's escalation is not held back: of what mutes an alert, only a silence that began after it is left. */
export function leftAfterEscalation(
  { engine }: Pick<AlertRecord, 'engine'>,
  by: readonly Suppression[],
  silences: readonly Pick<Silence, 'id' | 'startsAt'>[],
): readonly Suppression[] {
  const { escalatedAtMs } = engine;
  if (escalatedAtMs === undefined || by.length === 0) return by;
  const later = new Set(silences.flatMap(({ id, startsAt }) => (startsAt > escalatedAtMs ? [id] : [])));
  return by.filter(({ kind, id }) => kind === 'silence' && later.has(id));
}
const earlier = (a: AlertRecord, b: AlertRecord): boolean =>
  (a.firedAt ?? 0) < (b.firedAt ?? 0) || (a.firedAt === b.firedAt && a.id < b.id);

/**
 * Of a rule with more than STORM_COUNT open alerts, those after the first ones are one storm: listed, counted, not paged each.
 * The same on every node, whatever order it learnt of them in.
 */
export function foldStorms(open: readonly AlertRecord[]): (record: AlertRecord) => boolean {
  const firstOnes = new Map<string, AlertRecord[]>();
  for (const record of open) {
    const first = firstOnes.get(record.rule);
    if (first === undefined) {
      firstOnes.set(record.rule, [record]);
      continue;
    }
    const last = first.at(-1);
    if (first.length >= STORM_COUNT && last !== undefined && !earlier(record, last)) continue;
    let at = first.length;
    while (at > 0 && earlier(record, first[at - 1] as AlertRecord)) at -= 1;
    first.splice(at, 0, record);
    if (first.length > STORM_COUNT) first.pop();
  }
  return (record) => {
    const first = firstOnes.get(record.rule);
    const last = first?.at(-1);
    return first !== undefined && first.length >= STORM_COUNT && last !== undefined && earlier(last, record);
  };
}
