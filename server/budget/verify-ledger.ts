import type { Redis } from 'ioredis';
import type { LedgerLine, LedgerSeal } from '#contract/budget';
import { AppError } from '#contract/errors';
import { accountFields, holdFields } from './domain/fold.ts';
import { keyPrint } from './domain/line.ts';
import { type LedgerFault, LedgerReader } from './domain/verify.ts';
import type { MoneyKeys } from './store/money-keys.ts';

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

/**
 * Puts an exported ledger that holds into an instance without one: lines, seals, and the balances they come to. Open requests
 * are not part of a ledger, so what was held for them is reported and has to be given back.
 * @returns holds that are still open
 * @throws {AppError} `ledger_frozen` when the export does not hold, `conflict` when there is a ledger already
 */
export async function importLedger(
  redis: Redis,
  keys: MoneyKeys,
  texts: readonly string[],
  key: Buffer,
): Promise<number> {
  const { fault, reader } = await verifyLedger(texts, key);
  if (fault !== null) throw new AppError('ledger_frozen', `the export does not hold: line ${fault.seq}: ${fault.what}`);
  if ((await redis.exists(keys.head, keys.ledger, keys.accounts)) > 0)
    throw new AppError('conflict', 'this campaign instance has a ledger already; import into a new one');
  const accounts = accountFields(reader.projection);
  const holds = holdFields(reader.projection);
  const booked = new Map<string, bigint>();
  const write = redis.multi();
  for (const text of texts) {
    if (text.startsWith('{"seal":')) {
      const { seal } = JSON.parse(text) as { seal: LedgerSeal };
      write.xadd(keys.seals, `${seal.to}-0`, 'seal', JSON.stringify(seal));
      continue;
    }
    if (text === '') continue;
    const line = JSON.parse(text) as LedgerLine;
    write.xadd(keys.ledger, `${line.seq}-0`, 'line', text);
    if (line.kind !== 'spend' || line.day === undefined) continue;
    const sign = line.credit.startsWith('spend:') ? 1n : -1n;
    const channel = (sign === 1n ? line.credit : line.debit).slice('spend:'.length);
    const field = `${channel}|${line.day}`;
    booked.set(field, (booked.get(field) ?? 0n) + sign * BigInt(line.amountMinor));
  }
  write.hset(keys.head, {
    seq: String(reader.seq),
    hash: reader.hash,
    revision: '1',
    sealedSeq: String(reader.sealedSeq),
    sealKey: keyPrint(key),
  });
  if (accounts.size > 0) write.hset(keys.accounts, Object.fromEntries(accounts));
  if (holds.size > 0) write.hset(keys.holds, Object.fromEntries(holds));
  if (booked.size > 0)
    write.hset(keys.booked, Object.fromEntries([...booked].map(([field, amount]) => [field, amount.toString()])));
  const replies = await write.exec();
  for (const [error] of replies ?? []) if (error) throw error;
  return [...reader.projection.holds.values()].filter(({ state }) => state === 'pending').length;
}
