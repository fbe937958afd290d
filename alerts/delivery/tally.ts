import type { Outcome } from './pump.ts';

/** What became of messages on this node since it started, for /metrics. Plain numbers; looked up when they are asked for. */
export function createDeliveryTally() {
  const counts = new Map<string, Map<Outcome, number>>();
  /** ms from the queue to the receiver, of those not told yet. */
  let latencies: { readonly receiver: string; readonly ms: number }[] = [];
  return {
    add(receiver: string, outcome: Outcome, tookMs: number): void {
      const own = counts.get(receiver) ?? new Map<Outcome, number>();
      own.set(outcome, (own.get(outcome) ?? 0) + 1);
      counts.set(receiver, own);
      if (outcome === 'delivered') latencies.push({ receiver, ms: Math.max(0, tookMs) });
      if (latencies.length > 10_000) latencies = latencies.slice(-5_000); // nobody scrapes
    },
    counts: (): readonly { readonly receiver: string; readonly outcome: Outcome; readonly n: number }[] =>
      [...counts].flatMap(([receiver, own]) => [...own].map(([outcome, n]) => ({ receiver, outcome, n }))),
    takeLatencies(): readonly { readonly receiver: string; readonly ms: number }[] {
      const taken = latencies;
      latencies = [];
      return taken;
    },
  };
}
export type DeliveryTally = ReturnType<typeof createDeliveryTally>;
