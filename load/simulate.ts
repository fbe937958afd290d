import { parseArgs } from 'node:util';
import { readAccess } from './access.ts';
import { HttpClient } from './http.ts';
import { endWithParent, stopSignal } from './leash.ts';
import { tagOf } from './random.ts';
import { readCampaign } from './run.ts';
import { askedFile, watchAsked } from './simulate/asked.ts';
import { Market, readAllocations } from './simulate/market.ts';
import { Outbox, type OutboxTotals } from './simulate/outbox.ts';
import { Sale } from './simulate/sale.ts';

/**
 * The traffic of `npm run demo`: source systems that post to the public HTTP API like anybody's. Runs until SIGTERM, SIGINT
 * or the end of its parent; survives restarts of the server.
 */
const TICK_MS = 250;
const MARKET_MS = 5_000;
const HEARTBEAT_MS = 1_000;
const DRAIN_MS = 3_000;
const TROUBLE_EVERY_MS = 10_000;
/** Systems that count by sequence; the others by id, such as payment callbacks that come twice. */
const BY_SEQUENCE = /^\/(orders|warehouse|gateway|analytics)/;

endWithParent();

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rate: { type: 'string', default: '2000' },
      seed: { type: 'string', default: '11' },
      access: { type: 'string', default: `${process.env.WARROOM_DATA_DIR ?? '.data'}/demo-access.json` },
      url: { type: 'string' },
      key: { type: 'string' },
      token: { type: 'string' },
      /** The ad platforms report by themselves (load/platform/main.ts). */
      'no-ads': { type: 'boolean', default: false },
      'allow-remote': { type: 'boolean', default: false },
    },
  });
  const ratePerSecond = Number(values.rate);
  if (!(ratePerSecond > 0 && ratePerSecond <= 200_000))
    throw new Error('--rate is events a second, above 0 and at most 200,000');
  const access = readAccess({ ...values, allowRemote: values['allow-remote'] });
  const campaign = await readCampaign(access);
  const client = new HttpClient({ url: access.url, bearer: access.ingestKey, connectionCount: 32, timeoutMs: 5_000 });
  const totals: OutboxTotals = { acceptedCount: 0, duplicateCount: 0, rejectedCount: 0, droppedCount: 0 };
  const onTrouble = troubleNotes();
  const startMs = Date.now();
  const outboxes = new Map<string, Outbox>();
  const outboxOf = (source: string): Outbox => {
    let outbox = outboxes.get(source);
    if (outbox === undefined) {
      outbox = new Outbox({ client, source, bySequence: BY_SEQUENCE.test(source), epoch: startMs, totals, onTrouble });
      outboxes.set(source, outbox);
    }
    return outbox;
  };
  const market = new Market(campaign);
  const { budgetToken } = access;
  const look = (): void =>
    void (budgetToken === undefined ? Promise.resolve(null) : readAllocations(access.url, budgetToken)).then(
      (allocated) => (allocated === null ? undefined : market.allocate(allocated)),
      () => undefined, // the server is away: the market goes on as it was
    );
  look();
  const sale = new Sale({
    campaign,
    ratePerSecond,
    seed: Math.floor(Number(values.seed)) | 0,
    runTag: tagOf(Number(values.seed) | 0, startMs % 2_147_483_647),
    startMs,
    ads: !values['no-ads'],
    asked: watchAsked(askedFile(values.access)),
    reroute: (channel, random) => market.reroute(channel, random, Date.now()),
    send: (source, item) => outboxOf(source).add(item),
  });
  const flush = (): void => {
    for (const outbox of outboxes.values()) outbox.flush();
  };
  const timers = [
    setInterval(() => {
      sale.advance(Date.now());
      flush();
    }, TICK_MS),
    setInterval(() => sale.heartbeats(Date.now()), HEARTBEAT_MS),
    setInterval(look, MARKET_MS),
  ];
  await stopSignal();
  for (const timer of timers) clearInterval(timer);
  await Promise.all([...outboxes.values()].map((outbox) => outbox.drain(DRAIN_MS)));
  client.close();
}

/** Says what is wrong, at most once in ten seconds, with the number of times. */
function troubleNotes(): (message: string) => void {
  let saidMs = -TROUBLE_EVERY_MS;
  let keptCount = 0;
  return (message) => {
    keptCount += 1;
    if (performance.now() - saidMs < TROUBLE_EVERY_MS) return;
    saidMs = performance.now();
    process.stderr.write(`simulator: ${message}${keptCount > 1 ? ` (and ${keptCount - 1} more)` : ''}\n`);
    keptCount = 0;
  };
}

main().then(
  () => process.exit(0),
  (error: Error) => {
    process.stderr.write(`simulator: ${error.message}\n`);
    process.exit(1);
  },
);
