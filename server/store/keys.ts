/**
 * Every Redis key of the product is built here. One hash tag for each shard of the windows, one for all that must change
 * together (`core`), one for the sketches: a script never needs two (a test checks it).
 */
export interface ShardKeys {
  readonly tag: string;
  /** Slice hash: cell name → integer. `resolution` is `1s`, `1m` or `1h`; `startMs` its first ms. */
  slice(resolution: Resolution, startMs: number): string;
  /** Remembered ids of one generation. */
  ids(generation: number): string;
  /** producer id → `epoch seq reply`. */
  readonly producers: string;
  /** What changed, for the nodes' views: a stream, trimmed. */
  readonly changes: string;
  /** `<source>|<field>` → newest event, last heard, counts. */
  readonly sources: string;
  /** Types and optional fields ever sent. */
  readonly seen: string;
  /** Stock register of one SKU and warehouse. */
  stock(sku: string, warehouse: string): string;
  /** Spend register of one channel and day. */
  spend(channel: string, day: string): string;
  /** Names of all registers, so that a new node can find them. */
  readonly registers: string;
}
export type Resolution = '1s' | '1m' | '1h';
export const RESOLUTION_MS: Readonly<Record<Resolution, number>> = { '1s': 1_000, '1m': 60_000, '1h': 3_600_000 };

export function shardKeys(prefix: string, instance: string, shard: number): ShardKeys {
  const tag = `{${prefix}:${instance}:s${shard}}`;
  return {
    tag,
    slice: (resolution, startMs) => `${tag}:${resolution}:${startMs / 1_000}`,
    ids: (generation) => `${tag}:ids:${generation}`,
    producers: `${tag}:producers`,
    changes: `${tag}:changes`,
    sources: `${tag}:sources`,
    seen: `${tag}:seen`,
    stock: (sku, warehouse) => `${tag}:stock:${sku}|${warehouse}`,
    spend: (channel, day) => `${tag}:spend:${channel}|${day}`,
    registers: `${tag}:registers`,
  };
}

/** Keys under the core tag are `<tag>:<name>`; each module lists its own names beside its scripts. */
export const coreTag = (prefix: string, instance: string): string => `{${prefix}:${instance}:core}`;
export const coreKey = (prefix: string, instance: string, name: string): string =>
  `${coreTag(prefix, instance)}:${name}`;
/** Distinct-buyer sketches, one tag of their own: PFADD before the batch script needs no atomicity. */
export const sketchKey = (prefix: string, instance: string, name: string): string =>
  `{${prefix}:${instance}:hll}:${name}`;
/** Which instance of a campaign is the current one: `instance opensAtMs scale`. */
export const currentInstanceKey = (prefix: string, campaignId: string): string => `${prefix}:current:${campaignId}`;
