import { type Report, reportOf } from '../report.ts';
import { readCampaign, runLoad } from '../run.ts';
import { mixedRun } from './mixed-run.ts';
import { ServerUnderTest } from './server-under-test.ts';

export interface DrillOptions {
  /** 1 = as promised; `npm test` runs 1/100. */
  readonly scale: number;
  readonly seed: number;
  /** kill: how often; absent: 20 at full size, fewer below it. */
  readonly rounds?: number;
  /** alert-latency: background load; absent: 20,000/s. */
  readonly ratePerSecond?: number;
  readonly quiet: boolean;
}
const ITEMS = 5_000_000;

/** Five million mixed events: nothing lost, nothing doubled, every stored line equal at every resolution. */
export async function oracleDrill({ scale, seed, quiet }: DrillOptions): Promise<Report> {
  const server = await ServerUnderTest.start();
  try {
    const options = mixedRun(server, { itemCount: Math.ceil(ITEMS * scale), seed, quiet });
    return reportOf(await runLoad(options, await readCampaign(server.access)));
  } finally {
    await server.stop();
  }
}
