/** A stretch in which no node looked at anything, ms. */
export interface Away {
  readonly fromMs: number;
  readonly toMs: number;
}
/** Shorter is a change of the evaluating node. */
const LEAST_MS = 10_000;
/** Events that were accepted, and looks that were marked, at its edges, ms. */
const EDGE_MS = 2_000;

/**
 * The console's own last outage, by the mark that every evaluation leaves in the store: what nobody sent in it says nothing about the
 * shop. Known to every node that was there when it ended.
 */
export function createAway({
  evaluatedAgoMs,
  nowMs,
}: {
  /** ms since rules were last evaluated by any node; null before the first time. */
  readonly evaluatedAgoMs: () => number | null;
  readonly nowMs: () => number;
}) {
  let last: Away | null = null;
  return {
    /** To be called before each look. */
    note(): void {
      const agoMs = evaluatedAgoMs() ?? 0;
      if (agoMs < LEAST_MS) return;
      const atMs = nowMs();
      last = { fromMs: atMs - agoMs + EDGE_MS, toMs: atMs - EDGE_MS };
    },
    last: (): Away | null => last,
  };
}
