import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { LedgerLine } from '#contract/budget';
import { isWanted, type Ledger, type LedgerQuery } from '../budget/ledger.ts';

const COLUMNS = [
  'seq',
  'ts',
  'kind',
  'debit',
  'credit',
  'amountMinor',
  'moveId',
  'pendingId',
  'reason',
  'hash',
] as const;
/** A cell that a spreadsheet cannot take for a formula, quoted where it must be. */
function cell(value: unknown): string {
  const text = value === undefined ? '' : String(value);
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
const csvRow = (text: string): string => {
  const line = JSON.parse(text) as LedgerLine;
  const actor = 'name' in line.actor ? line.actor.name : line.actor.id;
  const time = new Date(line.ts).toISOString();
  return `${[...COLUMNS.map((name) => line[name]), actor, time].map(cell).join(',')}\n`;
};

/**
 * The ledger as a page of JSON, or whole: `application/x-ndjson` is every line exactly as it is hashed, with its seals, which is
 * what ledger:verify reads; `text/csv` is for spreadsheets, and of it only the lines that the query names.
 */
export async function sendLedger(
  reply: FastifyReply,
  ledger: Ledger,
  accept: string | undefined,
  query: LedgerQuery,
): Promise<FastifyReply> {
  if (accept?.includes('application/x-ndjson') === true) {
    async function* lines(): AsyncGenerator<string> {
      for await (const piece of ledger.pieces())
        yield 'line' in piece ? `${piece.line}\n` : `${JSON.stringify(piece)}\n`;
    }
    return reply
      .type('application/x-ndjson; charset=utf-8')
      .header('content-disposition', 'attachment; filename="ledger.jsonl"')
      .send(Readable.from(lines()));
  }
  if (accept?.includes('text/csv') === true) {
    async function* rows(): AsyncGenerator<string> {
      yield `\ufeff${[...COLUMNS, 'actor', 'time'].join(',')}\n`;
      for await (const piece of ledger.pieces())
        if ('line' in piece && isWanted(piece.line, query)) yield csvRow(piece.line);
    }
    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', 'attachment; filename="ledger.csv"')
      .send(Readable.from(rows()));
  }
  const { texts, seq, sealedSeq, next } = await ledger.page(query);
  return reply
    .type('application/json; charset=utf-8')
    .send(
      `{"seq":${seq},"sealedSeq":${sealedSeq},"lines":[${texts.join(',')}],"next":${next === null ? 'null' : next}}`,
    );
}
