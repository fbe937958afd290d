import { setTimeout as wait } from 'node:timers/promises';
import { Random } from '../random.ts';
import { type Report, reportOf } from '../report.ts';
import { readCampaign, runLoad } from '../run.ts';
import { mixedRun } from './mixed-run.ts';
import type { DrillOptions } from './oracle.ts';
import { ServerUnderTest } from './server-under-test.ts';

const ITEMS = 5_000_000;
const ROUNDS = 20;
/** Real time a round may take: the kill, the start, and some traffic on both sides of it. */
const ROUND_MS = 8_000;
const VICTIMS = ['server', 'redis', 'both'] as const;

/**
 * The same events under kill -9 of the server, of Redis and of both, at random instants, with producers that retry until the
 * answer is definite.
 */
export async function killDrill({ scale, seed, quiet }: DrillOptions): Promise<Report> {
  const rounds = Math.max(VICTIMS.length, Math.round(ROUNDS * scale));
  const server = await ServerUnderTest.start();
  const stop = new AbortController();
  try {
    const pacedMs = rounds * ROUND_MS;
    const options = mixedRun(server, { itemCount: Math.ceil(ITEMS * scale), seed, pacedMs, quiet, stop: stop.signal });
    const campaign = await readCampaign(server.access);
    let underWay: () => void = () => undefined;
    const sendingStarted = new Promise<void>((resolve) => {
      underWay = resolve;
    });
    const running = runLoad({ ...options, onSending: () => underWay() }, campaign);
    let sending = true;
    const ended = running.then(
      () => {
        sending = false;
      },
      () => {
        sending = false;
      },
    );
    const random = new Random(seed, 0x6b696c6c);
    const log: string[] = [];
    await Promise.race([sendingStarted, ended]);
    try {
      for (let round = 0; round < rounds && sending; round += 1) {
        await Promise.race([wait(1_500 + random.below(2_000)), ended]);
        if (!sending) break;
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
  if (victim !== 'redis') await server.launch(true);
  if (victim !== 'server') await server.untilRedisIsNot(redisBefore);
  await server.untilReady();
  const tookMs = Math.round(performance.now() - startedMs);
  if (!quiet) process.stderr.write(`\nround ${round}/${rounds}: kill -9 ${victim}, ready again after ${tookMs} ms\n`);
  return `${victim} ${(tookMs / 1_000).toFixed(1)} s`;
}
