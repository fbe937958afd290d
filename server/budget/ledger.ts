import type { Redis } from 'ioredis';
import type { LedgerReply, LedgerSeal } from '#contract/budget';
import type { MoneyKeys } from './store/money-keys.ts';

const PAGE = 1_000;
type Row = [id: string, fields: string[]];
const textOf = (row: Row): string => row[1][1] ?? '';

export interface LedgerQuery {
  /** Lines with a higher seq. */
  readonly after: number;
  readonly limit: number;
  /** The newest lines below this seq, in their order; `next` then asks on with `before`. */
  readonly before?: number;
  readonly account?: string;
  readonly move?: string;
  readonly kind?: string;
}
/** Whether a line is asked for, by its text: it is told as it was hashed. Pure. */
export function isWanted(
  text: string,
  { account, move, kind }: Pick<LedgerQuery, 'account' | 'move' | 'kind'>,
): boolean {
  return (
    (account === undefined || text.includes(`"debit":"${account}"`) || text.includes(`"credit":"${account}"`)) &&
    (move === undefined || text.includes(`"moveId":"${move}"`)) &&
    (kind === undefined || text.includes(`"kind":"${kind}"`))
  );
}
/** A piece of an export: a line of the ledger as it is hashed, or a seal. */
export type LedgerPiece = { readonly line: string } | { readonly seal: LedgerSeal };

/** The ledger as it is kept: texts in order, and their seals. */
export function createLedger(redis: Pick<Redis, 'xrange' | 'xrevrange' | 'hmget'>, keys: MoneyKeys) {
  async function lines(after: number, count = PAGE): Promise<string[]> {
    return ((await redis.xrange(keys.ledger, `${after + 1}-0`, '+', 'COUNT', count)) as Row[]).map(textOf);
  }
  async function seals(after: number, count = PAGE): Promise<LedgerSeal[]> {
    return ((await redis.xrange(keys.seals, `${after + 1}-0`, '+', 'COUNT', count)) as Row[]).map(
      (row) => JSON.parse(textOf(row)) as LedgerSeal,
    );
  }
  async function head(): Promise<{ seq: number; sealedSeq: number }> {
    const [seq, sealedSeq] = await redis.hmget(keys.head, 'seq', 'sealedSeq');
    return { seq: Number(seq ?? 0), sealedSeq: Number(sealedSeq ?? 0) };
  }
  return {
    lines,
    seals,
    head,
    async lastSeal(): Promise<LedgerSeal | null> {
      const [row] = (await redis.xrevrange(keys.seals, '+', '-', 'COUNT', 1)) as Row[];
      return row === undefined ? null : (JSON.parse(textOf(row)) as LedgerSeal);
    },
    /** A filtered page, as texts: a line that was parsed and printed again would no longer be what was hashed. */
    async page(query: LedgerQuery): Promise<Omit<LedgerReply, 'lines'> & { readonly texts: readonly string[] }> {
      const { after, limit, before } = query;
      const at = await head();
      const texts: string[] = [];
      if (before !== undefined) {
        let first = Math.min(before, at.seq + 1);
        while (first > after + 1 && texts.length < limit) {
          const from = Math.max(after, first - 1 - PAGE);
          const read = await lines(from, first - 1 - from);
          if (read.length === 0) break;
          for (const text of read.toReversed()) {
            if (texts.length === limit) break;
            first -= 1;
            if (isWanted(text, query)) texts.push(text);
          }
        }
        return { ...at, texts: texts.toReversed(), next: first > after + 1 ? first : null };
      }
      let last = after;
      while (last < at.seq && texts.length < limit) {
        const read = await lines(last);
        if (read.length === 0) break;
        for (const text of read) {
          if (texts.length === limit) break;
          last += 1;
          if (isWanted(text, query)) texts.push(text);
        }
      }
      return { ...at, texts, next: last < at.seq ? last : null };
    },
    /** Everything, seals behind their lines. */
    async *pieces(): AsyncGenerator<LedgerPiece> {
      const { seq } = await head();
      const waiting: LedgerSeal[] = [];
      let sealed = 0;
      for (let after = 0; after < seq; ) {
        const read = await lines(after);
        if (read.length === 0) break;
        for (const line of read) {
          if (waiting.length === 0) {
            waiting.push(...(await seals(sealed)));
            sealed = waiting.at(-1)?.to ?? Number.MAX_SAFE_INTEGER - 1;
          }
          after += 1;
          yield { line };
          while (waiting[0]?.to === after) yield { seal: waiting.shift() as LedgerSeal };
        }
      }
      for (const seal of waiting) yield { seal };
    },
  };
}
export type Ledger = ReturnType<typeof createLedger>;
