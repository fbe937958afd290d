import { dueKeys } from '../../room/due.ts';
import { coreKey } from '../../store/keys.ts';
import { timelineKeyList, timelineKeys } from '../../store/timeline.ts';
import { DUE_KIND, type DueQueue } from '../domain/plan.ts';

export const DUE_QUEUES: readonly DueQueue[] = ['expire', 'escalate', 'outbox', 'review'];

/** Keys of money; `fixed` are the first 21 of apply-money, in its order. */
export function moneyKeys(prefix: string, instance: string) {
  const key = (name: string): string => coreKey(prefix, instance, `budget:${name}`);
  const due = dueKeys(prefix, instance);
  const timeline = timelineKeyList(timelineKeys(prefix, instance));
  const keys = {
    /** seq, hash, revision, commandSeq, sealedSeq, checkedAt, frozenReason, frozenAt */
    head: key('head'),
    ledger: key('ledger'),
    seals: key('seals'),
    accounts: key('accounts'),
    holds: key('holds'),
    /** `<account>|floor`, cap, pinned, version, cooldownUntil, target */
    rails: key('rails'),
    frozen: key('frozen'),
    freezes: key('freezes'),
    moves: key('moves'),
    moveVersions: key('move-versions'),
    moveIndex: key('move-index'),
    commands: key('commands'),
    openCommands: key('open-commands'),
    /** `<channel>|<day>` → minor units booked */
    booked: key('booked'),
    /** account → `<ms>:<minor> …`: what a channel's allocation was before each change of the last day */
    past: key('past'),
    sum: (dimension: string) => key(`sum:${dimension}`),
    nobody: coreKey(prefix, instance, 'idem:none'),
    timeline,
  };
  const fixed = [
    keys.head,
    keys.ledger,
    keys.accounts,
    keys.holds,
    keys.rails,
    keys.frozen,
    keys.freezes,
    keys.moves,
    keys.moveVersions,
    keys.moveIndex,
    keys.commands,
    keys.openCommands,
    ...timeline,
    due.items,
    due.claims,
    ...DUE_QUEUES.map((queue) => due.queue(DUE_KIND[queue])),
  ];
  return { ...keys, fixed };
}
export type MoneyKeys = ReturnType<typeof moneyKeys>;
