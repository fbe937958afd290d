import type { FrameRow } from '#contract/frames';
import type { Figure } from '#contract/kpis';
import type { HealthFacts, NodeFacts } from '../room/node-facts.ts';
import type { FigureReader } from './figures.ts';

const HEADROOM = 'capacity_headroom@1m';
const QPS = { kpi: 'qps', window: '1m' } as const;
const rounded = (value: number): number => Number(value.toPrecision(6));

/**
 * What would be left of each service at the planned traffic with the present mix: 1 − load × planned ÷ actual, as `plan` of its
 * headroom. The campaign plans the whole traffic and not that of a service, so without traffic nothing can be said.
 */
function atPlan(services: readonly FrameRow[], figures: FigureReader): FrameRow[] {
  const { value, plan } = figures.row(QPS);
  const factor = value === null || value <= 0 || typeof plan !== 'number' ? null : plan / value;
  return services.map((row) => {
    const headroom = row.figures[HEADROOM];
    if (factor === null || headroom?.value === null || headroom === undefined) return row;
    const figure: Figure = { ...headroom, plan: rounded(1 - (1 - headroom.value) * factor) };
    return { ...row, figures: { ...row.figures, [HEADROOM]: figure } };
  });
}

/** The worst node's reading; null when none was taken. */
function worst(nodes: readonly NodeFacts[], read: (node: NodeFacts) => number | null): Figure {
  const values = nodes.map(read).filter((value) => value !== null);
  return { value: values.length === 0 ? null : rounded(Math.max(...values)), quality: 'live' };
}
const memoryRatio = ({ redisMemoryBytes, redisMemoryMaxBytes }: NodeFacts): number | null =>
  redisMemoryBytes === null || redisMemoryMaxBytes === null || redisMemoryMaxBytes <= 0
    ? null
    : redisMemoryBytes / redisMemoryMaxBytes;

/** Rows of `wall:tech` besides the view's own: services with what the plan leaves them, and what the console rests on. */
export function techRows(
  services: readonly FrameRow[],
  figures: FigureReader,
  { nodes, screens }: HealthFacts,
): Record<'services' | 'console', readonly FrameRow[]> {
  return {
    services: atPlan(services, figures),
    console: [
      {
        id: 'store',
        figures: { latency_ms: worst(nodes, (node) => node.redisMs), memory_ratio: worst(nodes, memoryRatio) },
      },
      {
        id: 'nodes',
        figures: {
          count: { value: nodes.length, quality: 'live' },
          lag_ms: worst(nodes, (node) => node.lagP99Ms),
        },
      },
      {
        id: 'screens',
        figures: {
          count: { value: screens.length, quality: 'live' },
          slow_count: { value: screens.filter(({ slow }) => slow).length, quality: 'live' },
        },
      },
    ],
  };
}
