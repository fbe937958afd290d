import { setTimeout as wait } from 'node:timers/promises';
import { Measured } from '../bench-alerts/measured.ts';
import { startOurs } from '../bench-alerts/ours.ts';
import { faultName } from '../bench-alerts/rules.ts';
import { startSink } from '../bench-alerts/sink.ts';
import { startProgress } from '../progress.ts';
import { Random } from '../random.ts';
import type { Report } from '../report.ts';
import { LoadProcess } from './load-process.ts';
import type { DrillOptions } from './oracle.ts';

const RATE = 20_000;
const TRIES = 200;
const GOAL_P99_MS = 600;
/** A fault that is not heard of by then is lost. */
const HEARD_MS = 15_000;
const SETTLE_MS = 3_000;

/**
 * From sending an event that breaks a rule with `for: 0s` to the alert at a socket of the on-call desk, and to the whole body at a
 * webhook, while the load comes in. Each fault is an alert of its own; the event's own way in is part of the time.
 */
export async function alertLatencyDrill({ scale, seed, quiet, ratePerSecond = RATE }: DrillOptions): Promise<Report> {
  const tries = Math.max(5, Math.round(TRIES * Math.min(1, scale)));
  const atSocket = new Measured('at a socket of the on-call desk');
  const atWebhook = new Measured('at a webhook');
  const both = [atSocket, atWebhook];
  const sink = await startSink((name, atMs) => atWebhook.heard(name, atMs));
  let load: LoadProcess | null = null;
  try {
    const ours = await startOurs(tries, sink, (name, atMs) => atSocket.heard(name, atMs), ratePerSecond);
    try {
      load = new LoadProcess({
        access: ours.access,
        ratePerSecond: Math.max(500, ratePerSecond * Math.min(1, scale)),
        seed,
      });
      const random = new Random(seed, 0x616c6174);
      const progress = startProgress('faults', quiet);
      await wait(scale < 1 ? 500 : SETTLE_MS);
      for (let count = 1; count <= tries; count += 1) {
        const name = faultName(count);
        const sentMs = performance.now();
        for (const measured of both) measured.expect(name, sentMs);
        await ours.send(count);
        await Promise.race([Promise.all(both.map((measured) => measured.done(name))), wait(HEARD_MS)]);
        progress.update(count, tries);
        await wait(random.below(200)); // no beat with the server's own ticks
      }
      progress.end();
      const { sentCount, perSecond } = await load.stop();
      const lost = both.reduce((sum, measured) => sum + measured.lostCount(tries), 0);
      const fast = scale < 1 || both.every((measured) => measured.atPercentile(99) <= GOAL_P99_MS);
      return {
        ok: lost === 0 && fast,
        lines: [
          `  load        ${sentCount.toLocaleString('en')} events, ${Math.round(perSecond).toLocaleString('en')}/s accepted`,
          `  faults      ${tries}, from the event on its way in (goal: p99 ≤ ${GOAL_P99_MS} ms)`,
          `  ${''.padEnd(44)}${'p50'.padStart(9)}${'p99'.padStart(9)}${'worst'.padStart(9)}${'lost'.padStart(7)}`,
          ...both.map((measured) => `  ${measured.line(tries)}`),
          ...(fast ? [] : ['  ✗ slower than the goal']),
        ],
      };
    } finally {
      load?.abandon();
      await ours.stop();
    }
  } finally {
    sink.close();
  }
}
