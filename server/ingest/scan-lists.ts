import { AMOUNT_MAX_MINOR, EDGES_MS } from '#contract/events';
import type { EventRow } from '../domain/event-row.ts';
import { isId, isPlain, matches } from './scan-words.ts';

/** The two lists a flat event may hold, read from their bytes; what is not plain is left to the slow way (`-1`). */
const COMMA = 44;
const ZERO = 48;
const NINE = 57;
const QUOTE = 34;
const OPEN_LIST = 91;
const CLOSE_LIST = 93;
const OPEN = 123;
const CLOSE = 125;
const DIGITS_MAX = 15;
const ITEMS_MAX_COUNT = 200;
const QUANTITY_MAX_COUNT = 100_000;
const BIN_MAX_COUNT = 1_000_000_000;
const SKU = Buffer.from('"sku":"');
const QUANTITY = Buffer.from('"quantity":');
const AMOUNT = Buffer.from('"amountMinor":');
const HAS_SKU = 1;
const HAS_QUANTITY = 2;
const HAS_AMOUNT = 4;
const BIN_OF = new Map(EDGES_MS.map((edge, index) => [edge, index]));

export class ListScanner {
  private quantityCount = 0;
  private readonly bins = new Uint8Array(EDGES_MS.length);
  private readonly binCounts = new Float64Array(EDGES_MS.length);
  private pairCount = 0;
  /** What `integer` read last, and where it ended. */
  private value = 0;
  private valueEnd = 0;

  /** Reads `[{"sku":…,"quantity":…,"amountMinor":…?} …]` at `from`. @returns the position behind it, or -1 */
  items(body: Uint8Array, from: number): number {
    let at = from + 1;
    let quantity = 0;
    for (let count = 0; count < ITEMS_MAX_COUNT; count += 1) {
      at = this.item(body, at);
      if (at < 0) return -1;
      quantity += this.quantityCount;
      const byte = body[at];
      at += 1;
      if (byte === COMMA) continue;
      if (byte !== CLOSE_LIST) return -1;
      this.quantityCount = quantity;
      return at;
    }
    return -1;
  }

  /** Reads `[[upToMs, count] …]` at `from`. @returns the position behind it, or -1 */
  histogram(body: Uint8Array, from: number): number {
    let at = from + 1;
    for (let pair = 0; pair < EDGES_MS.length; pair += 1) {
      if (body[at] !== OPEN_LIST || !this.integer(body, at + 1)) return -1;
      const bin = BIN_OF.get(this.value);
      if (bin === undefined || body[this.valueEnd] !== COMMA || !this.integer(body, this.valueEnd + 1)) return -1;
      if (this.value > BIN_MAX_COUNT || body[this.valueEnd] !== CLOSE_LIST) return -1;
      this.bins[pair] = bin;
      this.binCounts[pair] = this.value;
      at = this.valueEnd + 1;
      const byte = body[at];
      at += 1;
      if (byte === COMMA) continue;
      if (byte !== CLOSE_LIST) return -1;
      this.pairCount = pair + 1;
      return at;
    }
    return -1;
  }

  putQuantity(row: EventRow): void {
    row.quantityCount = this.quantityCount;
  }

  putBins(row: EventRow): void {
    row.hasBins = true;
    for (let pair = 0; pair < this.pairCount; pair += 1) {
      const bin = this.bins[pair] as number;
      row.bins[bin] = (row.bins[bin] as number) + (this.binCounts[pair] as number);
    }
  }

  private item(body: Uint8Array, from: number): number {
    if (body[from] !== OPEN) return -1;
    let at = from + 1;
    let seen = 0;
    for (;;) {
      let bit = HAS_SKU;
      if (matches(body, at, SKU)) {
        const skuFrom = at + SKU.length;
        at = skuFrom;
        while (isPlain(body[at])) at += 1;
        if (body[at] !== QUOTE || !isId(body, skuFrom, at)) return -1;
        at += 1;
      } else if (matches(body, at, QUANTITY)) {
        bit = HAS_QUANTITY;
        if (!this.integer(body, at + QUANTITY.length)) return -1;
        if (this.value < 1 || this.value > QUANTITY_MAX_COUNT) return -1;
        this.quantityCount = this.value;
        at = this.valueEnd;
      } else if (matches(body, at, AMOUNT)) {
        bit = HAS_AMOUNT;
        if (!this.integer(body, at + AMOUNT.length) || this.value > AMOUNT_MAX_MINOR) return -1;
        at = this.valueEnd;
      } else return -1;
      if ((seen & bit) !== 0) return -1; // a repeated key
      seen |= bit;
      const byte = body[at];
      at += 1;
      if (byte === COMMA) continue;
      const isWhole = (seen & HAS_SKU) !== 0 && (seen & HAS_QUANTITY) !== 0;
      return byte === CLOSE && isWhole ? at : -1;
    }
  }

  private integer(body: Uint8Array, from: number): boolean {
    let at = from;
    let value = 0;
    let digit = body[at] as number;
    while (digit >= ZERO && digit <= NINE) {
      value = value * 10 + (digit - ZERO);
      at += 1;
      digit = body[at] as number;
    }
    const digits = at - from;
    this.value = value;
    this.valueEnd = at;
    return digits > 0 && digits <= DIGITS_MAX && !(digits > 1 && body[from] === ZERO);
  }
}
