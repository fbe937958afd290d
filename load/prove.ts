import { parseArgs } from 'node:util';
import { alertLatencyDrill } from './drills/alert-latency.ts';
import { deliveryDrill } from './drills/delivery.ts';
import { deskDrill } from './drills/desk.ts';
import { killDrill } from './drills/kill.ts';
import { latencyDrill } from './drills/latency.ts';
import { ledgerDrill } from './drills/ledger.ts';
import { type DrillOptions, oracleDrill } from './drills/oracle.ts';
import { cleanUpOnSignals } from './drills/server-under-test.ts';
import { soakDrill } from './drills/soak.ts';
import type { Report } from './report.ts';

const DRILLS: Readonly<
  Record<string, { readonly title: string; readonly run: (options: DrillOptions) => Promise<Report> }>
> = {
  oracle: { title: '5 million mixed events over 8 connections: lost 0, doubled 0, every line equal', run: oracleDrill },
  kill: { title: 'the same under 20 rounds of kill -9 of the server, of Redis and of both', run: killDrill },
  ledger: {
    title: '100,000 random operations × 20 seeds × 50 actors on the ledger, under faults: I1–I12 after each',
    run: ledgerDrill,
  },
  soak: {
    title: 'a 4K wall in Chromium for 10 min under 50 messages a second: heap, nodes, listeners, busy share',
    run: soakDrill,
  },
  desk: {
    title: 'two on-call desks in Chromium with 10,000 open alerts: lines, tasks while scrolling, ack → second screen',
    run: deskDrill,
  },
  latency: { title: 'event accepted → frame at a socket, under 20,000 events/s', run: latencyDrill },
  delivery: {
    title:
      'two nodes, kill -9 and SIGSTOP of the one that claimed: 100 alerts paged once or twice with one id, 100 races',
    run: deliveryDrill,
  },
  'alert-latency': {
    title: 'event that breaks a rule → alert at a socket and at a webhook, under 20,000 events/s (--rate)',
    run: alertLatencyDrill,
  },
};
const HELP = `npm run prove -- <name> [--scale 1] [--seed 1] [--rounds 20] [--rate 20000]

Starts a server of its own in a temporary folder, proves one promise at full size, and cleans up.

${Object.entries(DRILLS)
  .map(([name, { title }]) => `  ${name.padEnd(14)}${title}`)
  .join('\n')}
`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      scale: { type: 'string', default: '1' },
      seed: { type: 'string', default: '1' },
      rounds: { type: 'string' },
      rate: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const [name = ''] = positionals;
  const drill = DRILLS[name];
  if (values.help || drill === undefined) {
    process.stdout.write(HELP);
    return values.help ? 0 : 2;
  }
  const scale = Number(values.scale);
  const seed = Math.floor(Number(values.seed)) | 0;
  if (!(scale > 0 && scale <= 10)) throw new Error('--scale is above 0, at most 10');
  const rounds = values.rounds === undefined ? undefined : Math.floor(Number(values.rounds));
  if (rounds !== undefined && !(rounds >= 1 && rounds <= 1_000)) throw new Error('--rounds is 1 to 1,000');
  process.stdout.write(`prove ${name}: ${drill.title} (scale ${scale}, seed ${seed})\n`);
  const rate = values.rate === undefined ? undefined : Number(values.rate);
  if (rate !== undefined && !(rate >= 1 && rate <= 1_000_000)) throw new Error('--rate is 1 to 1,000,000 events/s');
  const { ok, lines } = await drill.run({
    scale,
    seed,
    quiet: false,
    ...(rounds === undefined ? {} : { rounds }),
    ...(rate === undefined ? {} : { ratePerSecond: rate }),
  });
  process.stdout.write(`${lines.join('\n')}\n${ok ? 'proved' : 'FAILED'}\n`);
  return ok ? 0 : 1;
}

cleanUpOnSignals();
main().then(
  (code) => process.exit(code),
  (error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  },
);
