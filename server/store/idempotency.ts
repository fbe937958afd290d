import { createHash } from 'node:crypto';
import { AppError } from '#contract/errors';
import type { Principal } from '#contract/permissions';
import { coreKey } from './keys.ts';

/** How long a command's reply is kept for retries, ms (72 h). */
export const IDEMPOTENCY_KEEP_MS = 72 * 3_600_000;
const KEY_PATTERN = /^[!-~]{1,128}$/;

/** One attempt of a person to change something: where its reply is kept, and what it asked for. */
export interface Command {
  /** Redis key under the core tag; passed to the command's own script (includes/idempotency.lua). */
  readonly redisKey: string;
  /** SHA-256 of everything the command asks for; the same key with another print is refused. */
  readonly print: string;
}

/**
 * Reads the header `Idempotency-Key`: 1–128 printable ASCII characters, chosen by the caller, one for each intent.
 * @throws {AppError} `idempotency_key_missing`, `idempotency_key_invalid`
 */
export function readIdempotencyKey(header: string | string[] | undefined): string {
  if (header === undefined) {
    throw new AppError(
      'idempotency_key_missing',
      'send an Idempotency-Key, one for each intent, so that a retry is safe',
      {
        field: 'idempotency-key',
      },
    );
  }
  if (typeof header !== 'string' || !KEY_PATTERN.test(header)) {
    throw new AppError('idempotency_key_invalid', 'Idempotency-Key is one value of 1–128 printable ASCII characters', {
      field: 'idempotency-key',
    });
  }
  return header;
}

/** JSON with sorted names, so that two spellings of one body have one print. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  const pairs = Object.entries(value).filter(([, part]) => part !== undefined);
  return `{${pairs
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, part]) => `${JSON.stringify(name)}:${canonical(part)}`)
    .join(',')}}`;
}
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * Binds a caller's key to who asks and where, so that two people's equal keys never meet.
 * @param asked - everything the command depends on: body and path parameters
 */
export function command(
  prefix: string,
  instance: string,
  { principal, route, key, asked }: { principal: Principal; route: string; key: string; asked: unknown },
): Command {
  const owner = sha256(`${principal.kind}\n${principal.id}\n${route}\n${key}`);
  return { redisKey: coreKey(prefix, instance, `idem:${owner}`), print: sha256(canonical(asked)) };
}

/**
 * Reads what a script with includes/idempotency.lua returned.
 * @throws {AppError} `idempotency_body_mismatch` when the key was used for something else
 */
export function commandOutcome(reply: unknown): { reply: string; replayed: boolean } {
  const [state, kept] = reply as [string, string];
  if (state === 'mismatch') {
    throw new AppError('idempotency_body_mismatch', 'this Idempotency-Key was used for another body; take a new key', {
      field: 'idempotency-key',
    });
  }
  return { reply: kept, replayed: state === 'replay' };
}
