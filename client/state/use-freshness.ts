import type { FigureFreshness } from './freshness.ts';
import { factsOf, kpiOfKey } from './kpi-table.ts';
import { useFeedFreshness } from './use-ticked.ts';

export { useFeedFreshness, useTicked } from './use-ticked.ts';

/** Freshness of the figures with these keys: as old as the oldest feed any of them needs. */
export function useFreshness(...keys: readonly string[]): FigureFreshness {
  return useFeedFreshness([...new Set(keys.flatMap((key) => factsOf(kpiOfKey(key)).feeds))]);
}
