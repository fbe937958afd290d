import { availableParallelism, loadavg } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { cpuSeconds } from '../bench/cpu.ts';
import { cleanUpOnSignals } from '../drills/server-under-test.ts';
import { startProgress } from '../progress.ts';
import { Random } from '../random.ts';
import { Measured } from './measured.ts';
import { startOurs } from './ours.ts';
import { faultName } from './rules.ts';
import { startSink } from './sink.ts';
import { missingPeers, startTheirs } from './theirs.ts';

const HELP = `npm run bench:alerts [-- --tries 200 --seed 1]

From an event to the alert, at a webhook and at a socket: this console beside a real Prometheus (1 s scrape, 1 s evaluation) with a
real Alertmanager (no wait for a group), told of the same fault at the same instant. Needs both peers on this machine.
`;
/** A try that one side has not answered by then is lost for it. */
const HEARD_MS = 15_000;
const GOAL_MS = 600;
const GOAL_RATIO = 0.5;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      tries: { type: 'string', default: '200' },
      seed: { type: 'string', default: '1' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const tries = Number(values.tries);
  if (values.help || !(Number.isInteger(tries) && tries >= 1 && tries <= 1_000)) {
    process.stdout.write(HELP);
    return values.help ? 0 : 2;
  }
  const missing = missingPeers();
  if (missing !== null) {
    process.stderr.write(`${missing}\n`);
    return 2;
  }
  const atSocket = new Measured('this console, at the socket');
  const atWebhook = new Measured('this console, at the webhook');
  const peers = new Measured('Prometheus + Alertmanager, at the webhook');
  const ourSink = await startSink((name, atMs) => atWebhook.heard(name, atMs));
  const theirSink = await startSink((name, atMs) => peers.heard(name, atMs));
  const theirs = await startTheirs(tries, theirSink.url);
  try {
    const ours = await startOurs(tries, ourSink, (name, atMs) => atSocket.heard(name, atMs));
    try {
      const all = [atSocket, atWebhook, peers];
      const random = new Random(Number(values.seed) | 0, 0x616c7274);
      const progress = startProgress('faults');
      await wait(5_000); // both have settled
      const pids = { ...ours.pids, ...theirs.pids };
      const before = Object.entries(pids).map(([name, pid]) => [name, cpuSeconds(pid)] as const);
      const startedMs = performance.now();
      for (let count = 1; count <= tries; count += 1) {
        await wait(random.below(1_000)); // no beat with anybody's rhythm
        const name = faultName(count);
        const faultMs = performance.now();
        for (const measured of all) measured.expect(name, faultMs);
        theirs.setFaults(count);
        await ours.send(count);
        await Promise.race([Promise.all(all.map((measured) => measured.done(name))), wait(HEARD_MS)]);
        progress.update(count, tries);
      }
      progress.end();
      const elapsedS = (performance.now() - startedMs) / 1_000;
      const cpu = Object.fromEntries(
        before.map(([name, s]) => [name, cpuSeconds(pids[name as keyof typeof pids]) - s]),
      );
      return report(tries, all, cpu, elapsedS);
    } finally {
      await ours.stop();
    }
  } finally {
    await theirs.stop();
    for (const sink of [ourSink, theirSink]) sink.close();
  }
}

function report(
  tries: number,
  all: readonly Measured[],
  cpu: Readonly<Record<string, number>>,
  elapsedS: number,
): number {
  const [, ours, theirs] = all as [Measured, Measured, Measured];
  const ratio = (percentile: number): number => ours.atPercentile(percentile) / theirs.atPercentile(percentile);
  const share = (...names: string[]): string =>
    names.map((name) => `${name} ${(((cpu[name] ?? 0) / elapsedS) * 100).toFixed(1)} %`).join(' + ');
  const sum = (...names: string[]): number => names.reduce((total, name) => total + (cpu[name] ?? 0), 0);
  const ok =
    all.every((measured) => measured.lostCount(tries) === 0) &&
    ours.atPercentile(99) <= GOAL_MS &&
    ratio(99) <= GOAL_RATIO;
  const lines = [
    `from the event to the alert, ${tries} faults, each told to both at the same instant`,
    `  ratio at the webhook: p50 ${ratio(50).toFixed(2)} ×, p99 ${ratio(99).toFixed(2)} × (goal: p99 ≤ ${GOAL_RATIO} ×, ≤ ${GOAL_MS} ms)`,
    `  ${''.padEnd(44)}${'p50'.padStart(9)}${'p99'.padStart(9)}${'worst'.padStart(9)}${'lost'.padStart(7)}`,
    ...all.map((measured) => `  ${measured.line(tries)}`),
    `  CPU of one core: this console ${share('server', 'redis')}; peers ${share('prometheus', 'alertmanager')}; ratio ${(sum('server', 'redis') / Math.max(0.01, sum('prometheus', 'alertmanager'))).toFixed(2)} ×`,
    ...busy(),
    ok ? '  goals reached' : '  ✗ short of the goals',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  return ok ? 0 : 1;
}

/** Figures of a machine that has too much else to do say little of either side. */
function busy(): string[] {
  const [minute = 0] = loadavg();
  const cores = availableParallelism();
  if (minute <= cores) return [];
  return [`  this machine was busy (load ${minute.toFixed(1)} on ${cores} cores): run it again when it is not`];
}

cleanUpOnSignals();
main().then(
  (code) => process.exit(code),
  (error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  },
);
