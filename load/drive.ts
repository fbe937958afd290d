import { setTimeout as wait } from 'node:timers/promises';
import { build, type Histogram } from 'hdr-histogram-js';
import { type Body, bodyAt } from './generate.ts';
import { HttpClient } from './http.ts';
import { CONTENT_TYPE } from './load-event.ts';
import { type Delivery, Producer } from './producer.ts';
import { Random } from './random.ts';
import type { Scenario } from './scenarios/scenario.ts';

/** How a connection's events are counted: remembered ids, or sequence headers. */
export type Counting = 'id' | 'sequence';

export interface DriveOptions {
  readonly url: string;
  readonly ingestKey: string;
  readonly counting: Counting;
  readonly connectionCount: number;
  /** Send each body when it is due (a run at a rate) or as soon as a connection is free. */
  readonly paced: boolean;
  /** Paced: events are sent this long after their own time, ms. */
  readonly shiftMs: number;
  /** By sequence: share of bodies that are sent a second time, unchanged. 0–1. */
  readonly repeatBodyRatio: number;
  readonly timeoutMs: number;
  readonly giveUpMs: number;
  /** Stops taking new bodies; those under way are brought to a definite answer. */
  readonly stop?: AbortSignal;
  readonly onProgress?: (totals: DriveTotals) => void;
}

/** Sums of all definite answers. */
export interface DriveTotals {
  sentCount: number;
  acceptedCount: number;
  duplicateCount: number;
  rejectedCount: number;
  bodyCount: number;
  attemptCount: number;
  /** Attempts whose outcome was open and that were sent again. */
  unknownCount: number;
}
export interface DriveResult {
  readonly totals: DriveTotals;
  /** Bodies with a definite 200, by index: only these count for the oracle. */
  readonly ackedBodies: Uint8Array;
  /** Refusals that came or were missing against the plan, the first few in words. */
  readonly surprises: string[];
  readonly surpriseCount: number;
  /** Time to the definite answer, µs. */
  readonly ackUs: Histogram;
  readonly elapsedMs: number;
  /** Fatal errors of connections, such as a body refused as a whole. */
  readonly errors: readonly string[];
}

const SURPRISES_SHOWN = 10;

/** Sends a scenario over N connections; each waits for its answer before it takes the next body. */
export async function drive(scenario: Scenario, options: DriveOptions): Promise<DriveResult> {
  const { connectionCount, counting, paced, stop } = options;
  const { runTag, seed } = scenario.options;
  const client = new HttpClient({
    url: options.url,
    bearer: options.ingestKey,
    connectionCount,
    timeoutMs: options.timeoutMs,
  });
  const totals: DriveTotals = {
    sentCount: 0,
    acceptedCount: 0,
    duplicateCount: 0,
    rejectedCount: 0,
    bodyCount: 0,
    attemptCount: 0,
    unknownCount: 0,
  };
  const ackUs = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: 3_600_000,
    numberOfSignificantValueDigits: 3,
  });
  const ackedBodies = new Uint8Array(scenario.bodyCount);
  const surprises: string[] = [];
  let surpriseCount = 0;
  let next = 0;
  const errors: string[] = [];
  const startedMs = performance.now();

  const note = (body: Body, delivery: Delivery, repeated: boolean): void => {
    const { reply } = delivery;
    totals.sentCount += body.itemCount;
    totals.acceptedCount += repeated ? 0 : reply.accepted;
    totals.duplicateCount += repeated ? body.itemCount - body.broken.size : reply.duplicates;
    totals.rejectedCount += reply.rejected.length;
    totals.attemptCount += delivery.attemptCount;
    totals.unknownCount += delivery.unknownCount;
    ackUs.recordValue(Math.max(1, Math.round(delivery.ackMs * 1_000)));
    for (const surprise of surprisesOf(body, delivery)) {
      surpriseCount += 1;
      if (surprises.length < SURPRISES_SHOWN) surprises.push(surprise);
    }
  };

  const connection = async (number: number): Promise<void> => {
    const producer = new Producer({
      client,
      giveUpMs: options.giveUpMs,
      ...(counting === 'sequence' ? { producerId: `${runTag}-c${number}` } : {}),
    });
    while (stop?.aborted !== true && errors.length === 0) {
      const index = next;
      if (index >= scenario.bodyCount) return;
      next += 1;
      const { madeAtMs } = scenario.options;
      if (madeAtMs !== undefined) madeAtMs[index] = Date.now();
      const body = bodyAt(scenario, index);
      const early = body.dueMs + options.shiftMs - Date.now();
      if (paced && early > 0) await wait(early);
      const sending = { bytes: body.bytes, contentType: CONTENT_TYPE[body.form] };
      note(body, await producer.deliver(sending), false);
      ackedBodies[index] = 1;
      totals.bodyCount += 1;
      if (counting === 'sequence' && new Random(seed ^ 0x72657065, index).chance(options.repeatBodyRatio)) {
        note(body, await producer.repeat(sending), true);
      }
      options.onProgress?.(totals);
    }
  };
  const run = async (number: number): Promise<void> => {
    try {
      await connection(number);
    } catch (error) {
      errors.push(`connection ${number}: ${(error as Error).message}`);
    }
  };
  await Promise.all(Array.from({ length: connectionCount }, (_, number) => run(number)));
  client.close();
  return { totals, ackedBodies, surprises, surpriseCount, ackUs, elapsedMs: performance.now() - startedMs, errors };
}

/** Where an answer differs from the plan: sums that do not add up, good items refused, broken items taken or misnamed. */
export function surprisesOf(body: Body, { reply }: Delivery): string[] {
  const found: string[] = [];
  const { received, accepted, duplicates, rejected } = reply;
  if (received !== body.itemCount) found.push(`body ${body.index}: received ${received} of ${body.itemCount} items`);
  if (received !== accepted + duplicates + rejected.length) {
    found.push(`body ${body.index}: ${received} ≠ ${accepted} + ${duplicates} + ${rejected.length}`);
  }
  const refused = new Map(rejected.map((item) => [item.index, item]));
  for (const [place, codes] of body.broken) {
    const item = refused.get(place);
    if (item === undefined) found.push(`body ${body.index} item ${place}: taken, should be ${codes.join(' or ')}`);
    else if (!(codes as readonly string[]).includes(item.code)) {
      found.push(`body ${body.index} item ${place}: ${item.code}, should be ${codes.join(' or ')} (${item.message})`);
    }
    refused.delete(place);
  }
  for (const { index, code, message } of refused.values()) {
    found.push(`body ${body.index} item ${index}: good, but refused with ${code}: ${message}`);
  }
  return found;
}
