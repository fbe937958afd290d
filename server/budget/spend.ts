import type { Redis } from 'ioredis';
import { loadScript, runScript, type Script } from '../store/scripts.ts';
import { timelineArgs } from '../store/timeline.ts';
import { systemActor } from './moves.ts';
import type { MoneyKeys } from './store/money-keys.ts';

const bookScript = loadScript('book-spend-8');
/** Cumulative spend of one channel and day, as its newest report says. */
export interface SpendReport {
  readonly channel: string;
  readonly day: string;
  readonly spendMinor: number;
}
export interface Booked {
  readonly bookedMinor: number;
  readonly overspentBeforeMinor: number;
  readonly overspentMinor: number;
}

/** Books reported spend: what is told twice is booked once, what is told lower is booked back. */
export function createSpend(redis: Redis, keys: MoneyKeys, policyVersion: () => number, script: Script = bookScript) {
  const scriptKeys = [keys.head, keys.ledger, keys.accounts, keys.holds, keys.booked, ...keys.timeline];
  const actor = systemActor('spend');

  /** null: money writes are stopped. */
  async function book({
    channel,
    day,
    spendMinor,
  }: {
    channel: string;
    day: string;
    spendMinor: number | null;
  }): Promise<Booked | null> {
    const meta = JSON.stringify({ actor, policyVersion: policyVersion(), reason: 'ad.reported', day }).slice(1, -1);
    const [over, epoch] = timelineArgs({ kind: 'budget.overspent', actor, params: { channel, day } });
    const [covered] = timelineArgs({ kind: 'budget.covered', actor, params: { channel, day } });
    const reply = (await runScript(redis, script, scriptKeys, [
      channel,
      day,
      spendMinor === null ? '' : String(spendMinor),
      `s-${channel}`,
      meta,
      over,
      covered,
      epoch,
    ])) as string[];
    if (reply[0] === 'frozen') return null;
    const [bookedMinor = 0, overspentBeforeMinor = 0, overspentMinor = 0] = reply.map(Number);
    return { bookedMinor, overspentBeforeMinor, overspentMinor };
  }

  return {
    book,
    /** All reports that differ from what is booked; the others cost nothing. Channels with an open overspend are looked at, too. */
    async run(reports: readonly SpendReport[], open: readonly string[]): Promise<number> {
      const booked = await redis.hgetall(keys.booked);
      let count = 0;
      for (const report of reports) {
        if (Number(booked[`${report.channel}|${report.day}`] ?? 0) === report.spendMinor) continue;
        if ((await book(report)) !== null) count += 1;
      }
      for (const channel of open) await book({ channel, day: '', spendMinor: null });
      return count;
    },
  };
}
export type Spend = ReturnType<typeof createSpend>;
