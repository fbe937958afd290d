import { AppError } from '#contract/errors';
import type { EventType } from '#contract/events';
import { EventRow } from '../domain/event-row.ts';
import { bulkOf } from '../domain/fold.ts';
import { placeEvent, WATERMARK_LAG_MS } from '../domain/place-event.ts';
import { limit } from '../limits.ts';
import type { SourceDelta } from '../store/apply-batch.ts';
import {
  type BodyFold,
  type Change,
  deltaOf,
  emptyFold,
  type FoldContext,
  hash,
  identity,
  partOf,
  type ShardPart,
  typesOf,
} from './body-fold.ts';
import { fillRow, type ItemFault } from './fill-row.ts';
import type { BodyItems, RawItem } from './items.ts';
import { isDayNear, registerWrites, warehouseOf } from './register-writes.ts';
import type { ValidEvent } from './validate.ts';

/** What of an event the row does not carry. `event` is there only when the slow way read it. */
interface Facts {
  readonly source: string;
  readonly id: string;
  readonly buyerId: string | null;
  readonly unmapped: boolean;
  readonly event: ValidEvent | null;
}

/** Folds all items of a body, leaving out the identities in `known`. The result depends on its arguments only. */
export function foldBody(items: BodyItems, context: FoldContext, known: ReadonlySet<string>): BodyFold {
  const folder = new BodyFolder(context, known);
  items.forEach(folder);
  return folder.body;
}

const SECONDS_MAX = limit('eventBatchSeconds');

/** One row object for all bodies: folding is synchronous. */
const row = new EventRow();

/** The state of folding one body; `BodyItems` calls it once an item, with a row or with a parsed item. */
export class BodyFolder {
  readonly body = emptyFold();
  readonly row = row;
  private readonly context: FoldContext;
  private readonly known: ReadonlySet<string>;
  private readonly here = new Set<string>();
  private lastSource = '';
  private lastShard = 0;
  private lastPart: ShardPart | null = null;
  private lastDelta: SourceDelta | null = null;
  private lastNewestMs = 0;
  private lastType: EventType | null = null;
  private lastBits = -1;
  constructor(context: FoldContext, known: ReadonlySet<string>) {
    this.context = context;
    this.known = known;
  }

  get table(): FoldContext['table'] {
    return this.context.table;
  }
  get needsId(): boolean {
    return this.context.counting === 'id';
  }
  /** Set when the rest of the body need not be read. */
  get done(): boolean {
    return this.body.forbiddenSource !== null;
  }

  /** An event the scanner has put into the row. @param raw - its text, for the dead letters */
  takeRow(source: string, id: string, buyerId: string | null, unmapped: boolean, raw: () => string): void {
    const index = this.body.receivedCount;
    this.body.receivedCount += 1;
    const fault = this.takeFacts({ source, id, buyerId, unmapped, event: null });
    if (fault !== null) this.reject(index, source, raw, fault);
  }

  /** An item that was parsed, valid or not. */
  takeItem(item: RawItem): void {
    const index = this.body.receivedCount;
    this.body.receivedCount += 1;
    const { event } = item;
    const fault = 'data' in event ? this.takeEvent(event) : event;
    if (fault !== null) this.reject(index, item.source, item.raw, fault);
  }

  private takeEvent(event: ValidEvent): ItemFault | null {
    row.reset(event.type);
    row.eventAtMs = event.eventAtMs;
    const filled = fillRow(row, event.data, this.context.table);
    if ('code' in filled) return filled;
    const misfit = this.registerFault(event);
    if (misfit !== null) return misfit;
    const buyerId = event.data.buyerId;
    return this.takeFacts({
      source: event.source,
      id: event.id,
      buyerId: typeof buyerId === 'string' ? buyerId : null,
      unmapped: filled.unmapped,
      event,
    });
  }

  /** Counts the row's event once. @returns what is wrong with it, having added nothing */
  private takeFacts(facts: Facts): ItemFault | null {
    const { body, context } = this;
    if (facts.source !== this.lastSource) {
      const fault = this.enterSource(facts.source);
      if (fault !== null) return fault;
    }
    if (body.forbiddenSource !== null) return null;
    const member = context.counting === 'id' ? identity(facts.source, facts.id) : '';
    if (member !== '' && (this.known.has(member) || this.here.has(member))) {
      body.duplicateCount += 1;
      (this.lastDelta as SourceDelta).duplicateCount += 1;
      return null;
    }
    const home = facts.event === null ? -1 : this.homeShard(facts.event);
    if (member !== '' && context.isSuspect(member)) return this.suspect(member, home < 0 ? this.lastShard : home);
    const misplaced = this.misplaced(home < 0 ? this.lastShard : home);
    if (misplaced !== null) return misplaced;
    const bulk = bulkOf(row);
    if (body.bulkMinor + bulk > context.roomMinor)
      return { code: 'out_of_range', message: 'the amount would overflow its window; send the amount in minor units' };
    body.bulkMinor += bulk;
    const part = home < 0 ? (this.lastPart as ShardPart) : partOf(body, context, home);
    part.fold.add(row);
    if (part.fold.slices.size > SECONDS_MAX) {
      throw new AppError(
        'batch_size',
        `the events of the body lie in more than ${SECONDS_MAX} different seconds; sort them by time and send several bodies`,
      );
    }
    if (facts.unmapped) part.fold.addUnmapped(row.eventAtMs);
    if (member !== '') {
      part.ids.push(member);
      this.here.add(member);
    }
    this.note(part, facts);
    return null;
  }

  private suspect(member: string, shard: number): null {
    const { body } = this;
    const list = body.suspects[shard];
    if (list === undefined) body.suspects[shard] = [member];
    else list.push(member);
    body.duplicateCount += 1;
    (this.lastDelta as SourceDelta).duplicateCount += 1;
    return null;
  }

  private misplaced(shard: number): ItemFault | null {
    const { nowMs, horizonMs } = this.context;
    const placement = placeEvent(row.eventAtMs, nowMs[shard] as number, horizonMs);
    if (placement.kind === 'ok') return null;
    if (placement.kind === 'too_late') {
      return {
        code: 'too_late',
        message: `event time is ${placement.lateByMs} ms past the ${horizonMs} ms that may still be counted`,
      };
    }
    return {
      code: 'in_future',
      message: `event time is ${placement.aheadMs} ms ahead of the server; check the clock and the unit (ms)`,
    };
  }

  private note(part: ShardPart, { source, buyerId, event }: Facts): void {
    const delta = part === this.lastPart ? (this.lastDelta as SourceDelta) : deltaOf(part, source);
    const at = row.eventAtMs;
    if (part.oldestMs === 0 || at < part.oldestMs) part.oldestMs = at;
    if (at < Math.max(delta.newestMs, this.lastNewestMs) - WATERMARK_LAG_MS) delta.lateCount += 1;
    delta.acceptedCount += 1;
    if (at > delta.newestMs) delta.newestMs = at;
    if (part !== this.lastPart || row.type !== this.lastType || row.optionalBits !== this.lastBits) {
      typesOf(part, source).add(row.type);
      part.seen.add(`${row.type}:${row.optionalBits}`);
      this.lastType = part === this.lastPart ? row.type : null;
      this.lastBits = row.optionalBits;
    }
    if (buyerId !== null && row.type === 'order.paid') this.noteBuyer(buyerId);
    if (event === null) return;
    part.registers.push(...registerWrites(event, this.context.registers, Math.max(0, this.homeShard(event))));
    if (event.type === 'change.recorded') this.body.changes.push(changeOf(event));
  }

  private enterSource(source: string): ItemFault | null {
    const { body, context } = this;
    if (!context.mayUse(source)) {
      body.forbiddenSource = source;
      return null;
    }
    if (!context.admitsSource(source)) {
      return {
        code: 'series_limit',
        message: `this run has ${limit('sources')} sources already; let one source stand for a whole system`,
      };
    }
    this.lastSource = source;
    this.lastShard = context.counting === 'id' ? hash(source) % context.shardCount : context.producerShard;
    this.lastPart = partOf(body, context, this.lastShard);
    this.lastDelta = deltaOf(this.lastPart, source);
    this.lastNewestMs = context.newestMs(source);
    this.lastType = null;
    return null;
  }

  /** A register that nobody can have meant: they are kept for the whole run, so their number is bounded. */
  private registerFault({ type, data, eventAtMs }: ValidEvent): ItemFault | null {
    if (type === 'stock.counted' || type === 'stock.moved') {
      const { registers, admitsWarehouse } = this.context;
      if (!registers.isListedSku(data.sku as string)) return null;
      if (admitsWarehouse(data.sku as string, warehouseOf(data))) return null;
      return {
        code: 'series_limit',
        message: `the SKU has ${limit('warehouses')} warehouses already; count several as one`,
      };
    }
    if (type === 'ad.reported' && !isDayNear(data.day as string, eventAtMs))
      return { code: 'validation', message: 'day is no date of the calendar within 400 days before the report' };
    return null;
  }

  /** Registers live where their key says, so that one shard has the whole of it; -1: sums, which may live anywhere. */
  private homeShard({ type, data }: ValidEvent): number {
    const { shardCount } = this.context;
    if (type === 'stock.counted' || type === 'stock.moved') return hash(data.sku as string) % shardCount;
    if (type === 'ad.reported') return hash(data.channel as string) % shardCount;
    return -1;
  }

  /** Sketches an order adds its buyer to: everyone, new or returning, its channel; for its minute and since opening. */
  private noteBuyer(buyerId: string): void {
    const { table, opensAtMs } = this.context;
    const minute = Math.floor(row.eventAtMs / 60_000) * 60;
    const channels = table.dimensions.get('channel');
    const channel = channels === undefined ? undefined : channels.names[row.dimensions[channels.slot] as number];
    for (const set of [
      'all',
      channel === undefined ? null : `channel=${channel}`,
      row.newBuyer < 0 ? null : row.newBuyer === 1 ? 'new' : 'returning',
    ]) {
      if (set === null) continue;
      this.addBuyer(`${set}:${minute}`, buyerId);
      if (row.eventAtMs >= opensAtMs) this.addBuyer(`${set}:open`, buyerId);
    }
  }

  private addBuyer(name: string, buyerId: string): void {
    const list = this.body.buyers.get(name);
    if (list === undefined) this.body.buyers.set(name, [buyerId]);
    else list.push(buyerId);
  }

  private reject(index: number, source: string | null, raw: () => string, { code, message }: ItemFault): void {
    this.body.rejected.push({ index, code, message });
    this.body.dead.push({ raw: raw(), code, message });
    if (source === null || !this.context.mayUse(source)) return;
    if (source !== this.lastSource && this.enterSource(source) !== null) return;
    (this.lastDelta as SourceDelta).rejectedCount += 1;
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
