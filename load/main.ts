import { parseArgs } from 'node:util';
import { readAccess } from './access.ts';
import { reportOf } from './report.ts';
import { type Flow, hasOtherTraffic, readCampaign, runLoad } from './run.ts';

const HELP = `npm run load -- --scenario double11 --rate 20000 --duration 60

Sends a seeded sale to a running server and checks that every acked event was counted exactly once.

  --scenario double11      what to send
  --rate 20000             items a second
  --duration 60            seconds
  --connections 8          each waits for its answer before it sends the next body
  --batch 1000             items a body, at most 20,000
  --counting id|sequence   how events are told apart
  --seed 1                 same seed, same run
  --duplicates 0.05 --late 0.03 --broken 0.01 --unknown 0.002 --cloudevents 0.05   shares of the items (or bodies)
  --access .data/demo-access.json   or --url, --key (ingest) and --token (to read figures)
  --allow-remote           send to an address that is not on this machine
`;
/** With other traffic running, events are dated back to where its figures stand still (the simulator is at most 90 s late). */
const SHIFT_MS = 8 * 60_000;
const SHIFTED_DURATION_MAX_S = 300;
const SECOND_SIGNAL_MS = 1_000;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      scenario: { type: 'string', default: 'double11' },
      rate: { type: 'string', default: '20000' },
      duration: { type: 'string', default: '60' },
      connections: { type: 'string', default: '8' },
      batch: { type: 'string', default: '1000' },
      counting: { type: 'string', default: 'id' },
      seed: { type: 'string', default: '1' },
      duplicates: { type: 'string', default: '0.05' },
      late: { type: 'string', default: '0.03' },
      broken: { type: 'string', default: '0.01' },
      unknown: { type: 'string', default: '0.002' },
      cloudevents: { type: 'string', default: '0.05' },
      access: { type: 'string', default: `${process.env.WARROOM_DATA_DIR ?? '.data'}/demo-access.json` },
      url: { type: 'string' },
      key: { type: 'string' },
      token: { type: 'string' },
      'allow-remote': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const rate = positive('rate', values.rate, 2_000_000);
  const durationS = positive('duration', values.duration, 86_400);
  const bodyItemCount = positive('batch', values.batch, 20_000);
  const connectionCount = positive('connections', values.connections, 256);
  if (values.counting !== 'id' && values.counting !== 'sequence') throw new Error('--counting is id or sequence');
  const bySequence = values.counting === 'sequence';
  const duplicateRatio = ratio('duplicates', values.duplicates);
  const flow: Flow = {
    counting: values.counting,
    itemCount: Math.max(1, Math.round(rate * durationS)),
    connectionCount,
    shares: {
      duplicateRatio: bySequence ? 0 : duplicateRatio,
      lateRatio: ratio('late', values.late),
      brokenRatio: ratio('broken', values.broken),
      unknownRatio: ratio('unknown', values.unknown),
      cloudEventsRatio: ratio('cloudevents', values.cloudevents),
    },
    repeatBodyRatio: bySequence ? duplicateRatio : 0,
  };
  const access = readAccess({ ...values, allowRemote: values['allow-remote'] });
  const campaign = await readCampaign(access);
  const shifted = await hasOtherTraffic(access);
  if (shifted && durationS > SHIFTED_DURATION_MAX_S) {
    throw new Error(
      `other traffic is running; then --duration is at most ${SHIFTED_DURATION_MAX_S} (or run against \`npm run demo -- --no-traffic\`)`,
    );
  }
  const seed = Math.floor(Number(values.seed)) | 0;
  const runId = Date.now() % 2_147_483_647;
  process.stdout.write(
    `${values.scenario} on ${access.url} (${campaign.id}): ${durationS} s at ${rate.toLocaleString('en')}/s over ${connectionCount} connections, by ${values.counting}, seed ${seed}\n`,
  );
  if (shifted) {
    process.stdout.write(
      `other traffic is running: this run's events are dated ${SHIFT_MS / 60_000} min back, where figures stand still, so that every value can be compared exactly\n`,
    );
  }
  const stop = new AbortController();
  let stoppedMs = 0;
  process.on('SIGINT', () => {
    // npm and the terminal both pass a Ctrl-C on: only a second one that is meant ends at once.
    if (stoppedMs > 0 && performance.now() - stoppedMs > SECOND_SIGNAL_MS) process.exit(130);
    if (stoppedMs > 0) return;
    stoppedMs = performance.now();
    process.stderr.write(
      '\nstopping: what is under way is brought to an answer, then compared; again to end at once\n',
    );
    stop.abort();
  });
  const result = await runLoad(
    {
      access,
      scenario: values.scenario,
      seed,
      runId,
      flows: [flow],
      bodyItemCount: Math.max(1, Math.min(bodyItemCount, Math.ceil(rate / connectionCount))),
      spanMs: durationS * 1_000,
      paced: true,
      shiftMs: shifted ? SHIFT_MS : 0,
      lateMaxMs: 120_000,
      timeoutMs: 10_000,
      giveUpMs: 120_000,
      quiet: false,
      stop: stop.signal,
    },
    campaign,
  );
  const { ok, lines } = reportOf(result);
  process.stdout.write(`${lines.join('\n')}\n${ok ? 'every acked event was counted exactly once' : 'FAILED'}\n`);
  return ok ? 0 : 1;
}

function positive(name: string, text: string, most: number): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0 || value > most)
    throw new Error(`--${name} is a number above 0, at most ${most}`);
  return value;
}

function ratio(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0 || value > 0.5) throw new Error(`--${name} is a share of 0 to 0.5`);
  return value;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  },
);
