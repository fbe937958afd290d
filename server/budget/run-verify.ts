import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { parseArgs } from 'node:util';
import type { DemoAccess } from '#contract/people';
import { loadCampaignFile } from '../campaigns/load.ts';
import { type Config, readConfig } from '../config.ts';
import { connectStore, storeReady } from '../store/connect.ts';
import { currentInstanceKey } from '../store/keys.ts';
import { parseRedisUrl } from '../store/redis-url.ts';
import { policyOf } from './domain/policy.ts';
import { importLedger } from './import-ledger.ts';
import { createLedger } from './ledger.ts';
import { readSealKey, SEAL_KEY_FILE } from './seal-key.ts';
import { moneyKeys } from './store/money-keys.ts';
import { type LedgerVerdict, verifyLedger } from './verify-ledger.ts';

const HELP = `npm run ledger:verify -- [--file ledger.jsonl] [--url http://host:port --token …] [--print | --import [--release]]

Checks the budget ledger: order, hash chain, seals, and that its lines come to the balances. Without arguments: the ledger of
REDIS_URL, else of the demo that runs on this data folder.
  --file     an export (GET /api/v1/budget/ledger, accept: application/x-ndjson)
  --url      a running server, asked with --token of somebody who may read the ledger
  --print    writes the ledger to standard output instead of a verdict
  --import   puts --file into the ledger of REDIS_URL, which has none or nothing but its opening; stop the servers first. Floors and
             caps are those of the opening again; changes of them, freezes, cooldowns and requests are no part of a ledger, so all
             channels are frozen until finance or a commander has looked and lifts the freeze "import"
  --release  with --import: what requests still hold is given back; without it, an export with open holds is refused
The key comes from LEDGER_SEAL_KEY or the data folder (WARROOM_DATA_DIR). Exit codes: 0 it holds, 1 it does not, 2 could not look.
`;
const options = {
  file: { type: 'string' },
  url: { type: 'string' },
  token: { type: 'string' },
  print: { type: 'boolean', default: false },
  import: { type: 'boolean', default: false },
  release: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;
const say = (text: string): void => void process.stdout.write(`${text}\n`);

function sealKey(config: Config): Buffer | null {
  if (config.ledgerSealKey === null && !existsSync(join(config.dataDir, SEAL_KEY_FILE))) return null;
  return readSealKey(config.ledgerSealKey, config.dataDir);
}
async function open(config: Config) {
  const redis = connectStore(parseRedisUrl(config.redisUrl ?? ''), 'commands', 'ledger', () => undefined);
  await storeReady(redis, 10_000);
  const file = loadCampaignFile(config.campaignFile);
  const current = await redis.get(currentInstanceKey(config.redisPrefix, file.id));
  if (current === null) throw new Error(`no instance of ${file.id} runs on this Redis`);
  const { instance } = JSON.parse(current) as { instance: string };
  const keys = moneyKeys(config.redisPrefix, instance);
  const today = new Intl.DateTimeFormat('en-CA', { timeZone: file.timeZone }).format();
  return { redis, keys, ledger: createLedger(redis, keys), policy: policyOf(file.budgets.policy), today };
}
/** Lines of a running server; the demo's finance person may read them. */
async function fromServer(
  config: Config,
  given: { url?: string | undefined; token?: string | undefined },
): Promise<AsyncIterable<string>> {
  let { url, token } = given;
  if (url === undefined || token === undefined) {
    const path = join(config.dataDir, 'demo-access.json');
    if (!existsSync(path)) throw new Error('name a ledger: --file, --url with --token, or REDIS_URL; --help says more');
    const access = JSON.parse(readFileSync(path, 'utf8')) as DemoAccess;
    url ??= access.url;
    token ??= access.roles.finance.token;
  }
  const reply = await fetch(`${url}/api/v1/budget/ledger`, {
    headers: { authorization: `Bearer ${token}`, accept: 'application/x-ndjson' },
  });
  if (!reply.ok || reply.body === null)
    throw new Error(`${url} answered ${reply.status}: ${(await reply.text()).slice(0, 300)}`);
  return createInterface({
    input: Readable.fromWeb(reply.body as Parameters<typeof Readable.fromWeb>[0]),
    crlfDelay: Number.POSITIVE_INFINITY,
  });
}
async function* fromStore(ledger: ReturnType<typeof createLedger>): AsyncGenerator<string> {
  for await (const piece of ledger.pieces()) yield 'line' in piece ? piece.line : JSON.stringify(piece);
}
function report({ lines, sealed, unsealed, fault }: LedgerVerdict, key: Buffer | null): number {
  if (fault !== null) {
    say(`FAULT at line ${fault.seq}: ${fault.what}`);
    return 1;
  }
  say(`${lines} lines hold: order, hashes and balances (I1, I2, I9, I10, I11)`);
  if (key === null)
    say('no seal key here: seals were not checked, so whoever can write the store could have rewritten the chain');
  else say(`${sealed} of them are sealed, ${unsealed} at the end are not yet: the next seal vouches for them`);
  return 0;
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const config = readConfig(process.env);
  const key = sealKey(config);
  const file =
    values.file === undefined
      ? null
      : createInterface({ input: createReadStream(values.file), crlfDelay: Number.POSITIVE_INFINITY });
  if (values.import) {
    if (file === null || config.redisUrl === null || key === null)
      throw new Error('--import needs --file, REDIS_URL and the seal key');
    const texts: string[] = [];
    for await (const text of file) texts.push(text);
    const { redis, keys, policy, today } = await open(config);
    try {
      const released = await importLedger(redis, keys, texts, key, { policy, release: values.release, today });
      say(
        `imported: floors and caps are those of the opening, set changed ones again; all channels are frozen until somebody lifts the freeze "import"; ${released === 0 ? 'no holds were open' : `${released} open holds were given back`}`,
      );
    } finally {
      redis.disconnect();
    }
    return 0;
  }
  if (file === null && values.url === undefined && config.redisUrl !== null) {
    const { redis, keys, ledger } = await open(config);
    try {
      if (values.print) {
        for await (const text of fromStore(ledger)) say(text);
        return 0;
      }
      const verdict = await verifyLedger(fromStore(ledger), key);
      const [accounts, holds, seq] = await Promise.all([
        redis.hgetall(keys.accounts),
        redis.hgetall(keys.holds),
        redis.hget(keys.head, 'seq'),
      ]);
      // balances can only be compared when nothing was written meanwhile
      const still = Number(seq ?? 0) === verdict.lines;
      const fault = verdict.fault ?? (still ? verdict.reader.compare(accounts, holds) : null);
      if (!still) say('the ledger was written meanwhile: balances were not compared; the server does so each minute');
      return report({ ...verdict, fault }, key);
    } finally {
      redis.disconnect();
    }
  }
  const texts = file ?? (await fromServer(config, values));
  if (values.print) {
    for await (const text of texts) say(text);
    return 0;
  }
  return report(await verifyLedger(texts, key), key);
}
main().then(
  (code) => process.exit(code),
  (error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  },
);
