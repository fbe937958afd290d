import { createHash } from 'node:crypto';
import type { EventType, RejectedItem } from '#contract/events';
import type { CellTable } from '../domain/cell-table.ts';
import { Fold } from '../domain/fold.ts';
import type { RegisterWrite, SourceDelta } from '../store/apply-batch.ts';
import { type ItemFault, optionalFieldsOf } from './fill-row.ts';
import type { RegisterPlace } from './register-writes.ts';

/**
 * Everything a body is folded with. It stays the same when the body is folded again, but for the `nowMs` of a shard that
 * found its part too old: what another shard has already counted must not be judged anew.
 */
export interface FoldContext {
  readonly table: CellTable;
  /** Redis time by shard, ms. */
  readonly nowMs: readonly number[];
  readonly horizonMs: number;
  /** `id`: every event is remembered by (source, id). `sequence`: the body is remembered by its producer's sequence. */
  readonly counting: 'id' | 'sequence';
  readonly shardCount: number;
  /** Shard of the sums of a body counted by sequence. */
  readonly producerShard: number;
  readonly registers: RegisterPlace;
  /** Since-opening sketches take no earlier event. */
  readonly opensAtMs: number;
  readonly mayUse: (source: string) => boolean;
  /** Whether a source is known or there is room for one more. */
  readonly admitsSource: (source: string) => boolean;
  /** The same for a warehouse of a listed SKU. */
  readonly admitsWarehouse: (sku: string, warehouse: string) => boolean;
  /** What the fullest window can still take, minor units. */
  readonly roomMinor: number;
  /** Whether this node thinks it has seen the identity counted; such items are left out and named in `suspects`. */
  readonly isSuspect: (identity: string) => boolean;
  /** Newest event time this node knows of a source, ms; 0 when none. */
  readonly newestMs: (source: string) => number;
}

/** What one shard gets of a body. */
export interface ShardPart {
  readonly fold: Fold;
  readonly ids: string[];
  readonly sources: Map<string, SourceDelta>;
  readonly types: Map<string, Set<EventType>>;
  /** Compact: `<type>:<bits of its optional fields>`; see `seenFields`. */
  readonly seen: Set<string>;
  readonly registers: RegisterWrite[];
  oldestMs: number;
}
export interface DeadItem {
  readonly raw: string;
  readonly code: ItemFault['code'];
  readonly message: string;
}
export interface Change {
  readonly eventAtMs: number;
  readonly source: string;
  readonly id: string;
  readonly params: Readonly<Record<string, string>>;
}
export interface BodyFold {
  receivedCount: number;
  duplicateCount: number;
  /** Identities taken for duplicates on suspicion, by shard; the caller asks the store and folds again if one is new. */
  readonly suspects: (string[] | undefined)[];
  readonly rejected: RejectedItem[];
  readonly dead: DeadItem[];
  readonly parts: (ShardPart | undefined)[];
  /** `change.recorded` events, for the timeline. */
  readonly changes: Change[];
  /** Distinct-buyer sketches to add to: name → buyer ids. */
  readonly buyers: Map<string, string[]>;
  /** Set when the key may not send a source of the body: nothing of it is counted. */
  forbiddenSource: string | null;
  /** Upper bound of what the body adds to any one sum. */
  bulkMinor: number;
}
export const emptyFold = (): BodyFold => ({
  receivedCount: 0,
  duplicateCount: 0,
  suspects: [],
  rejected: [],
  dead: [],
  parts: [],
  changes: [],
  buyers: new Map(),
  forbiddenSource: null,
  bulkMinor: 0,
});
export const acceptedCountOf = (fold: BodyFold): number =>
  fold.receivedCount - fold.duplicateCount - fold.rejected.length;

export function partOf(body: BodyFold, context: FoldContext, shard: number): ShardPart {
  let part = body.parts[shard];
  if (part === undefined) {
    part = {
      fold: new Fold(context.table),
      ids: [],
      sources: new Map(),
      types: new Map(),
      seen: new Set(),
      registers: [],
      oldestMs: 0,
    };
    body.parts[shard] = part;
  }
  return part;
}

export function deltaOf(part: ShardPart, source: string): SourceDelta {
  let delta = part.sources.get(source);
  if (delta === undefined) {
    delta = { newestMs: 0, acceptedCount: 0, lateCount: 0, duplicateCount: 0, rejectedCount: 0, types: '' };
    part.sources.set(source, delta);
  }
  return delta;
}

export function typesOf(part: ShardPart, source: string): Set<EventType> {
  let types = part.types.get(source);
  if (types === undefined) {
    types = new Set();
    part.types.set(source, types);
  }
  return types;
}

/** Types and optional fields behind the compact keys of `ShardPart.seen`. */
export function seenFields(keys: Iterable<string>): string[] {
  const fields = new Set<string>();
  for (const key of keys) {
    const [type, bits] = key.split(':') as [EventType, string];
    fields.add(type);
    optionalFieldsOf(type).forEach((field, bit) => {
      if ((Number(bits) >> bit) & 1) fields.add(`${type}.${field}`);
    });
  }
  return [...fields];
}

const prefixes = new Map<string, string>();
/** Short, fixed-length name of a source inside id sets: 48 bits of its SHA-1, so that an id costs ~72 B. */
export function sourcePrefix(source: string): string {
  let prefix = prefixes.get(source);
  if (prefix === undefined) {
    prefix = createHash('sha1').update(source).digest('base64url').slice(0, 8);
    if (prefixes.size > 100_000) prefixes.clear();
    prefixes.set(source, prefix);
  }
  return prefix;
}

/** Identity of an event as the store remembers it: (source, id), ids over 32 characters by their SHA-1. */
export function identity(source: string, id: string): string {
  return sourcePrefix(source) + (id.length <= 32 ? `:${id}` : `#${createHash('sha1').update(id).digest('base64url')}`);
}

/** FNV-1a, 32 bits: spreads names over shards; nothing depends on it being hard to guess. */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}
