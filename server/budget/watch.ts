import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import type { LedgerSeal } from '#contract/budget';
import type { Log } from '../room/log.ts';
import { loadScript, runScript } from '../store/scripts.ts';
import { timelineArgs } from '../store/timeline.ts';
import { keyPrint, sealMac } from './domain/line.ts';
import { type LedgerFault, LedgerReader } from './domain/verify.ts';
import type { Ledger } from './ledger.ts';
import { systemActor } from './moves.ts';
import type { MoneyKeys } from './store/money-keys.ts';

const sealScript = loadScript('seal-ledger-2');
const haltScript = loadScript('halt-ledger-4');
/** Lines folded between two breaths. */
const CHUNK = 1_000;
/** Every so many checks the ledger is read from its first line again: lines behind us can be changed, too. */
const WHOLE_EVERY = 60;
/** The head is said in the log this often, ms: an anchor outside the store. */
const ANCHOR_EVERY_MS = 3_600_000;

export interface WatchDeps {
  readonly redis: Redis;
  readonly keys: MoneyKeys;
  readonly ledger: Ledger;
  readonly sealKey: Buffer;
  readonly log: Log;
  readonly nowMs: () => number;
  /** Folder of the anchors; null: none is written. */
  readonly dataDir: string | null;
}

/** Seals the ledger, and holds it against the balances; one that does not add up stops all money writes. */
export function createWatch({ redis, keys, ledger, sealKey, log, nowMs, dataDir }: WatchDeps) {
  let reader = new LedgerReader(null);
  let checks = 0;
  let fault: LedgerFault | null = null;
  let anchoredAtMs = 0;

  /** Seals made with another key than this node's cannot be checked here, which is no fault of the ledger. */
  async function ownKey(): Promise<Buffer | null> {
    const print = await redis.hget(keys.head, 'sealKey');
    return print === null || print === keyPrint(sealKey) ? sealKey : null;
  }

  /** Reads lines and seals up to what the balances are of; both are looked at in one step. */
  async function check(): Promise<LedgerFault | null> {
    if (checks % WHOLE_EVERY === 0 || reader.fault !== null) reader = new LedgerReader(await ownKey());
    checks += 1;
    const replies = await redis
      .multi()
      .hget(keys.head, 'seq')
      .hgetall(keys.accounts)
      .hgetall(keys.holds)
      .hget(keys.head, 'sealedSeq')
      .exec();
    const [seq, accounts, holds, sealed] = (replies ?? []).map(([error, reply]) => {
      if (error) throw error;
      return reply;
    });
    const upTo = Number(seq ?? 0);
    const seals = await ledger.seals(reader.sealedSeq, 100_000);
    const due = seals.filter(({ to }) => to <= Number(sealed ?? 0));
    while (reader.fault === null && reader.seq < upTo) {
      const texts = await ledger.lines(reader.seq, Math.min(CHUNK, upTo - reader.seq));
      if (texts.length === 0) {
        fault = { seq: reader.seq + 1, what: `lines ${reader.seq + 1}–${upTo} are gone` };
        return fault;
      }
      for (const text of texts) {
        reader.line(text);
        while (due[0] !== undefined && due[0].to === reader.seq) reader.take(due.shift() as LedgerSeal);
      }
    }
    for (const seal of due) reader.take(seal);
    fault = reader.compare((accounts ?? {}) as Record<string, string>, (holds ?? {}) as Record<string, string>);
    return fault;
  }

  async function halt(reason: string): Promise<void> {
    const kind = reason === '' ? ('budget.ledger_resumed' as const) : ('budget.ledger_frozen' as const);
    const [body, epoch] = timelineArgs({ kind, actor: systemActor('ledger'), params: { reason } });
    await runScript(redis, haltScript, [keys.head, ...keys.timeline], [reason, body, epoch, nowMs()]);
  }

  return {
    /** null: it adds up. A fault stops money writes; `resume` is what lets them go on. */
    async run(): Promise<LedgerFault | null> {
      const found = await check();
      if (found === null) await redis.hset(keys.head, 'checkedAt', String(nowMs()));
      else {
        log.error(
          { code: 'ledger_mismatch', seq: found.seq, what: found.what },
          'the ledger does not add up; money writes are stopped',
        );
        await halt(`line ${found.seq}: ${found.what}`);
      }
      return found;
    },
    /** Lets money move again after the ledger was put right. Refused (false) while it does not add up. */
    async resume(): Promise<boolean> {
      reader = new LedgerReader(await ownKey());
      if ((await check()) !== null) return false;
      await redis.hset(keys.head, 'checkedAt', String(nowMs()));
      await halt('');
      return true;
    },
    get fault(): LedgerFault | null {
      return fault;
    },
    /** Seals what has been written since the last seal. Returns how many lines. */
    async seal(): Promise<number> {
      const before = await ledger.lastSeal();
      const from = (before?.to ?? 0) + 1;
      const texts = await ledger.lines(from - 1, CHUNK);
      const last = texts.at(-1);
      if (last === undefined) return 0;
      const head = /"hash":"([0-9a-f]{40})"\}$/.exec(last)?.[1] ?? '';
      const range = { from, to: from + texts.length - 1, head, at: nowMs() };
      const seal: LedgerSeal = { ...range, mac: sealMac(sealKey, before, range, texts) };
      const kept = await runScript(
        redis,
        sealScript,
        [keys.head, keys.seals],
        [from - 1, seal.to, JSON.stringify(seal), keyPrint(sealKey)],
      );
      if (kept === -1)
        log.error(
          { code: 'seal_key_differs' },
          'this node has another LEDGER_SEAL_KEY than the one that seals the ledger; give all nodes the same',
        );
      if (kept === 1) anchor(seal);
      return kept === 1 ? texts.length : 0;
    },
  };

  /** Where the ledger stood, outside the store: what is cut off behind it shows. */
  function anchor({ to, head, mac, at }: LedgerSeal): void {
    if (at - anchoredAtMs < ANCHOR_EVERY_MS) return;
    anchoredAtMs = at;
    log.info({ code: 'ledger_anchor', seq: to, head, mac }, 'the ledger is sealed up to here');
    if (dataDir === null) return;
    mkdirSync(dataDir, { recursive: true });
    appendFileSync(
      join(dataDir, 'ledger-anchors.jsonl'),
      `${JSON.stringify({ ledger: keys.ledger, seq: to, head, mac, at })}\n`,
      { mode: 0o600 },
    );
  }
}
export type Watch = ReturnType<typeof createWatch>;
