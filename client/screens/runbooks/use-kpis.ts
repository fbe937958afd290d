import { useEffect, useMemo, useState } from 'react';
import type { KpiMeta, KpiRow, KpisReply } from '#contract/kpis';
import type { CheckTerm, Inline, Rich, Runbook } from '#contract/runbooks';
import { requestJson } from '../../net/http.ts';

const EVERY_MS = 3_000;
/** A value not heard of for longer is dimmed and says how old it is. */
export const KPI_STALE_MS = 10_000;

export interface KpiNow {
  readonly row: KpiRow;
  readonly meta: KpiMeta | null;
  /** performance.now() of the answer. */
  readonly heardAtMs: number;
  /** Newest event the server had counted, ms; null before the first. */
  readonly asOfMs: number | null;
}
export type KpisNow = ReadonlyMap<string, KpiNow>;
const labelsOf = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join('|');
/** Name of one number: KPI, window and labels. */
export const kpiKey = ({ kpi, window, labels }: Pick<CheckTerm, 'kpi' | 'window' | 'labels'>): string =>
  `${kpi}@${window}|${labelsOf(labels)}`;

/** What to ask for: KPI ids by their labels, one request for each set of labels. */
function wanted(runbook: Runbook | null): ReadonlyMap<string, ReadonlySet<string>> {
  const groups = new Map<string, Set<string>>();
  const add = (labels: string, kpi: string): void => {
    groups.set(labels, (groups.get(labels) ?? new Set()).add(kpi));
  };
  const walk = (node: Inline): void => {
    if (node.type === 'kpi') add('', node.id);
    if ('children' in node) node.children.forEach(walk);
  };
  const rich = ({ zh }: Rich): void => zh.forEach(walk);
  if (runbook === null) return groups;
  const checks = [
    runbook.resolved,
    ...runbook.symptoms.map(({ check }) => check),
    ...runbook.decisions.map(({ check }) => check),
    ...runbook.steps.map(({ verify }) => verify),
  ];
  for (const check of checks) for (const { kpi, labels } of check?.terms ?? []) add(labelsOf(labels), kpi);
  for (const step of runbook.steps) for (const text of [...step.do, step.expect]) rich(text);
  return groups;
}

/** The numbers a plan speaks of, as they are now. */
export function useKpis(runbook: Runbook | null): KpisNow {
  const groups = useMemo(() => wanted(runbook), [runbook]);
  const [now, setNow] = useState<KpisNow>(new Map());
  useEffect(() => {
    let left = false;
    const ask = (): void => {
      for (const [labels, ids] of groups)
        requestJson<KpisReply>(
          `/api/v1/kpis?proof=1&ids=${[...ids].join(',')}${labels === '' ? '' : `&labels=${encodeURIComponent(labels)}`}`,
        )
          .then(({ kpis, asOf }) => {
            if (left) return;
            const heardAtMs = performance.now();
            setNow((had) => {
              const next = new Map(had);
              for (const row of kpis) {
                const key = kpiKey({ kpi: row.id, window: row.window, labels: row.labels });
                next.set(key, { row, meta: row.meta ?? null, heardAtMs, asOfMs: asOf === 0 ? null : asOf });
              }
              return next;
            });
          })
          .catch(() => undefined); // what was heard last ages and says so
    };
    ask();
    const timer = setInterval(ask, EVERY_MS);
    return () => {
      left = true;
      clearInterval(timer);
    };
  }, [groups]);
  return now;
}
