import { setTimeout as wait } from 'node:timers/promises';
import { Random } from '../random.ts';
import { type Report, reportOf } from '../report.ts';
import { readCampaign, runLoad } from '../run.ts';
import { mixedRun } from './mixed-run.ts';
import type { DrillOptions } from './oracle.ts';
import { ServerUnderTest } from './server-under-test.ts';

const ITEMS = 5_000_000;
const ROUNDS = 20;
/** The least real time of a round: the kill, the start, and some traffic on both sides of it. */
const ROUND_MS = 8_000;
const STARTS_MOST = 5;
const VICTIMS = ['server', 'redis', 'both'] as const;

/**
 * The same events under kill -9 of the server, of Redis and of both, at random instants, with producers that retry until the
 * answer is definite.
 */
export async function killDrill({ scale, seed, quiet, ...options }: DrillOptions): Promise<Report> {
  const rounds = options.rounds ?? Math.max(VICTIMS.length, Math.min(ROUNDS, Math.ceil(ROUNDS * Math.sqrt(scale))));
  const server = await ServerUnderTest.start();
  const stop = new AbortController();
  try {
    const pacedMs = rounds * ROUND_MS;
    const run = mixedRun(server, { itemCount: Math.ceil(ITEMS * scale), seed, pacedMs, quiet, stop: stop.signal });
    const sent = new Reached();
    const campaign = await readCampaign(server.access);
    const running = runLoad({ ...run, onSent: (ratio) => sent.move(ratio) }, campaign);
    const ended = running.then(
      () => sent.end(),
      () => sent.end(),
    );
    const random = new Random(seed, 0x6b696c6c);
    const log: string[] = [];
    try {
      for (let round = 0; round < rounds; round += 1) {
        // Spread over the whole run, at instants that nothing else is in step with.
        if (!(await sent.at((round + 0.2 + 0.6 * random.next()) / (rounds + 0.5)))) break;
        await wait(random.below(400));
        const victim = VICTIMS[round % VICTIMS.length] ?? 'both';
        log.push(await strike(server, victim, round + 1, rounds, quiet));
      }
    } catch (error) {
      stop.abort();
      await ended;
      throw error;
    }
    const report = reportOf(await running);
    const enough = log.length === rounds;
    const line = `  killed      ${log.length} times of ${rounds}: ${log.join(', ')}`;
    const tooFew = enough ? [] : ['  ✗ the run ended before all kills were done; give it more events'];
    return { ok: report.ok && enough, lines: [...report.lines, line, ...tooFew] };
  } finally {
    await server.stop();
  }
}

async function strike(
  server: ServerUnderTest,
  victim: (typeof VICTIMS)[number],
  round: number,
  rounds: number,
  quiet: boolean,
): Promise<string> {
  const startedMs = performance.now();
  const redisBefore = server.redisPid;
  if (victim === 'both') {
    const gone = server.killServer();
    server.killRedis();
    await gone;
  } else if (victim === 'server') await server.killServer();
  else server.killRedis();
  const failedStarts = victim === 'redis' ? 0 : await launchAgain(server);
  if (victim !== 'server') await server.untilRedisIsNot(redisBefore);
  await server.untilReady();
  const tookMs = Math.round(performance.now() - startedMs);
  if (!quiet) process.stderr.write(`\nround ${round}/${rounds}: kill -9 ${victim}, ready again after ${tookMs} ms\n`);
  const failed = failedStarts === 0 ? '' : ` after ${failedStarts} failed start${failedStarts === 1 ? '' : 's'}`;
  return `${victim} ${(tookMs / 1_000).toFixed(1)} s${failed}`;
}

/** Starts it again and again, as a supervisor would; a start that fails is one more crash for the producers. */
async function launchAgain(server: ServerUnderTest): Promise<number> {
  for (let failed = 0; ; failed += 1) {
    try {
      await server.launch(true);
      return failed;
    } catch (error) {
      if (failed === STARTS_MOST - 1) throw error;
      process.stderr.write(`\na start failed: ${(error as Error).message}\n`);
    }
  }
}

/** Lets a drill wait until a run has come some way. */
class Reached {
  #ratio = 0;
  #ended = false;
  #waiting: { ratio: number; done: (reached: boolean) => void } | null = null;

  move(ratio: number): void {
    this.#ratio = Math.max(this.#ratio, ratio);
    if (this.#waiting !== null && this.#ratio >= this.#waiting.ratio) this.#settle(true);
  }
  end(): void {
    this.#ended = true;
    this.#settle(false);
  }
  /** @returns false when the run has ended first */
  at(ratio: number): Promise<boolean> {
    if (this.#ended || this.#ratio >= ratio) return Promise.resolve(!this.#ended);
    return new Promise((done) => {
      this.#waiting = { ratio, done };
    });
  }
  #settle(reached: boolean): void {
    this.#waiting?.done(reached);
    this.#waiting = null;
  }
}
