import type { Redis } from 'ioredis';
import { loadCampaignFile } from './campaigns/load.ts';
import type { ComposeOptions } from './compose-options.ts';
import type { Config } from './config.ts';
import { type Campaign, plannedOpeningMs, resolveCampaign } from './domain/campaign.ts';
import { buildCellTable, type CellTable } from './domain/cell-table.ts';
import { chooseInstance } from './room/instance.ts';
import { connectStore, storeReady } from './store/connect.ts';
import { Durability } from './store/durability.ts';
import { shardKeys } from './store/keys.ts';
import { patiently } from './store/patiently.ts';
import { RedisClock } from './store/redis-clock.ts';

const STORE_READY_MS = 10_000;

/** The store's connections, its clock, and the campaign that runs in it. */
export type OpenStore = Awaited<ReturnType<typeof openStore>>;

/** Connects, agrees on the time, and finds or begins the campaign's instance. @throws {AppError} when the store stays away */
export async function openStore(config: Config, options: ComposeOptions) {
  const { log, target } = options;
  const onStoreError = (error: Error): void => log.warn({ err: error }, 'the store cannot be reached');
  const redis = connectStore(target, 'commands', 'commands', onStoreError);
  const reader = connectStore(target, 'commands', 'windows', onStoreError);
  const queries = connectStore(target, 'commands', 'queries', onStoreError); // long reads must not hold up the views
  // a page must not stand behind the megabytes of events that are being written
  const paging = connectStore(target, 'commands', 'paging', onStoreError);
  const all = [redis, reader, queries, paging];
  await Promise.all(all.map((each) => storeReady(each, STORE_READY_MS)));
  const clock = new RedisClock(redis);
  const retried = (error: unknown): void => log.warn({ err: error }, 'the store is slow; the start waits for it');
  await patiently(() => clock.sync(), retried);
  const { campaign, table } = await patiently(() => chooseCampaign(config, options, redis), retried);
  const { instance } = campaign;
  const prefix = config.redisPrefix;
  const keys = Array.from({ length: campaign.file.shards }, (_, shard) => shardKeys(prefix, instance, shard));
  // the embedded Redis is ours: it fsyncs each write
  const durability = config.redisUrl === null ? null : new Durability(redis, log);
  await durability?.check();
  /** A connection of its own for a reader that blocks. */
  const openBlocking = async (name: string): Promise<Redis> => {
    const blocking = connectStore(target, 'blocking', name, onStoreError);
    await storeReady(blocking, STORE_READY_MS).catch(() => undefined); // each failed read is logged where it fails
    return blocking;
  };
  const close = (): void => {
    for (const each of all) each.disconnect();
  };
  return {
    redis,
    reader,
    queries,
    paging,
    clock,
    campaign,
    table,
    instance,
    prefix,
    keys,
    durability,
    retried,
    openBlocking,
    close,
  };
}

/** The campaign of the configured file, as the instance that runs says. */
async function chooseCampaign(
  config: Config,
  { demo }: ComposeOptions,
  redis: Parameters<typeof chooseInstance>[0],
): Promise<{ campaign: Campaign; table: CellTable }> {
  const file = loadCampaignFile(config.campaignFile);
  const wanted =
    demo === null
      ? { opensAtMs: config.opensAtMs ?? plannedOpeningMs(file), scale: 1 }
      : { opensAtMs: demo.opensAtMs, scale: demo.ratePerSecond / file.ratePerSecond };
  const running = await chooseInstance(redis, config.redisPrefix, file.id, wanted, demo !== null && !demo.resume);
  return { campaign: resolveCampaign(file, running), table: buildCellTable(file) };
}
