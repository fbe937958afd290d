import {
  DIMENSION_PATTERN,
  EVENT_FIELDS,
  EVENT_TYPES,
  type EventType,
  FLAT_ENVELOPE,
  ID_PATTERN,
  TEXT_PATTERN,
} from '#contract/events';
import type { CellTable, DimensionTable } from '../domain/cell-table.ts';
import type { EventRow } from '../domain/event-row.ts';
import { COUNT_SLOTS } from '../domain/metrics.ts';
import { optionalFieldsOf } from './fill-row.ts';
import { KIND_FALSE, KIND_HISTOGRAM, KIND_INTEGER, KIND_ITEMS, KIND_STRING, KIND_TRUE, type Scanner } from './scan.ts';
import { isDimension, isId, isOneOf, matches } from './scan-words.ts';

/** Types that only the slow way reads: they write registers or text and are rare. */
const SLOW_TYPES: ReadonlySet<EventType> = new Set([
  'stock.counted',
  'stock.moved',
  'stock.checked',
  'ad.reported',
  'change.recorded',
]);

/** The length TEXT_PATTERN allows. */
const TEXT_MAX_CHARS = 200;

interface FieldSchema {
  readonly type?: string;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly multipleOf?: number;
}
type Target =
  | 'id'
  | 'source'
  | 'ts'
  | 'buyer'
  | 'skip'
  | 'dimension'
  | 'count'
  | 'result'
  | 'by'
  | 'stage'
  | 'items'
  | 'histogram'
  | NumberTarget
  | BooleanTarget;
const NUMBER_TARGETS = [
  'amountMinor',
  'paidAt',
  'requestedAt',
  'promisedAt',
  'periodMs',
  'latencyMs',
  'buyerOrders365d',
  'score',
] as const;
type NumberTarget = (typeof NUMBER_TARGETS)[number];
const BOOLEAN_TARGETS = ['newBuyer', 'satisfied', 'stopped', 'organic'] as const;
type BooleanTarget = (typeof BOOLEAN_TARGETS)[number];

/** What to do with one field of a type. */
export interface FieldPlan {
  readonly bit: number;
  readonly target: Target;
  readonly kind: 'id' | 'words' | 'letters' | 'text' | 'list' | 'integer' | 'boolean';
  readonly minimum: number;
  readonly maximum: number;
  readonly multipleOf: number;
  /** Allowed strings, by length; null: any of the field's letters. */
  readonly words: readonly Uint8Array[] | null;
  readonly dimension: DimensionTable | null;
  readonly values: readonly (readonly Uint8Array[] | undefined)[];
  readonly valueIndex: readonly (readonly number[] | undefined)[];
  readonly slot: number;
  readonly optionalBit: number;
  readonly organicYes: number;
  readonly organicNo: number;
}
export interface TypePlan {
  readonly type: EventType;
  /** By key number; null: not a field of this type. */
  readonly fields: readonly (FieldPlan | null)[];
  readonly required: number;
}

/** Plans of all types the fast way reads; a type with more than 31 fields or a field it has no rule for is left out. */
export function buildTypePlans(table: CellTable, keyNames: readonly string[]): ReadonlyMap<EventType, TypePlan> {
  const plans = new Map<EventType, TypePlan>();
  for (const type of EVENT_TYPES) {
    if (SLOW_TYPES.has(type)) continue;
    const schemas: Readonly<Record<string, FieldSchema>> = { ...FLAT_ENVELOPE, ...EVENT_FIELDS[type] } as Record<
      string,
      FieldSchema
    >;
    let bit = 1;
    let required = 0;
    const fields = keyNames.map((name): FieldPlan | null => {
      const schema = schemas[name];
      if (schema === undefined) return null;
      const optionalBit = optionalFieldsOf(type).indexOf(name);
      const plan = planField(table, type, name, schema, bit, optionalBit);
      if (optionalBit < 0) required |= bit; // a required field without a plan sends every such event the slow way
      bit *= 2;
      return plan;
    });
    plans.set(type, { type, fields, required });
  }
  return plans;
}

function planField(
  table: CellTable,
  type: EventType,
  name: string,
  schema: FieldSchema,
  bit: number,
  optionalBit: number,
): FieldPlan | null {
  const target = targetOf(table, type, name);
  if (target === null) return null;
  const dimension = target === 'dimension' || target === 'organic' ? (table.dimensions.get(name) ?? null) : null;
  const values: Uint8Array[][] = [];
  const valueIndex: number[][] = [];
  for (const [value, index] of dimension?.values ?? []) {
    const bytes = Buffer.from(value);
    values[bytes.length] = [...(values[bytes.length] ?? []), bytes];
    valueIndex[bytes.length] = [...(valueIndex[bytes.length] ?? []), index];
  }
  const kind =
    schema.type === 'integer'
      ? 'integer'
      : schema.type === 'boolean'
        ? 'boolean'
        : schema.type === 'array'
          ? 'list'
          : schema.pattern === ID_PATTERN
            ? 'id'
            : target === 'skip' && schema.pattern === DIMENSION_PATTERN
              ? 'letters'
              : target === 'skip' && schema.pattern === TEXT_PATTERN
                ? 'text'
                : 'words';
  if (kind === 'words' && schema.enum === undefined && target !== 'dimension') return null;
  const other = dimension?.otherIndex ?? -1;
  return {
    bit,
    target,
    kind,
    dimension,
    values,
    valueIndex,
    optionalBit,
    minimum: schema.minimum ?? 0,
    maximum: schema.maximum ?? 0,
    multipleOf: schema.multipleOf ?? 1,
    words: schema.enum?.map((word) => Buffer.from(word)) ?? null,
    slot: target === 'count' ? countSlot(type, name) : (dimension?.slot ?? -1),
    organicYes: dimension?.values.get('yes') ?? other,
    organicNo: dimension?.values.get('no') ?? other,
  };
}

const countSlot = (type: EventType, name: string): number =>
  ((COUNT_SLOTS as Partial<Record<EventType, readonly string[]>>)[type] ?? []).indexOf(name);

function targetOf(table: CellTable, type: EventType, name: string): Target | null {
  if (name === 'id' || name === 'source' || name === 'ts') return name;
  if (name === 'result') return 'result';
  if (name === 'by' || name === 'stage') return name;
  if (name === 'buyerId') return 'buyer';
  if (name === 'items') return 'items';
  if (name === 'latency' || name === 'queue') return 'histogram';
  if (countSlot(type, name) >= 0) return 'count';
  const number = NUMBER_TARGETS.find((target) => target === name);
  if (number !== undefined) return number;
  const flag = BOOLEAN_TARGETS.find((target) => target === name);
  if (flag !== undefined) return flag;
  if (['category', 'region', 'channel', 'platform', 'method', 'service', 'kind', 'desk', 'topic'].includes(name))
    return table.dimensions.has(name) ? 'dimension' : null;
  if (['orderId', 'refundId', 'attemptId', 'complaintId', 'memberId', 'merchant', 'reason'].includes(name))
    return 'skip';
  return null;
}

/** Puts one token into the row. @returns 0 the slow way must decide, 1 done, 2 done and the dimension value is unknown */
export function applyField(
  field: FieldPlan,
  scanner: Scanner,
  body: Uint8Array,
  kind: number,
  from: number,
  to: number,
  value: number,
  row: EventRow,
): 0 | 1 | 2 {
  if (field.optionalBit >= 0) row.optionalBits |= 1 << field.optionalBit;
  if (field.kind === 'integer') {
    if (kind !== KIND_INTEGER || value < field.minimum || value > field.maximum || value % field.multipleOf !== 0)
      return 0;
    return putNumber(field, row, value);
  }
  if (field.kind === 'boolean') {
    if (kind !== KIND_TRUE && kind !== KIND_FALSE) return 0;
    return putBoolean(field, row, kind === KIND_TRUE ? 1 : 0);
  }
  if (field.kind === 'list') return putList(field, scanner, kind, row);
  if (kind !== KIND_STRING) return 0;
  if (field.kind === 'letters') return isDimension(body, from, to) ? 1 : 0;
  if (field.kind === 'text') return to > from && to - from <= TEXT_MAX_CHARS ? 1 : 0; // plain bytes are plain text
  if (field.kind === 'id') return isId(body, from, to) ? putText(field, scanner, from, to) : 0;
  if (field.words !== null && !isOneOf(field.words, body, from, to)) return 0;
  switch (field.target) {
    case 'dimension':
      return putDimension(field, body, from, to, row);
    case 'result':
      row.succeeded = to - from === 9 ? 1 : 0; // `succeeded` and `failed` are all there is
      return 1;
    case 'by':
      row.bySeller = to - from === 6 ? 1 : 0; // `seller` and `buyer`
      if (row.bySeller === 0 && to - from !== 5) return 0;
      return 1;
    case 'stage':
      row.balance = to - from === 7 ? 1 : 0; // `balance` and `full`
      return 1;
    default:
      return 1;
  }
}

function putNumber(field: FieldPlan, row: EventRow, value: number): 0 | 1 {
  switch (field.target) {
    case 'ts':
      row.eventAtMs = value;
      return 1;
    case 'amountMinor':
      row.amountMinor = value;
      return 1;
    case 'count':
      row.counts[field.slot] = value;
      return 1;
    case 'periodMs':
      row.periodMs = value;
      return 1;
    case 'latencyMs':
      row.latencyMs = value;
      return 1;
    case 'paidAt':
      row.paidAtMs = value;
      return 1;
    case 'requestedAt':
      row.requestedAtMs = value;
      return 1;
    case 'promisedAt':
      row.promisedAtMs = value;
      return 1;
    case 'buyerOrders365d':
      row.buyerOrders365dCount = value;
      return 1;
    case 'score':
      row.score = value;
      return 1;
    default:
      return 0;
  }
}

function putBoolean(field: FieldPlan, row: EventRow, value: 0 | 1): 0 | 1 {
  switch (field.target) {
    case 'newBuyer':
      row.newBuyer = value;
      return 1;
    case 'satisfied':
      row.satisfied = value;
      return 1;
    case 'stopped':
      row.stopped = value;
      return 1;
    case 'organic':
      row.organic = value;
      if (field.dimension !== null) row.dimensions[field.slot] = value === 1 ? field.organicYes : field.organicNo;
      return 1;
    default:
      return 0;
  }
}

function putList(field: FieldPlan, scanner: Scanner, kind: number, row: EventRow): 0 | 1 {
  if (field.target === 'items' && kind === KIND_ITEMS) scanner.lists.putQuantity(row);
  else if (field.target === 'histogram' && kind === KIND_HISTOGRAM) scanner.lists.putBins(row);
  else return 0;
  return 1;
}

function putText(field: FieldPlan, scanner: Scanner, from: number, to: number): 1 {
  if (field.target === 'id') {
    scanner.idFrom = from;
    scanner.idTo = to;
  } else if (field.target === 'source') {
    scanner.sourceFrom = from;
    scanner.sourceTo = to;
  } else if (field.target === 'buyer') {
    scanner.buyerFrom = from;
    scanner.buyerTo = to;
  }
  return 1;
}

function putDimension(field: FieldPlan, body: Uint8Array, from: number, to: number, row: EventRow): 0 | 1 | 2 {
  const candidates = field.values[to - from];
  if (candidates !== undefined) {
    for (let i = 0; i < candidates.length; i += 1) {
      if (!matches(body, from, candidates[i] as Uint8Array)) continue;
      row.dimensions[field.slot] = (field.valueIndex[to - from] as readonly number[])[i] as number;
      return 1;
    }
  }
  if (field.words === null && !isDimension(body, from, to)) return 0;
  row.dimensions[field.slot] = (field.dimension as DimensionTable).otherIndex;
  return matches(body, from, OTHER) && to - from === OTHER.length ? 1 : 2;
}
const OTHER = Buffer.from('other');
