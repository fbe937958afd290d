import { createHash, createHmac } from 'node:crypto';
import type { LedgerLine, LedgerSeal } from '#contract/budget';

const HASH = /,"hash":"([0-9a-f]{40})"\}$/;

/** What a line's hash is of, and the hash it claims; null when the text is no line. */
function cut(text: string): { readonly body: string; readonly hash: string } | null {
  const match = HASH.exec(text);
  return match === null ? null : { body: `${text.slice(0, match.index)}}`, hash: match[1] ?? '' };
}
/** A line read from text, after its place in the chain; a string says what is wrong with it. */
export function readLine(text: string, prevHash: string, seq: number): LedgerLine | string {
  const parts = cut(text);
  if (parts === null) return `line ${seq} is no ledger line`;
  if (
    createHash('sha1')
      .update(prevHash + parts.body)
      .digest('hex') !== parts.hash
  )
    return `line ${seq} does not follow from its hash`;
  try {
    const line = JSON.parse(text) as LedgerLine;
    if (line.prevHash !== prevHash) return `line ${seq} names another line before it`;
    return line.seq === seq ? line : `line ${seq} says it is ${line.seq}`;
  } catch {
    return `line ${seq} is not JSON`;
  }
}

/**
 * Seal of lines `from`–`to`: HMAC-SHA-256 over the seal before it and the texts themselves, so that neither a recomputed chain
 * nor a collision of SHA-1 passes.
 */
export function sealMac(
  key: Buffer,
  before: Pick<LedgerSeal, 'mac'> | null,
  { from, to, head, at }: Omit<LedgerSeal, 'mac'>,
  lines: readonly string[],
): string {
  const mac = createHmac('sha256', key).update(`${before?.mac ?? ''}\n${from}\n${to}\n${head}\n${at}\n`);
  for (const line of lines) mac.update(line).update('\n');
  return mac.digest('hex');
}
/** Tells nodes with different keys apart without telling the key. */
export const keyPrint = (key: Buffer): string =>
  createHmac('sha256', key).update('ledger seal key').digest('hex').slice(0, 16);
