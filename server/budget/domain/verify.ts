import type { LedgerLine, LedgerSeal } from '#contract/budget';
import { accountFields, emptyProjection, foldLine, holdFields, imbalance, type Projection } from './fold.ts';
import { readLine, sealMac } from './line.ts';

/** What is wrong with a ledger; `seq` is where it shows. */
export interface LedgerFault {
  readonly seq: number;
  readonly what: string;
}
/**
 * Reads a ledger from its first line, line by line: chain, order, balances, seals. Stops at the first fault: behind it nothing can
 * be believed.
 */
export class LedgerReader {
  readonly projection: Projection = emptyProjection();
  seq = 0;
  hash = '';
  sealedSeq = 0;
  fault: LedgerFault | null = null;
  private readonly key: Buffer | null;
  private seal: LedgerSeal | null = null;
  private open: string[] = [];
  /** @param key - null: seals are not checked, and every line counts as unsealed */
  constructor(key: Buffer | null) {
    this.key = key;
  }

  line(text: string): LedgerLine | null {
    if (this.fault !== null) return null;
    const line = readLine(text, this.hash, this.seq + 1);
    if (typeof line === 'string') return this.fail(this.seq + 1, line);
    try {
      foldLine(this.projection, line);
    } catch (error) {
      return this.fail(line.seq, (error as Error).message);
    }
    this.seq = line.seq;
    this.hash = line.hash;
    if (this.key !== null) this.open.push(text);
    return line;
  }

  /** A seal, after all of its lines. */
  take(seal: LedgerSeal): void {
    if (this.fault !== null || this.key === null) return;
    const count = seal.to - this.sealedSeq;
    if (seal.from !== this.sealedSeq + 1 || count < 1)
      return void this.fail(seal.from, `a seal of ${seal.from}–${seal.to} does not follow ${this.sealedSeq}`);
    if (seal.to > this.seq)
      return void this.fail(this.seq + 1, `lines ${this.seq + 1}–${seal.to} were sealed and are gone`);
    const lines = this.open.slice(0, count);
    const mac = sealMac(this.key, this.seal, seal, lines);
    if (mac !== seal.mac) return void this.fail(seal.from, `the seal of ${seal.from}–${seal.to} does not fit`);
    this.open = this.open.slice(count);
    this.seal = seal;
    this.sealedSeq = seal.to;
  }

  /** The balances as the store keeps them, byte for byte; the first difference as a fault. */
  compare(accounts: Readonly<Record<string, string>>, holds: Readonly<Record<string, string>>): LedgerFault | null {
    if (this.fault !== null) return this.fault;
    const wrong =
      imbalance(this.projection) ??
      difference('balance', accountFields(this.projection), accounts, (value) => value === '0') ??
      difference('hold', holdFields(this.projection), holds, () => false);
    if (wrong !== null) this.fail(this.seq, wrong);
    return this.fault;
  }

  /** What stands in the place of a line or seal cannot be read. */
  broken(what: string): void {
    if (this.fault === null) this.fail(this.seq + 1, what);
  }

  private fail(seq: number, what: string): null {
    this.fault = { seq, what };
    return null;
  }
}

function difference(
  name: string,
  wanted: ReadonlyMap<string, string>,
  kept: Readonly<Record<string, string>>,
  isNothing: (value: string) => boolean,
): string | null {
  for (const [field, value] of wanted)
    if (kept[field] !== value) return `I11: ${name} ${field} is ${kept[field] ?? 'missing'}, the ledger says ${value}`;
  for (const [field, value] of Object.entries(kept))
    if (!wanted.has(field) && !isNothing(value)) return `I11: ${name} ${field} is ${value}, the ledger has none`;
  return null;
}
