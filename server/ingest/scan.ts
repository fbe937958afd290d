import { EVENT_FIELDS, EVENT_TYPES, FLAT_ENVELOPE } from '#contract/events';
import type { CellTable } from '../domain/cell-table.ts';
import type { EventRow } from '../domain/event-row.ts';
import { ListScanner } from './scan-lists.ts';
import { applyField, buildTypePlans, type FieldPlan, type TypePlan } from './scan-plan.ts';
import { PLAIN } from './scan-words.ts';

/**
 * The fast way to read a flat event: one pass over the bytes, no object made. It takes only what is plain (no escape, no
 * nesting but the two lists of `scan-lists.ts`, no fraction, no blank, no unknown or repeated key, nothing out of range); for everything else it answers
 * `false` and the slow way (JSON.parse and the schema) decides. So it can refuse nothing and can accept nothing that the
 * slow way would not read as the same row: a differential test holds the two against each other.
 */
const FIELDS_MAX = 24;
const QUOTE = 34;
const COLON = 58;
const COMMA = 44;
const OPEN = 123;
const CLOSE = 125;
const MINUS = 45;
const ZERO = 48;
const NINE = 57;
const OPEN_LIST = 91;
/** 15 digits are exact in a double; longer numbers go the slow way. */
const DIGITS_MAX = 15;

export const KIND_STRING = 0;
export const KIND_INTEGER = 1;
export const KIND_TRUE = 2;
export const KIND_FALSE = 3;
export const KIND_ITEMS = 4;
export const KIND_HISTOGRAM = 5;

const KEY_NAMES: readonly string[] = [
  ...new Set([
    'type',
    ...Object.keys(FLAT_ENVELOPE),
    ...EVENT_TYPES.flatMap((type) => Object.keys(EVENT_FIELDS[type])),
  ]),
];
const HASH_SIZE = 1_024;
const keyHash = (length: number, first: number, middle: number, last: number): number =>
  (length * 131 + first * 31 + middle * 17 + last * 7) & (HASH_SIZE - 1);

interface NamedPlan {
  readonly bytes: Uint8Array;
  readonly plan: TypePlan;
}

/** One reader for one campaign; holds the tokens of the line it read last. */
export class Scanner {
  /** Where `id` and `source` lie in the body after a successful scan. */
  idFrom = 0;
  idTo = 0;
  sourceFrom = 0;
  sourceTo = 0;
  buyerFrom = 0;
  buyerTo = 0;
  unmapped = false;
  readonly lists = new ListScanner();
  private readonly fieldOf = new Int32Array(FIELDS_MAX);
  private readonly kindOf = new Uint8Array(FIELDS_MAX);
  private readonly fromOf = new Int32Array(FIELDS_MAX);
  private readonly toOf = new Int32Array(FIELDS_MAX);
  private readonly numberOf = new Float64Array(FIELDS_MAX);
  private fieldCount = 0;
  private readonly buckets: (readonly number[] | undefined)[] = new Array(HASH_SIZE);
  private readonly keys: readonly Uint8Array[];
  private readonly typeKey: number;
  private readonly itemsKey = KEY_NAMES.indexOf('items');
  private readonly histogramKeys: readonly number[] = [KEY_NAMES.indexOf('latency'), KEY_NAMES.indexOf('queue')];
  private readonly typeNames: readonly NamedPlan[];
  private lastType: NamedPlan;

  constructor(table: CellTable) {
    this.keys = KEY_NAMES.map((name) => Buffer.from(name));
    this.keys.forEach((bytes, index) => {
      const slot = hashOf(bytes, 0, bytes.length);
      this.buckets[slot] = [...(this.buckets[slot] ?? []), index];
    });
    this.typeKey = KEY_NAMES.indexOf('type');
    this.typeNames = [...buildTypePlans(table, KEY_NAMES)].map(([type, plan]) => ({ bytes: Buffer.from(type), plan }));
    this.lastType = this.typeNames[0] as NamedPlan;
  }

  /** Reads the line `[from, to)` into the row. @returns false when the slow way must decide; the row is then undefined */
  scan(body: Uint8Array, from: number, to: number, row: EventRow): boolean {
    if (!this.tokenise(body, from, to)) return false;
    const plan = this.planOf(body);
    if (plan === null) return false;
    row.reset(plan.type);
    this.buyerTo = 0;
    this.unmapped = false;
    let seen = 0;
    for (let i = 0; i < this.fieldCount; i += 1) {
      const field = plan.fields[this.fieldOf[i] as number] as FieldPlan | null;
      if (field === null) {
        if (this.fieldOf[i] === this.typeKey) continue;
        return false;
      }
      if ((seen & field.bit) !== 0) return false;
      seen |= field.bit;
      const verdict = applyField(
        field,
        this,
        body,
        this.kindOf[i] as number,
        this.fromOf[i] as number,
        this.toOf[i] as number,
        this.numberOf[i] as number,
        row,
      );
      if (verdict === 0) return false;
      if (verdict === 2) this.unmapped = true;
    }
    return (seen & plan.required) === plan.required && (row.paidAtMs === 0 || row.paidAtMs <= row.eventAtMs);
  }

  private tokenise(body: Uint8Array, from: number, to: number): boolean {
    // locals: the loop below runs once a field of every event
    const { fieldOf, kindOf, fromOf, toOf, numberOf, keys } = this;
    let at = from;
    let count = 0;
    if (body[at] !== OPEN || body[to - 1] !== CLOSE) return false;
    at += 1;
    for (;;) {
      if (count === FIELDS_MAX || body[at] !== QUOTE) return false;
      const keyFrom = at + 1;
      // A producer writes its keys in one order: the key that stood here in the last line mostly stands here again.
      let key = fieldOf[count] as number;
      const expected = keys[key] as Uint8Array;
      if (body[keyFrom + expected.length] === QUOTE && same(body, keyFrom, keyFrom + expected.length, expected)) {
        at = keyFrom + expected.length;
      } else {
        at = keyFrom;
        while (at < to && body[at] !== QUOTE) at += 1;
        key = this.keyAt(body, keyFrom, at);
        if (key < 0) return false;
      }
      if (body[at + 1] !== COLON) return false;
      at += 2;
      const byte = body[at] as number;
      fieldOf[count] = key;
      if (byte === QUOTE) {
        const valueFrom = at + 1;
        at = valueFrom;
        while (PLAIN[body[at] as number] === 1) at += 1;
        if (body[at] !== QUOTE || at >= to) return false;
        kindOf[count] = KIND_STRING;
        fromOf[count] = valueFrom;
        toOf[count] = at;
        at += 1;
      } else if ((byte >= ZERO && byte <= NINE) || byte === MINUS) {
        const negative = byte === MINUS;
        const first = negative ? at + 1 : at;
        at = first;
        let value = 0;
        let digit = body[at] as number;
        while (digit >= ZERO && digit <= NINE) {
          value = value * 10 + (digit - ZERO);
          at += 1;
          digit = body[at] as number;
        }
        const digits = at - first;
        if (digits === 0 || digits > DIGITS_MAX || (digits > 1 && body[first] === ZERO) || (negative && value === 0))
          return false;
        kindOf[count] = KIND_INTEGER;
        numberOf[count] = negative ? -value : value;
      } else if (byte === 116 && body[at + 1] === 114 && body[at + 2] === 117 && body[at + 3] === 101) {
        kindOf[count] = KIND_TRUE;
        at += 4;
      } else if (
        byte === 102 &&
        body[at + 1] === 97 &&
        body[at + 2] === 108 &&
        body[at + 3] === 115 &&
        body[at + 4] === 101
      ) {
        kindOf[count] = KIND_FALSE;
        at += 5;
      } else if (byte === OPEN_LIST) {
        const isItems = key === this.itemsKey;
        if (!isItems && !this.histogramKeys.includes(key)) return false;
        at = isItems ? this.lists.items(body, at) : this.lists.histogram(body, at);
        if (at < 0) return false;
        kindOf[count] = isItems ? KIND_ITEMS : KIND_HISTOGRAM;
      } else return false;
      count += 1;
      if (body[at] === COMMA) {
        at += 1;
        continue;
      }
      this.fieldCount = count;
      return body[at] === CLOSE && at === to - 1;
    }
  }

  private keyAt(body: Uint8Array, from: number, to: number): number {
    const bucket = this.buckets[hashOf(body, from, to)];
    if (bucket === undefined) return -1;
    for (const index of bucket) if (same(body, from, to, this.keys[index] as Uint8Array)) return index;
    return -1;
  }

  private planOf(body: Uint8Array): TypePlan | null {
    let at = -1;
    for (let i = 0; i < this.fieldCount; i += 1) {
      if (this.fieldOf[i] !== this.typeKey) continue;
      if (at >= 0) return null; // named twice
      at = i;
    }
    if (at < 0 || this.kindOf[at] !== KIND_STRING) return null;
    const from = this.fromOf[at] as number;
    const to = this.toOf[at] as number;
    if (same(body, from, to, this.lastType.bytes)) return this.lastType.plan;
    for (const each of this.typeNames) {
      if (!same(body, from, to, each.bytes)) continue;
      this.lastType = each;
      return each.plan;
    }
    return null;
  }
}

function hashOf(body: Uint8Array, from: number, to: number): number {
  if (to <= from) return 0;
  return keyHash(to - from, body[from] as number, body[(from + to) >> 1] as number, body[to - 1] as number);
}

/** Whether `[from, to)` of the body are exactly these bytes. */
export function same(body: Uint8Array, from: number, to: number, bytes: Uint8Array): boolean {
  if (to - from !== bytes.length) return false;
  for (let i = 0; i < bytes.length; i += 1) if (body[from + i] !== bytes[i]) return false;
  return true;
}
