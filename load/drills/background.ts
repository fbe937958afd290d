import { drive } from '../drive.ts';
import { tagOf } from '../random.ts';
import { readCampaign } from '../run.ts';
import { double11 } from '../scenarios/double11.ts';
import type { LoadOrder, LoadResult } from './load-process.ts';

const HOUR_MS = 3_600_000;

/** Sends the load until it is stopped; nobody complains in it, so that probes stand out. */
export async function background({ access, ratePerSecond, seed }: LoadOrder, stop: AbortSignal): Promise<LoadResult> {
  const scenario = double11({
    campaign: await readCampaign(access),
    seed,
    runTag: tagOf(seed, Date.now() % 2_147_483_647),
    itemCount: Math.round((ratePerSecond * HOUR_MS) / 1_000),
    bodyItemCount: Math.max(50, Math.min(1_000, Math.round(ratePerSecond / 20))),
    startMs: Date.now(),
    spanMs: HOUR_MS,
    isEven: true,
    lateMaxMs: 60_000,
    horizonMs: 24 * HOUR_MS,
    shares: { duplicateRatio: 0, lateRatio: 0.03, brokenRatio: 0.002, unknownRatio: 0.002, cloudEventsRatio: 0 },
    without: ['complaint.opened'],
  });
  const { totals, elapsedMs, errors } = await drive(scenario, {
    url: access.url,
    ingestKey: access.ingestKey,
    counting: 'sequence',
    connectionCount: 8,
    paced: true,
    shiftMs: 0,
    repeatBodyRatio: 0,
    timeoutMs: 10_000,
    giveUpMs: 60_000,
    stop,
  });
  if (errors.length > 0) throw new Error(errors.join('\n'));
  return { sentCount: totals.sentCount, perSecond: (totals.acceptedCount / elapsedMs) * 1_000 };
}
