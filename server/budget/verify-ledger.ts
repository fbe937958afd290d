import type { LedgerSeal } from '#contract/budget';
import { type LedgerFault, LedgerReader } from './domain/verify.ts';

export interface LedgerVerdict {
  readonly lines: number;
  readonly sealed: number;
  /** Behind the last seal: their order and hashes hold, but nobody outside the store vouches for them yet. */
  readonly unsealed: number;
  readonly fault: LedgerFault | null;
  readonly reader: LedgerReader;
}

/**
 * Reads an export line by line: ledger lines as they are hashed, seals as `{"seal":{…}}` behind the lines they seal.
 * @param key - null: only the chain and the balances are checked
 */
export async function verifyLedger(
  texts: Iterable<string> | AsyncIterable<string>,
  key: Buffer | null,
): Promise<LedgerVerdict> {
  const reader = new LedgerReader(key);
  for await (const text of texts) {
    if (text === '') continue;
    if (!text.startsWith('{"seal":')) reader.line(text);
    else {
      const seal = readSeal(text);
      if (seal === null) reader.broken(`the seal behind line ${reader.seq} cannot be read`);
      else reader.take(seal);
    }
    if (reader.fault !== null) break;
  }
  return {
    lines: reader.seq,
    sealed: reader.sealedSeq,
    unsealed: reader.seq - reader.sealedSeq,
    fault: reader.fault,
    reader,
  };
}
function readSeal(text: string): LedgerSeal | null {
  try {
    return (JSON.parse(text) as { seal: LedgerSeal }).seal;
  } catch {
    return null;
  }
}
