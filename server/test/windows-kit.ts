import type { Redis } from 'ioredis';
import { bundledCampaign, loadCampaignFile } from '../campaigns/load.ts';
import { type Campaign, resolveCampaign } from '../domain/campaign.ts';
import { buildCellTable, type CellTable } from '../domain/cell-table.ts';
import { createIngest, type Ingest, type IngestDeps } from '../ingest/ingest.ts';
import { DeadLetters } from '../store/dead-letters.ts';
import { type ShardKeys, shardKeys } from '../store/keys.ts';
import { RedisClock } from '../store/redis-clock.ts';
import { Mirror } from '../windows/mirror.ts';
import { Sketches } from '../windows/sketches.ts';
import { testRedis } from './redis.ts';

export interface WindowsKit {
  readonly redis: Redis;
  readonly prefix: string;
  readonly campaign: Campaign;
  readonly table: CellTable;
  readonly keys: readonly ShardKeys[];
  readonly clock: RedisClock;
  readonly ingest: Ingest;
  readonly mirror: Mirror;
  readonly dead: DeadLetters;
  /** Another node on the same store. */
  readonly another: (deps?: Partial<IngestDeps>) => Promise<{ ingest: Ingest; mirror: Mirror }>;
  readonly nowMs: number;
}

/** The way in and the windows over the run's real Redis, with the tiny campaign that opened a minute ago. */
export async function windowsKit(
  options: { readonly shardCount?: number; readonly dedupeMaxIds?: number; readonly opensAgoMs?: number } = {},
): Promise<WindowsKit> {
  const { redis, prefix } = testRedis();
  const file = loadCampaignFile(bundledCampaign('tiny'));
  const clock = new RedisClock(redis);
  await clock.sync();
  const nowMs = clock.nowMs();
  const opensAtMs = Math.floor((nowMs - (options.opensAgoMs ?? 60_000)) / 1_000) * 1_000;
  const campaign = resolveCampaign(file, { instance: 'tiny-1', opensAtMs, scale: 1 });
  const table = buildCellTable(file);
  const keys = Array.from({ length: options.shardCount ?? 1 }, (_, shard) =>
    shardKeys(prefix, campaign.instance, shard),
  );
  const dead = new DeadLetters(redis, prefix, campaign.instance);
  const channels = (file.dimensions.channel ?? []).map(({ id }) => id);
  const another = async (deps: Partial<IngestDeps> = {}): Promise<{ ingest: Ingest; mirror: Mirror }> => {
    const sketches = new Sketches(redis, prefix, campaign.instance, channels);
    const mirror = new Mirror({ redis, clock, keys, table, campaign, sketches });
    await mirror.load();
    const ingest = createIngest({
      campaign,
      table,
      keys,
      redis,
      clock,
      dedupeMaxIds: options.dedupeMaxIds ?? 1_000_000,
      windows: mirror,
      keepDead: (items, by) => dead.keep(items, by, clock.nowMs()),
      addBuyers: (buyers) => sketches.add(buyers),
      onChanges: async () => undefined,
      ...deps,
    });
    return { ingest, mirror };
  };
  return { redis, prefix, campaign, table, keys, clock, dead, nowMs, another, ...(await another()) };
}

/** A paid order in the flat form; every field can be replaced. */
export const paidOrder = (
  id: string,
  eventAtMs: number,
  fields: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> => ({
  id,
  source: '/shop/1',
  type: 'order.paid',
  ts: eventAtMs,
  orderId: id,
  amountMinor: 100,
  category: 'tea',
  region: 'north',
  channel: 'radio',
  platform: 'mobile',
  ...fields,
});
export const ndjson = (events: readonly unknown[]): Buffer =>
  Buffer.from(`${events.map((event) => JSON.stringify(event)).join('\n')}\n`);
export const byId = (events: readonly unknown[]) =>
  ({
    body: ndjson(events),
    contentType: 'application/x-ndjson',
    sequence: null,
    mayUse: () => true,
    by: 'test',
  }) as const;
export const bySequence = (events: readonly unknown[], seq: number, epoch = 1, producerId = 'p1') =>
  ({ ...byId(events), sequence: { producerId, epoch, seq } }) as const;
