import { parseArgs } from 'node:util';
import { cleanUpOnSignals, ServerUnderTest } from '../drills/server-under-test.ts';
import { readCampaign } from '../run.ts';
import { residentBytes } from './cpu.ts';
import { runNaive, startDiscard } from './peers.ts';
import { type SendOptions, type SendResult, sendFor } from './send.ts';

const HELP = `npm run bench [-- --seconds 10 --connections 16 --batch 5000]

Ingest on this machine, sender included, against peers in the same run. Ratios come first: they travel better than
figures. Only events acked after fsync count.
`;
/** Redis CPU is read at these event rates; it should not follow them. */
const RATES = [20_000, 100_000] as const;

interface Row {
  readonly title: string;
  readonly result: SendResult;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '10' },
      connections: { type: 'string', default: '16' },
      batch: { type: 'string', default: '5000' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const seconds = Number(values.seconds);
  const connectionCount = Number(values.connections);
  const batch = Number(values.batch);
  if (!(seconds >= 1 && seconds <= 600 && connectionCount >= 1 && batch >= 1 && batch <= 20_000)) throw new Error(HELP);
  const say = (text: string): void => void process.stderr.write(`${text} …\n`);
  const server = await ServerUnderTest.start({ ratePerSecond: 100_000 });
  try {
    const { url, ingestKey } = server.access;
    const campaign = await readCampaign(server.access);
    const pids = { server: server.serverPid, redis: server.redisPid };
    const common = { url, key: ingestKey, campaign, seconds, connectionCount, batch, pids } as const;
    const run = async (
      title: string,
      options: Pick<SendOptions, 'kind' | 'counting'> & Partial<SendOptions>,
    ): Promise<Row> => {
      say(title);
      return { title, result: await sendFor({ ...common, ...options }) };
    };
    const flat = await run('by sequence, flat sample event', { kind: 'flat', counting: 'sequence' });
    const rich = await run('by sequence, with buyer and items', { kind: 'rich', counting: 'sequence' });
    const idsBefore = residentBytes(pids.redis);
    const byId = await run('by id, flat sample event', { kind: 'flat', counting: 'id' });
    const idBytes = (residentBytes(pids.redis) - idsBefore) / Math.max(1, byId.result.eventCount);
    const rates: Row[] = [];
    for (const ratePerSecond of RATES) {
      rates.push(
        await run(`by sequence at ${ratePerSecond.toLocaleString('en')}/s`, {
          kind: 'flat',
          counting: 'sequence',
          ratePerSecond,
        }),
      );
    }
    say('discard peer');
    const peer = await startDiscard();
    const discard = {
      title: 'discard peer (reads bodies only)',
      result: await sendFor({
        ...common,
        url: peer.url,
        kind: 'flat',
        counting: 'sequence',
        pids: { server: peer.pid },
      }),
    };
    await peer.stop();
    say('naive client');
    const naive = { title: 'naive: HINCRBY a cell, 4 cells an event', result: await runNaive(seconds, 1_000) };
    process.stdout.write(report({ flat, rich, byId, rates, discard, naive, idBytes, batch, connectionCount }));
  } finally {
    await server.stop();
  }
}

interface Results {
  readonly flat: Row;
  readonly rich: Row;
  readonly byId: Row;
  readonly rates: readonly Row[];
  readonly discard: Row;
  readonly naive: Row;
  readonly idBytes: number;
  readonly batch: number;
  readonly connectionCount: number;
}

function report({ flat, rich, byId, rates, discard, naive, idBytes, batch, connectionCount }: Results): string {
  const perSecond = ({ result }: Row): number => result.eventsPerSecond;
  const times = (row: Row, peer: Row): string =>
    `${(perSecond(row) / perSecond(peer)).toFixed(perSecond(row) > perSecond(peer) ? 1 : 2)} ×`;
  const lines = [
    '',
    'ratios (events a second)',
    `  by sequence, flat    ${times(flat, naive)} the naive client, ${times(flat, discard)} the sender's ceiling`,
    `  by sequence, rich    ${times(rich, naive)} the naive client`,
    `  by id, flat          ${times(byId, naive)} the naive client`,
    '',
    `figures (bodies of ${batch.toLocaleString('en')} events, ${connectionCount} connections, acked after fsync)`,
    `  ${'row'.padEnd(42)}${'events/s'.padStart(12)}   CPU µs an event: server  Redis  sender`,
  ];
  for (const row of [flat, rich, byId, naive, discard]) lines.push(`  ${figureLine(row)}`);
  lines.push('', 'Redis CPU at fixed breakdowns (it should not follow the event rate)');
  for (const { title, result } of rates) {
    const { redis = 0, server = 0 } = result.cpuRatio;
    lines.push(
      `  ${title.padEnd(42)}${Math.round(result.eventsPerSecond).toLocaleString('en').padStart(12)}   Redis ${(redis * 100).toFixed(1)} % of a core, server ${(server * 100).toFixed(0)} %`,
    );
  }
  lines.push('', `memory of remembered ids: ${Math.round(idBytes)} B an id, ${Math.round(idBytes)} MB a million`, '');
  return lines.join('\n');
}

function figureLine({ title, result }: Row): string {
  const cpu = (name: string): string => (result.cpuUsPerEvent[name]?.toFixed(2) ?? '–').padStart(7);
  return `${title.padEnd(42)}${Math.round(result.eventsPerSecond).toLocaleString('en').padStart(12)}   ${' '.repeat(16)}${cpu('server')}${cpu('redis')}${cpu('sender')}`;
}

cleanUpOnSignals();
main().then(
  () => process.exit(0),
  (error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  },
);
