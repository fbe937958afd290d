import { EDGES_MS, EVENT_TYPES, type EventType } from '#contract/events';

/** Most dimensions a campaign may declare; rows keep one interned index for each. */
export const DIMENSIONS_MAX = 16;

/**
 * One validated event as plain numbers, whichever parser read it. One row object is reused for every event of a body, so
 * folding makes no garbage. Dimension values are indices into the campaign's lists (see CellTable).
 */
export class EventRow {
  type: EventType = 'source.heartbeat';
  eventAtMs = 0;
  /** Where a cohort metric is placed (refunds: when the order was paid); 0 when absent. */
  paidAtMs = 0;
  requestedAtMs = 0;
  promisedAtMs = 0;
  periodMs = 0;
  amountMinor = 0;
  /** Units in `items`, 1 when the order names none. */
  quantityCount = 1;
  /** -1 unknown, 0 no, 1 yes. */
  newBuyer = -1;
  stopped = 0;
  satisfied = 0;
  succeeded = 0;
  bySeller = 0;
  balance = 0;
  organic = -1;
  /** -1 when absent. */
  buyerOrders365dCount = -1;
  latencyMs = -1;
  score = 0;
  co2Grams = 0;
  /** Counts of sampled events; the meaning of each is in `metrics.ts`. */
  readonly counts = new Float64Array(8);
  /** Interned index of each dimension, -1 when the event does not name it. */
  readonly dimensions = new Int32Array(DIMENSIONS_MAX).fill(-1);
  /** Sampled histogram, counts by published edge. */
  readonly bins = new Float64Array(EDGES_MS.length);
  hasBins = false;
  /** Bit i: the i-th optional field of the type was present (order of EVENT_FIELDS). */
  optionalBits = 0;

  reset(type: EventType): void {
    this.type = type;
    this.eventAtMs = 0;
    this.paidAtMs = 0;
    this.requestedAtMs = 0;
    this.promisedAtMs = 0;
    this.periodMs = 0;
    this.amountMinor = 0;
    this.quantityCount = 1;
    this.newBuyer = -1;
    this.stopped = 0;
    this.satisfied = 0;
    this.succeeded = 0;
    this.bySeller = 0;
    this.balance = 0;
    this.organic = -1;
    this.buyerOrders365dCount = -1;
    this.latencyMs = -1;
    this.score = 0;
    this.co2Grams = 0;
    this.counts.fill(0);
    this.dimensions.fill(-1);
    if (this.hasBins) this.bins.fill(0);
    this.hasBins = false;
    this.optionalBits = 0;
  }
}

export const TYPE_INDEX: ReadonlyMap<EventType, number> = new Map(EVENT_TYPES.map((type, index) => [type, index]));
