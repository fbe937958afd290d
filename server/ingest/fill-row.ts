import { EDGES_MS, EVENT_FIELDS, EVENT_TYPES, type EventType } from '#contract/events';
import type { CellTable } from '../domain/cell-table.ts';
import type { EventRow } from '../domain/event-row.ts';
import { COUNT_SLOTS } from '../domain/metrics.ts';

/** Fields of the contract that are dimensions under their own name. */
const DIMENSION_FIELDS = [
  'category',
  'region',
  'channel',
  'platform',
  'method',
  'service',
  'kind',
  'desk',
  'topic',
] as const;
const BIN_OF = new Map(EDGES_MS.map((edge, index) => [edge, index]));

export type Data = Readonly<Record<string, unknown>>;
/** What is wrong with one item: a code of the contract and what to do about it. */
export interface ItemFault {
  readonly code:
    | 'validation'
    | 'unknown_edge'
    | 'out_of_range'
    | 'too_late'
    | 'in_future'
    | 'bad_json'
    | 'series_limit';
  readonly message: string;
}

interface TypePlan {
  readonly counts: readonly string[];
  readonly dimensions: readonly string[];
  readonly optional: readonly string[];
}
const isOptional = (schema: object): boolean => '~optional' in schema;
const PLANS = new Map<EventType, TypePlan>(
  EVENT_TYPES.map((type) => {
    const fields: Readonly<Record<string, object>> = EVENT_FIELDS[type];
    return [
      type,
      {
        counts: (COUNT_SLOTS as Partial<Record<EventType, readonly string[]>>)[type] ?? [],
        dimensions: DIMENSION_FIELDS.filter((name) => name in fields),
        optional: Object.keys(fields).filter((name) => isOptional(fields[name] as object)),
      },
    ];
  }),
);

/** Optional fields of a type, in the order of `EventRow.optionalBits`. */
export const optionalFieldsOf = (type: EventType): readonly string[] => PLANS.get(type)?.optional ?? [];

/**
 * Turns the validated `data` of an event into a row.
 * @returns a fault the schema cannot see, or whether a dimension value is unknown to the campaign
 */
export function fillRow(row: EventRow, data: Data, table: CellTable): ItemFault | { readonly unmapped: boolean } {
  const plan = PLANS.get(row.type) as TypePlan;
  let unmapped = false;
  for (let bit = 0; bit < plan.optional.length; bit += 1) {
    if (data[plan.optional[bit] as string] !== undefined) row.optionalBits |= 1 << bit;
  }
  for (const name of plan.dimensions) {
    const value = data[name];
    const dimension = table.dimensions.get(name);
    if (value === undefined || dimension === undefined) continue;
    const index = dimension.values.get(value as string);
    if (index === undefined && value !== 'other') unmapped = true;
    row.dimensions[dimension.slot] = index ?? dimension.otherIndex;
  }
  for (let slot = 0; slot < plan.counts.length; slot += 1) {
    row.counts[slot] = (data[plan.counts[slot] as string] as number | undefined) ?? 0;
  }
  const number = (name: string, absent: number): number => (data[name] as number | undefined) ?? absent;
  row.amountMinor = number('amountMinor', 0);
  row.paidAtMs = number('paidAt', 0);
  row.requestedAtMs = number('requestedAt', 0);
  row.promisedAtMs = number('promisedAt', 0);
  row.periodMs = number('periodMs', 0);
  row.latencyMs = number('latencyMs', -1);
  row.buyerOrders365dCount = number('buyerOrders365d', -1);
  row.score = number('score', 0);
  row.co2Grams = Math.round(number('kgCo2', 0) * 1_000);
  row.succeeded = data.result === 'succeeded' ? 1 : 0;
  row.satisfied = data.satisfied === true ? 1 : 0;
  row.stopped = data.stopped === true ? 1 : 0;
  row.bySeller = data.by === 'seller' ? 1 : 0;
  row.balance = data.stage === 'balance' ? 1 : 0;
  if (typeof data.newBuyer === 'boolean') row.newBuyer = data.newBuyer ? 1 : 0;
  if (typeof data.organic === 'boolean') setOrganic(row, table, data.organic);
  if (Array.isArray(data.items)) row.quantityCount = quantityOf(data.items);
  if (row.type.startsWith('stock.') && !setCategory(row, table, data.sku as string)) unmapped = true;
  if (row.paidAtMs > row.eventAtMs)
    return {
      code: 'validation',
      message: 'paidAt lies after the event itself; send the time the order was paid, in ms',
    };
  const histogram = data.latency ?? data.queue;
  if (histogram !== undefined) {
    const fault = fillBins(row, histogram as readonly (readonly [number, number])[]);
    if (fault !== null) return fault;
  }
  return { unmapped };
}

function quantityOf(items: readonly { readonly quantity: number }[]): number {
  let quantity = 0;
  for (const item of items) quantity += item.quantity;
  return quantity;
}

function setOrganic(row: EventRow, table: CellTable, organic: boolean): void {
  row.organic = organic ? 1 : 0;
  const dimension = table.dimensions.get('organic');
  if (dimension !== undefined)
    row.dimensions[dimension.slot] = dimension.values.get(organic ? 'yes' : 'no') ?? dimension.otherIndex;
}

/** Stock events name a SKU; its category is the campaign's. @returns whether the campaign lists the SKU */
function setCategory(row: EventRow, table: CellTable, sku: string): boolean {
  const dimension = table.dimensions.get('category');
  const category = table.categoryOfSku.get(sku);
  if (dimension !== undefined) row.dimensions[dimension.slot] = category ?? dimension.otherIndex;
  return category !== undefined;
}

function fillBins(row: EventRow, bins: readonly (readonly [number, number])[]): ItemFault | null {
  row.hasBins = true;
  for (const [edge, count] of bins) {
    const bin = BIN_OF.get(edge);
    if (bin === undefined)
      return {
        code: 'unknown_edge',
        message: `histogram edge ${edge} ms is not published; use the edgesMs of GET /api/v1/campaign`,
      };
    row.bins[bin] = (row.bins[bin] as number) + count;
  }
  return null;
}
