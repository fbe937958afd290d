import { createHash } from 'node:crypto';
import type { EventType, RejectedItem } from '#contract/events';
import type { CellTable } from '../domain/cell-table.ts';
import { EventRow } from '../domain/event-row.ts';
import { Fold } from '../domain/fold.ts';
import { placeEvent, WATERMARK_LAG_MS } from '../domain/place-event.ts';
import type { RegisterWrite, SourceDelta } from '../store/apply-batch.ts';
import { fillRow, type ItemFault, optionalFieldsOf } from './fill-row.ts';
import type { RawItem } from './items.ts';
import { type RegisterPlace, registerWrites } from './register-writes.ts';
import type { ValidEvent } from './validate.ts';

/** Everything a body is folded with; `nowMs` is the only thing that differs when it is folded again. */
export interface FoldContext {
  readonly table: CellTable;
  readonly nowMs: number;
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
  /** What the fullest window can still take, minor units. */
  readonly roomMinor: number;
  /** Newest event time this node knows of a source, ms; 0 when none. */
  readonly newestMs: (source: string) => number;
}

/** What one shard gets of a body. */
export interface ShardPart {
  readonly fold: Fold;
  readonly ids: string[];
  readonly sources: Map<string, SourceDelta>;
  readonly types: Map<string, Set<EventType>>;
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
  readonly rejected: RejectedItem[];
  readonly dead: DeadItem[];
  readonly parts: (ShardPart | undefined)[];
  /** `change.recorded` events, for the timeline. */
  readonly changes: Change[];
  /** Distinct-buyer sketches to add to: name → buyer ids. */
  readonly buyers: Map<string, string[]>;
  /** Sources the key may not send. */
  forbiddenSource: string | null;
}
export const acceptedCountOf = (fold: BodyFold): number =>
  fold.receivedCount - fold.duplicateCount - fold.rejected.length;

const prefixes = new Map<string, string>();
/** Short, fixed-length name of a source inside id sets: 48 bits of its SHA-1, so that an id costs ~72 B. */
function sourcePrefix(source: string): string {
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

const row = new EventRow();

/** Folds all items of a body, leaving out the identities in `known`. Pure but for the shared row. */
export function foldBody(items: Iterable<RawItem>, context: FoldContext, known: ReadonlySet<string>): BodyFold {
  const body: BodyFold = {
    receivedCount: 0,
    duplicateCount: 0,
    rejected: [],
    dead: [],
    parts: [],
    changes: [],
    buyers: new Map(),
    forbiddenSource: null,
  };
  const here = new Set<string>();
  for (const item of items) {
    const index = body.receivedCount;
    body.receivedCount += 1;
    if (!('data' in item.event)) {
      reject(body, context, index, item, item.event);
      continue;
    }
    const event = item.event;
    if (!context.mayUse(event.source)) {
      body.forbiddenSource = event.source;
      return body;
    }
    const member = context.counting === 'id' ? identity(event.source, event.id) : '';
    if (member !== '' && (known.has(member) || here.has(member))) {
      body.duplicateCount += 1;
      deltaOf(partOf(body, context, shardOf(event, context)), event.source).duplicateCount += 1;
      continue;
    }
    const fault = count(body, context, event, member);
    if (fault !== null) reject(body, context, index, item, fault);
    else if (member !== '') here.add(member);
  }
  return body;
}

/** Adds one event to its shard's part. @returns what is wrong with it, having added nothing */
function count(body: BodyFold, context: FoldContext, event: ValidEvent, member: string): ItemFault | null {
  const placement = placeEvent(event.eventAtMs, context.nowMs, context.horizonMs);
  if (placement.kind === 'too_late') {
    return {
      code: 'too_late',
      message: `event time is ${placement.lateByMs} ms past the ${context.horizonMs} ms that may still be counted`,
    };
  }
  if (placement.kind === 'in_future')
    return {
      code: 'in_future',
      message: `event time is ${placement.aheadMs} ms ahead of the server; check the clock and the unit (ms)`,
    };
  row.reset(event.type);
  row.eventAtMs = event.eventAtMs;
  const filled = fillRow(row, event.data, context.table);
  if ('code' in filled) return filled;
  const shard = shardOf(event, context);
  const part = partOf(body, context, shard);
  if (!part.fold.add(row))
    return { code: 'out_of_range', message: 'the amount would overflow its window; send the amount in minor units' };
  if (filled.unmapped) part.fold.addUnmapped(row.eventAtMs);
  part.registers.push(...registerWrites(event, context.registers, shard));
  if (member !== '') part.ids.push(member);
  if (part.oldestMs === 0 || event.eventAtMs < part.oldestMs) part.oldestMs = event.eventAtMs;
  const delta = deltaOf(part, event.source);
  const newest = Math.max(delta.newestMs, context.newestMs(event.source));
  if (event.eventAtMs < newest - WATERMARK_LAG_MS) delta.lateCount += 1;
  delta.acceptedCount += 1;
  if (event.eventAtMs > delta.newestMs) delta.newestMs = event.eventAtMs;
  noteSeen(part, event.source, event.type);
  if (event.type === 'change.recorded') body.changes.push(changeOf(event));
  else if (event.type === 'order.paid' && typeof event.data.buyerId === 'string')
    noteBuyer(body, context, event, event.data.buyerId);
  return null;
}

function noteSeen(part: ShardPart, source: string, type: EventType): void {
  let types = part.types.get(source);
  if (types === undefined) {
    types = new Set();
    part.types.set(source, types);
  }
  types.add(type);
  const key = `${type}:${row.optionalBits}`;
  part.seen.add(key);
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

/** Sketches an order adds its buyer to: everyone, new or returning, its channel; for its minute and since opening. */
function noteBuyer(body: BodyFold, context: FoldContext, event: ValidEvent, buyerId: string): void {
  const minute = Math.floor(event.eventAtMs / 60_000) * 60;
  const sets = ['all', `channel=${event.data.channel as string}`];
  if (typeof event.data.newBuyer === 'boolean') sets.push(event.data.newBuyer ? 'new' : 'returning');
  for (const set of sets) {
    for (const name of [`${set}:${minute}`, `${set}:open`]) {
      if (name.endsWith(':open') && event.eventAtMs < context.opensAtMs) continue;
      const list = body.buyers.get(name);
      if (list === undefined) body.buyers.set(name, [buyerId]);
      else list.push(buyerId);
    }
  }
}

function changeOf(event: ValidEvent): Change {
  const params: Record<string, string> = {};
  for (const name of ['kind', 'title', 'service', 'link']) {
    const value = event.data[name];
    if (typeof value === 'string') params[name] = value;
  }
  return { eventAtMs: event.eventAtMs, source: event.source, id: event.id, params };
}

function reject(body: BodyFold, context: FoldContext, index: number, item: RawItem, fault: ItemFault): void {
  body.rejected.push({ index, code: fault.code, message: fault.message });
  body.dead.push({ raw: item.raw(), code: fault.code, message: fault.message });
  const source = item.source;
  if (source !== null && context.mayUse(source))
    deltaOf(
      partOf(body, context, context.counting === 'id' ? hash(source) % context.shardCount : context.producerShard),
      source,
    ).rejectedCount += 1;
}

function partOf(body: BodyFold, context: FoldContext, shard: number): ShardPart {
  let part = body.parts[shard];
  if (part === undefined) {
    part = {
      fold: new Fold(context.table, context.roomMinor),
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

function deltaOf(part: ShardPart, source: string): SourceDelta {
  let delta = part.sources.get(source);
  if (delta === undefined) {
    delta = { newestMs: 0, acceptedCount: 0, lateCount: 0, duplicateCount: 0, rejectedCount: 0, types: '' };
    part.sources.set(source, delta);
  }
  return delta;
}

/** Registers live where their key says, so that one shard has the whole of it; sums may live anywhere. */
function shardOf(event: ValidEvent, context: FoldContext): number {
  if (context.shardCount === 1) return 0;
  if (event.type === 'stock.counted' || event.type === 'stock.moved')
    return hash(event.data.sku as string) % context.shardCount;
  if (event.type === 'ad.reported') return hash(event.data.channel as string) % context.shardCount;
  return context.counting === 'id' ? hash(event.source) % context.shardCount : context.producerShard;
}

/** FNV-1a, 32 bits: spreads names over shards; nothing depends on it being hard to guess. */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}
