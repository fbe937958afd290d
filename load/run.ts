import { setTimeout as wait } from 'node:timers/promises';
import type { CampaignReply } from '#contract/campaign';
import type { EventType } from '#contract/events';
import type { KpisReply } from '#contract/kpis';
import type { Access } from './access.ts';
import { type Counting, type DriveResult, drive } from './drive.ts';
import { SCENARIOS } from './generate.ts';
import { HttpClient } from './http.ts';
import { ExpectedCells } from './oracle/cells.ts';
import { SeriesCheck, type Verdict } from './oracle/check.ts';
import { type Expected, foldAcked } from './oracle/fold.ts';
import { checkKpis, type KpiCheck } from './oracle/kpis.ts';
import { ExpectedRegisters } from './oracle/registers.ts';
import { startProgress } from './progress.ts';
import { tagOf } from './random.ts';
import type { Scenario, Shares } from './scenarios/scenario.ts';

/** One flow of a run: a scenario over connections that are counted one way. */
export interface Flow {
  readonly counting: Counting;
  readonly itemCount: number;
  readonly connectionCount: number;
  readonly shares: Shares;
  readonly repeatBodyRatio: number;
}
export interface RunOptions {
  readonly access: Access;
  /** How to reach the server after the run, when a restart has handed out new tokens. */
  readonly accessAfter?: () => Access;
  readonly scenario: string;
  readonly seed: number;
  /** Told apart from other runs of the same seed, such as the start time. */
  readonly runId: number;
  readonly flows: readonly Flow[];
  readonly bodyItemCount: number;
  /** Event time that a paced run covers; unpaced bodies hold events of the moment they are made. */
  readonly spanMs: number;
  readonly paced: boolean;
  /** Event times lie this far back, where figures stand still although other traffic runs. */
  readonly shiftMs: number;
  readonly lateMaxMs: number;
  readonly timeoutMs: number;
  readonly giveUpMs: number;
  readonly quiet: boolean;
  readonly stop?: AbortSignal;
  /** @param sentRatio - 0–1 of the planned items */
  readonly onSent?: (sentRatio: number) => void;
}
export interface RunResult {
  readonly drives: readonly DriveResult[];
  readonly expected: readonly Expected[];
  readonly verdict: Verdict;
  /** null: the server held other events too, so that its figures are not this run's alone. */
  readonly kpis: KpiCheck | null;
  readonly elapsedMs: number;
}

const REGISTER_TYPES: readonly EventType[] = ['stock.counted', 'stock.moved', 'ad.reported', 'change.recorded'];
const HORIZON_MS: Readonly<Record<Counting, number>> = { id: 15 * 60_000, sequence: 24 * 3_600_000 };
/** Views follow within a few ticks; a run that is equal only after this long is not. */
const SETTLE_MS = 15_000;
/** Reading what stood there before may take this long. */
const BASELINE_MAX_MS = 120_000;
/** The simulator's events are at most this late. */
const OTHERS_LATE_MS = 90_000;
/** Samples reach a minute back from their time, refunds two. */
const REACH_MS = 180_000;

export async function readCampaign(access: Access): Promise<CampaignReply> {
  const client = new HttpClient({ url: access.url, bearer: access.readToken, connectionCount: 1, timeoutMs: 10_000 });
  try {
    return await client.getJson<CampaignReply>('/api/v1/campaign');
  } finally {
    client.close();
  }
}

/** True when events of others arrive: the newest event time moves on by itself. */
export async function hasOtherTraffic(access: Access): Promise<boolean> {
  const client = new HttpClient({ url: access.url, bearer: access.readToken, connectionCount: 1, timeoutMs: 10_000 });
  try {
    const first = await asOfNow(client);
    await wait(2_500);
    return (await asOfNow(client)) !== first;
  } finally {
    client.close();
  }
}

/** Newest event time the server shows, ms; 0 before the first event. */
const asOfNow = async (client: HttpClient): Promise<number> =>
  (await client.getJson<KpisReply>('/api/v1/kpis?ids=gmv_paid')).asOf;

const readerOf = ({ url, readToken }: Access): HttpClient =>
  new HttpClient({ url, bearer: readToken, connectionCount: 4, timeoutMs: 60_000 });

/** Sends, folds what was acked, and compares it with what the server shows. */
export async function runLoad(options: RunOptions, campaign: CampaignReply): Promise<RunResult> {
  const { access, quiet, spanMs, shiftMs, lateMaxMs } = options;
  // Baselines matter beside other traffic, where runs are paced: then all that the run can touch is known beforehand.
  const firstMs = (): number => Date.now() - shiftMs;
  const fromMs = firstMs() - lateMaxMs - REACH_MS;
  const span = { fromMs, toMs: firstMs() + spanMs + BASELINE_MAX_MS };
  const quietUntilMs = shiftMs > 0 ? Date.now() - OTHERS_LATE_MS : Number.POSITIVE_INFINITY;
  const readerBefore = readerOf(access);
  const before = await new SeriesCheck(readerBefore, campaign, span).baseline();
  const alone = (await asOfNow(readerBefore)) === 0;
  readerBefore.close();
  const startMs = firstMs();
  if (startMs + spanMs > span.toMs)
    throw new Error('reading what stood there before took too long; the server is too slow');
  const scenarios = options.flows.map((flow, number) => scenarioOf(options, campaign, flow, number, startMs));
  const startedMs = performance.now();
  const drives = await driveAll(options, scenarios);
  const elapsedMs = performance.now() - startedMs;
  const folding = startProgress('folding what was acked', quiet);
  const cells = new ExpectedCells(campaign);
  const registers = new ExpectedRegisters();
  const expected = scenarios.map((scenario, number) =>
    foldAcked(scenario, drives[number]?.ackedBodies ?? new Uint8Array(0), campaign, cells, registers, folding),
  );
  folding.end();
  const reader = readerOf(options.accessAfter?.() ?? access);
  try {
    const check = new SeriesCheck(reader, campaign, { fromMs, toMs: Math.max(span.toMs, Date.now() + 60_000) });
    const verdict = await settled(
      () => check.verdict(cells, before, quietUntilMs),
      ({ differences }) => differences.length > 0,
    );
    const kpis = alone
      ? await settled(
          () => checkKpis(reader, campaign, cells, registers),
          ({ faults }) => faults.length > 0,
        )
      : null;
    return { drives, expected, verdict, kpis, elapsedMs };
  } finally {
    reader.close();
  }
}

function scenarioOf(
  options: RunOptions,
  campaign: CampaignReply,
  flow: Flow,
  number: number,
  startMs: number,
): Scenario {
  const create = SCENARIOS[options.scenario];
  if (create === undefined)
    throw new Error(`no scenario ${options.scenario}; there is: ${Object.keys(SCENARIOS).join(', ')}`);
  return create({
    campaign,
    seed: options.seed + number,
    runTag: `${tagOf(options.seed, options.runId)}${number}`,
    itemCount: flow.itemCount,
    bodyItemCount: options.bodyItemCount,
    startMs,
    spanMs: options.spanMs,
    ...(options.paced ? {} : { madeAtMs: new Float64Array(Math.ceil(flow.itemCount / options.bodyItemCount)) }),
    lateMaxMs: options.lateMaxMs,
    horizonMs: HORIZON_MS[flow.counting],
    shares: flow.shares,
    // Registers of a live sale are left alone: a made-up stock count would stand until the next real one.
    ...(options.shiftMs > 0 ? { without: REGISTER_TYPES } : {}),
  });
}

async function driveAll(options: RunOptions, scenarios: readonly Scenario[]): Promise<DriveResult[]> {
  const progress = startProgress('sending', options.quiet);
  const total = options.flows.reduce((sum, { itemCount }) => sum + itemCount, 0);
  const sent = scenarios.map(() => 0);
  const startedMs = performance.now();
  const drives = await Promise.all(
    scenarios.map((scenario, number) => {
      const flow = options.flows[number] as Flow;
      return drive(scenario, {
        url: options.access.url,
        ingestKey: options.access.ingestKey,
        counting: flow.counting,
        connectionCount: flow.connectionCount,
        paced: options.paced,
        shiftMs: options.shiftMs,
        repeatBodyRatio: flow.repeatBodyRatio,
        timeoutMs: options.timeoutMs,
        giveUpMs: options.giveUpMs,
        ...(options.stop === undefined ? {} : { stop: options.stop }),
        onProgress: ({ sentCount }) => {
          sent[number] = sentCount;
          const all = sent.reduce((sum, count) => sum + count, 0);
          options.onSent?.(Math.min(1, all / total));
          const perSecond = (all / (performance.now() - startedMs)) * 1_000;
          progress.update(
            all,
            total,
            `${all.toLocaleString('en')} items, ${Math.round(perSecond).toLocaleString('en')}/s`,
          );
        },
      });
    }),
  );
  progress.end();
  return drives;
}

/** Views trail the store by a tick: asks again until nothing differs or the time is up. */
async function settled<T>(ask: () => Promise<T>, differs: (answer: T) => boolean): Promise<T> {
  const untilMs = performance.now() + SETTLE_MS;
  for (;;) {
    const answer = await ask();
    if (!differs(answer) || performance.now() > untilMs) return answer;
    await wait(500);
  }
}
