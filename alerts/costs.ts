import type { Alert } from '#contract/alerts';
import { KPIS } from '../server/domain/kpis/index.ts';
import type { Labels, Span } from '../server/domain/kpis/types.ts';
import { floorTo } from '../server/domain/resolutions.ts';
import type { FrameSource } from '../server/realtime/frame-source.ts';

export interface Cost {
  readonly costMinor: number | null;
  readonly costMinorPerMinute: number | null;
}
const NONE: Cost = { costMinor: null, costMinorPerMinute: null };
const MINUTE_MS = 60_000;

/**
 * The money meter: what the plan foresaw and did not come while an alert fires, never less than 0. Labels that the figure has no
 * breakdown for leave the whole sale. Answers are kept for a second; make one a node.
 */
export function createCosts(source: FrameSource) {
  const kept = new Map<string, number | null>();
  let second = 0;

  function shortfall(kpiId: string, span: Span, labels: Labels): number | null {
    const key = `${kpiId}|${span.fromMs}|${span.toMs}|${JSON.stringify(labels)}`;
    const known = kept.get(key);
    if (known !== undefined) return known;
    const kpi = KPIS.get(kpiId);
    const { campaign, reader } = source;
    const plan = kpi?.plan?.(campaign, span, labels) ?? null;
    const actual = kpi?.compute({ campaign, read: reader, span, window: '1m', labels, nowMs: span.toMs }).value ?? null;
    const missed = plan === null || actual === null ? null : Math.max(0, Math.round(plan - actual));
    kept.set(key, missed);
    return missed;
  }

  return (alert: Pick<Alert, 'labels' | 'firedAt' | 'endsAt'>, kpiId: string | null): Cost => {
    const kpi = kpiId === null ? undefined : KPIS.get(kpiId);
    const endMs = source.watermarkMs;
    if (kpiId === null || kpi === undefined || endMs === null || alert.firedAt === null) return NONE;
    const nowSecond = Math.floor(source.redisNowMs() / 1_000);
    if (nowSecond !== second) {
      second = nowSecond;
      kept.clear();
    }
    const labels = Object.fromEntries(Object.entries(alert.labels).filter(([name]) => kpi.dimensions.includes(name)));
    const toMs = floorTo(Math.min(endMs, alert.endsAt ?? endMs), 1_000);
    const fromMs = Math.min(toMs, floorTo(alert.firedAt, 1_000));
    return {
      costMinor: shortfall(kpiId, { fromMs, toMs }, labels),
      costMinorPerMinute: alert.endsAt === null ? shortfall(kpiId, { fromMs: toMs - MINUTE_MS, toMs }, labels) : null,
    };
  };
}
