import type { Flow, RunOptions } from '../run.ts';
import type { ServerUnderTest } from './server-under-test.ts';

/** Items a body: large enough for throughput, small enough that a scaled-down run still has a hundred bodies. */
const BODY_ITEMS = 2_500;
const BODIES_LEAST = 100;

export interface MixedRun {
  readonly itemCount: number;
  readonly seed: number;
  /** Covers this much real time; absent: as fast as it goes. */
  readonly pacedMs?: number;
  readonly quiet: boolean;
  readonly stop?: AbortSignal;
}

/**
 * The mix of the proofs: 10 % duplicates, 5 % late, 2 % broken, refunds and cancels before their orders, over 8 connections:
 * four that count by id, four by sequence, at the same time.
 */
export function mixedRun(server: ServerUnderTest, { itemCount, seed, pacedMs, quiet, stop }: MixedRun): RunOptions {
  const shares = { lateRatio: 0.05, brokenRatio: 0.02, unknownRatio: 0.002, cloudEventsRatio: 0.05 };
  const half = Math.ceil(itemCount / 2);
  const byId: Flow = {
    counting: 'id',
    itemCount: half,
    connectionCount: 4,
    shares: { ...shares, duplicateRatio: 0.1 },
    repeatBodyRatio: 0,
  };
  const bySequence: Flow = {
    counting: 'sequence',
    itemCount: itemCount - half,
    connectionCount: 4,
    shares: { ...shares, duplicateRatio: 0 },
    repeatBodyRatio: 0.1,
  };
  return {
    access: server.access,
    accessAfter: () => server.access,
    scenario: 'double11',
    seed,
    runId: Date.now() % 2_147_483_647,
    flows: [byId, bySequence],
    bodyItemCount: Math.max(20, Math.min(BODY_ITEMS, Math.ceil(itemCount / BODIES_LEAST))),
    spanMs: pacedMs ?? 0,
    paced: pacedMs !== undefined,
    shiftMs: 0,
    lateMaxMs: 120_000,
    timeoutMs: 10_000,
    giveUpMs: 180_000,
    quiet,
    ...(stop === undefined ? {} : { stop }),
  };
}
