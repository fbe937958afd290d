import type { Redis } from 'ioredis';
import type { Freeze, LedgerLine, LedgerSeal } from '#contract/budget';
import { AppError } from '#contract/errors';
import { accountFields, holdFields } from './domain/fold.ts';
import { keyPrint } from './domain/line.ts';
import { NOTHING } from './domain/plan.ts';
import { DEFAULT_POLICY, openingRails, type Policy } from './domain/policy.ts';
import { systemActor } from './moves.ts';
import type { MoneyKeys } from './store/money-keys.ts';
import { createMoneyStore } from './store/money-store.ts';
import { verifyLedger } from './verify-ledger.ts';

export interface ImportOptions {
  /** Floors and caps are made from it anew, from the opening allocations of the ledger. */
  readonly policy?: Policy;
  /** Gives back what open requests hold, as `expire` lines at the end, instead of refusing. */
  readonly release?: boolean;
  /** Day in the campaign's zone: what was adopted of a platform today still holds. Left out: nothing adopted does. */
  readonly today?: string;
}
const meta = JSON.stringify({ actor: systemActor('import'), policyVersion: 1, reason: 'import' }).slice(1, -1);

/**
 * Puts an exported ledger that holds into an instance without one, or with nothing but its opening: lines, seals, the balances they
 * come to, and floors and caps as at the opening. Requests are no part of a ledger: one with open holds is refused, unless they are
 * given back. Freezes are none either, so all of it stands still (`IMPORT_FREEZE`) until finance or a commander has looked and lifts
 * that. The servers must be stopped meanwhile.
 * @returns holds that were given back
 * @throws {AppError} `ledger_frozen` when the export does not hold, `conflict` when there is a ledger already or holds are open
 */
export async function importLedger(
  redis: Redis,
  keys: MoneyKeys,
  texts: readonly string[],
  key: Buffer,
  { policy = DEFAULT_POLICY, release = false, today }: ImportOptions = {},
): Promise<number> {
  const { fault, reader } = await verifyLedger(texts, key);
  if (fault !== null) throw new AppError('ledger_frozen', `the export does not hold: line ${fault.seq}: ${fault.what}`);
  const lines = texts.filter((text) => text !== '' && !text.startsWith('{"seal":'));
  const pending = [...reader.projection.holds].filter(([, { state }]) => state === 'pending').map(([id]) => id);
  if (pending.length > 0 && !release) throw openHolds(lines, pending);
  if (!(await isUnused(redis, keys)))
    throw new AppError('conflict', 'this campaign instance has a ledger already; import into a new one');

  const write = redis
    .multi()
    .del(keys.head, keys.ledger, keys.seals, keys.accounts, keys.holds, keys.booked, keys.rails, keys.past);
  for (const text of texts) {
    if (!text.startsWith('{"seal":')) continue;
    const { seal } = JSON.parse(text) as { seal: LedgerSeal };
    write.xadd(keys.seals, `${seal.to}-0`, 'seal', JSON.stringify(seal));
  }
  const parsed = lines.map((text) => JSON.parse(text) as LedgerLine);
  parsed.forEach(({ seq }, i) => void write.xadd(keys.ledger, `${seq}-0`, 'line', lines[i] ?? ''));
  write.hset(keys.head, {
    seq: String(reader.seq),
    hash: reader.hash,
    revision: '1',
    sealedSeq: String(reader.sealedSeq),
    sealKey: keyPrint(key),
  });
  const { rows } = reader.projection;
  const rails = openingRails(
    parsed
      .filter(({ kind, credit }) => kind === 'fund' && credit.startsWith('chan:'))
      .map(({ credit, amountMinor }) => ({ credit, amountMinor: Number(amountMinor) })),
    policy,
  ).map(([, field, value]) => {
    const account = field.slice(0, field.indexOf('|'));
    if (!field.endsWith('|target')) return [field, value] as const;
    // platforms are to have what the channel has now, not what it began with, and what of theirs was adopted today
    const target = (rows.get(account)?.allocated ?? 0n) + adoptedMinor(parsed, account, today);
    return [field, String(target)] as const;
  });
  for (const [to, fields] of [
    [keys.accounts, accountFields(reader.projection)],
    [keys.holds, holdFields(reader.projection)],
    [keys.booked, bookedFields(parsed)],
    [keys.rails, new Map(rails)],
  ] as const)
    if (fields.size > 0) write.hset(to, Object.fromEntries(fields));
  const [now] = await redis.time();
  write
    .hset(keys.frozen, `*|all|${IMPORT_FREEZE}`, '0')
    .hset(keys.freezes, IMPORT_FREEZE, JSON.stringify(standstill(Number(now) * 1_000)));
  for (const [error] of (await write.exec()) ?? []) if (error) throw error;

  await createMoneyStore(redis, keys).apply(
    {
      ...NOTHING,
      id: 'import',
      reply: '',
      entries: pending.map((hold) => ({ kind: 'expire' as const, hold, meta })),
    },
    [
      {
        kind: 'budget.frozen',
        actor: systemActor('import'),
        params: { freeze: IMPORT_FREEZE, channels: '*', direction: 'all', reason: STANDSTILL, until: 0 },
      },
    ],
    null,
  );
  return pending.length;
}

/** Id of the freeze that an import leaves behind. */
export const IMPORT_FREEZE = 'import';
const STANDSTILL =
  'the ledger was imported: freezes, changed floors and caps, cooldowns and open requests of before are not in it; look, set them again, then lift this';
/** What protected money before is not in a ledger, so nothing is given before somebody has looked. */
const standstill = (atMs: number): Freeze => ({
  id: IMPORT_FREEZE,
  channels: ['*'],
  direction: 'all',
  reason: STANDSTILL,
  by: systemActor('import'),
  source: 'kill_switch',
  at: atMs,
  until: null,
});

/** No ledger, or one that a start has just opened and nobody has used. */
async function isUnused(redis: Redis, keys: MoneyKeys): Promise<boolean> {
  if ((await redis.exists(keys.head, keys.ledger, keys.accounts)) === 0) return true;
  if ((await redis.exists(keys.moves, keys.booked, keys.holds)) > 0) return false;
  const rows = (await redis.xrange(keys.ledger, '-', '+', 'COUNT', 1_000)) as [string, string[]][];
  return rows.length < 1_000 && rows.every(([, fields]) => fields[1]?.includes('"kind":"fund"') === true);
}

/** What was booked of each report: the sums of `spend` lines. */
function bookedFields(lines: readonly LedgerLine[]): Map<string, string> {
  const booked = new Map<string, bigint>();
  for (const { kind, day, credit, debit, amountMinor } of lines) {
    if (kind !== 'spend' || day === undefined) continue;
    const sign = credit.startsWith('spend:') ? 1n : -1n;
    const field = `${(sign === 1n ? credit : debit).slice('spend:'.length)}|${day}`;
    booked.set(field, (booked.get(field) ?? 0n) + sign * BigInt(amountMinor));
  }
  return new Map([...booked].map(([field, minor]) => [field, minor.toString()]));
}

/** How far the platform's budget of today is from ours, because people took theirs for right. */
const adoptedMinor = (lines: readonly LedgerLine[], account: string, today: string | undefined): bigint =>
  lines
    .filter(({ kind, debit, day }) => kind === 'adopt' && debit === account && day === today)
    .reduce((sum, { theirsMinor, oursMinor }) => sum + BigInt(theirsMinor ?? 0) - BigInt(oursMinor ?? 0), 0n);

function openHolds(lines: readonly string[], pending: readonly string[]): AppError {
  const wanted = new Set(pending);
  const made = lines
    .map((text) => JSON.parse(text) as LedgerLine)
    .filter(({ kind, pendingId }) => kind === 'reserve' && wanted.has(pendingId ?? ''));
  const shown = made
    .slice(0, 5)
    .map(({ moveId, debit, credit, amountMinor }) => `${moveId}: ${debit} → ${credit} ${amountMinor}`);
  const more = made.length > 5 ? ` and ${made.length - 5} more` : '';
  return new AppError(
    'conflict',
    `${made.length} requests still hold money (${shown.join('; ')}${more}): decide on them or withdraw them and export again, or import with --release, which gives it back`,
    { extra: { holds: pending } },
  );
}
