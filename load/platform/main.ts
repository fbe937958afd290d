import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { BudgetReply } from '#contract/budget';
import { readAccess } from '../access.ts';
import { HttpClient } from '../http.ts';
import { endWithParent, stopSignal } from '../leash.ts';
import type { LoadEvent } from '../load-event.ts';
import { Random, tagOf } from '../random.ts';
import { readCampaign } from '../run.ts';
import { AdStream } from '../simulate/ads.ts';
import { askedFile, watchAsked } from '../simulate/asked.ts';
import { Market } from '../simulate/market.ts';
import { Outbox, type OutboxTotals } from '../simulate/outbox.ts';
import { PlannedPace } from '../simulate/pace.ts';
import { AD_REPORT_S } from '../simulate/sale.ts';
import { settingsOf } from '../simulate/settings.ts';
import { storyOf } from '../simulate/story.ts';
import { keep, restore } from './kept.ts';
import { objectsOf } from './of-campaign.ts';
import { Platform } from './platform.ts';

/**
 * The ad platforms of `npm run demo`: take budgets through the signed webhook, spend them as the market wants and the budgets
 * allow, and report what they spent to the console as anybody would. Runs until SIGTERM, SIGINT or the end of its parent.
 *
 * Secrets come by the environment (AD_PLATFORM_SECRET, AD_PLATFORM_CONTROL): arguments can be read by everybody on a machine.
 */
const TICK_MS = 250;
const MARKET_MS = 5_000;
const DRAIN_MS = 2_000;
const START_TRIES = 40;

let keepState = (): void => undefined;
endWithParent(() => keepState());

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' },
      seed: { type: 'string', default: '11' },
      access: { type: 'string', default: `${process.env.WARROOM_DATA_DIR ?? '.data'}/demo-access.json` },
      /** File in which the platform keeps what it knows. */
      state: { type: 'string' },
      /** Takes budgets and spends nothing by itself. */
      'no-spend': { type: 'boolean', default: false },
    },
  });
  const secret = process.env.AD_PLATFORM_SECRET;
  if (secret === undefined) throw new Error('AD_PLATFORM_SECRET is not set');
  const stopped = stopSignal();
  const access = readAccess({ access: values.access });
  const campaign = await patiently(() => readCampaign(access));
  const control = process.env.AD_PLATFORM_CONTROL;
  const platform = await Platform.start({
    objects: objectsOf(campaign, await allocationsOf(access.url, values.access)),
    secrets: [secret],
    seed: Number(values.seed),
    port: Number(values.port),
    faults: { latencyMs: [40, 180] },
    ...(control === undefined ? {} : { controlToken: control }),
  });
  const kept = values.state === undefined ? null : restore(values.state, campaign.id, platform);
  const startMs = Date.now();
  const client = new HttpClient({ url: access.url, bearer: access.ingestKey, connectionCount: 4, timeoutMs: 5_000 });
  const totals: OutboxTotals = { acceptedCount: 0, duplicateCount: 0, rejectedCount: 0, droppedCount: 0 };
  const outboxes = new Map<string, Outbox>();
  const tag = tagOf(Number(values.seed) | 0, startMs % 2_147_483_647);
  let number = 0;
  const emit = (
    source: string,
    type: LoadEvent['type'],
    ts: number,
    data: Readonly<Record<string, number | string>>,
  ) => {
    let outbox = outboxes.get(source);
    if (outbox === undefined) {
      outbox = new Outbox({ client, source, bySequence: false, epoch: startMs, totals, onTrouble: () => undefined });
      outboxes.set(source, outbox);
    }
    number += 1;
    outbox.add({ id: `${tag}-p${number.toString(36)}`, source, type, ts, ...data });
  };
  const settings = settingsOf(campaign);
  const byChannel = new Map([...platform.objects.values()].map((object) => [object.channel, object]));
  const market = new Market(campaign);
  const ads = new AdStream(
    campaign,
    settings,
    new Random(Number(values.seed), startMs | 0),
    emit as ConstructorParameters<typeof AdStream>[3],
    (channel, wantedMinor, day) => {
      const object = byChannel.get(channel);
      // what is wanted follows what the channel was given: ads are bought to a budget
      wantedMinor = Math.round(wantedMinor * market.givenRatio(channel));
      if (object === undefined) return wantedMinor; // booked by hand: no budget to keep to
      return object.charge(wantedMinor, day, platform.faults.of(object.objectId).overdelivery ?? undefined);
    },
  );
  if (kept !== null) ads.restore(kept);
  keepState = () => {
    if (values.state !== undefined) keep(values.state, campaign.id, platform, ads.reports());
  };
  const pace = new PlannedPace(campaign, {
    ratePerSecond: 1,
    paidShareRatio: settings.paidShareRatio,
    basketMinor: settings.meanBasketMinor,
  });
  const story = storyOf(campaign, watchAsked(askedFile(values.access)));
  let second = Math.floor(startMs / 1_000);
  const spend = (): void => {
    const nowMs = Date.now();
    if (nowMs - second * 1_000 > 60_000) second = Math.floor(nowMs / 1_000) - 1; // the machine slept
    for (; (second + 1) * 1_000 <= nowMs; second += 1) {
      const endMs = (second + 1) * 1_000;
      if (endMs % (AD_REPORT_S * 1_000) === 0) {
        ads.report(endMs, AD_REPORT_S, pace.at(endMs), story.at((endMs - campaign.opensAt) / 1_000));
        keepState();
      } else for (const source of outboxes.keys()) emit(source, 'source.heartbeat', endMs, {});
    }
    for (const outbox of outboxes.values()) outbox.flush();
  };
  const timer = values['no-spend'] ? null : setInterval(spend, TICK_MS);
  const look = (): void =>
    void allocationsOf(access.url, values.access).then((given) =>
      given.size === 0 ? undefined : market.allocate(given),
    );
  const looks = setInterval(look, MARKET_MS);
  await stopped;
  if (timer !== null) clearInterval(timer);
  clearInterval(looks);
  keepState();
  await platform.stop();
  await Promise.all([...outboxes.values()].map((outbox) => outbox.drain(DRAIN_MS)));
  client.close();
}

/** What each channel has been given, as the desk shows it; none where nobody may tell. */
async function allocationsOf(url: string, accessFile: string): Promise<ReadonlyMap<string, number>> {
  try {
    const { roles } = JSON.parse(readFileSync(accessFile, 'utf8')) as {
      roles: Readonly<Record<string, { readonly token: string }>>;
    };
    const headers = { authorization: `Bearer ${roles.marketing?.token ?? ''}` };
    const reply = await fetch(`${url}/api/v1/budget`, { headers, signal: AbortSignal.timeout(5_000) });
    if (!reply.ok) return new Map();
    const { accounts } = (await reply.json()) as Pick<BudgetReply, 'accounts'>;
    return new Map(accounts.flatMap(({ channel, allocated }) => (channel === null ? [] : [[channel, allocated]])));
  } catch {
    return new Map();
  }
}

async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (tries === START_TRIES) throw error;
      await wait(250);
    }
  }
}

main().then(
  () => process.exit(0),
  (error: Error) => {
    process.stderr.write(`ad platform: ${error.message}\n`);
    process.exit(1);
  },
);
