import type { AccountChange, Bound } from '#contract/budget';
import type { Wanted } from './domain/request.ts';
import { accountOf, isRefusal, type Judged, type JudgedGuard, type JudgedRow, stopperOf } from './store/money-store.ts';

/** Every limit that says something about a change, met or not. */
export function boundsOf({ refused, guards }: Judged): Bound[] {
  if (refused !== null && isRefusal(refused.code)) {
    const { code, account, limitMinor, askedMinor, until, by, who } = refused;
    return [{ code, account, limitMinor, askedMinor, until, by, who, violated: true }];
  }
  return guards.flatMap(({ guard, met, limitMinor, askedMinor, until }: JudgedGuard): Bound[] => {
    const [, code] = guard;
    if (!isRefusal(code) || code === 'version_stale')
      return met || !isRefusal(code)
        ? []
        : [{ code, account: accountOf(guard), limitMinor: null, askedMinor: null, until: null, violated: true }];
    if (met && limitMinor === null) return [];
    return [
      {
        code,
        account: accountOf(guard),
        limitMinor,
        askedMinor,
        until: until === 0 ? null : until,
        violated: !met,
        ...stopperOf(guard),
      },
    ];
  });
}
const availableOf = ({ creditsPosted, debitsPosted, debitsPending }: JudgedRow): number =>
  creditsPosted - debitsPosted - debitsPending;
/** Each touched account before, and after everything asked for has come about. */
export function changesOf({ rows, guards }: Judged, { legs }: Wanted): AccountChange[] {
  return [...rows].flatMap(([account, { before, allocationVersion }]): AccountChange[] => {
    if (account === 'funding') return [];
    const delta = legs.reduce(
      (sum, leg) => sum + (leg.to === account ? leg.amountMinor : 0) - (leg.from === account ? leg.amountMinor : 0),
      0,
    );
    const exposure =
      guards.find(({ guard, exposureMinor }) => guard[2] === account && exposureMinor !== null)?.exposureMinor ?? 0;
    const side = (allocated: number, available: number) => ({
      allocated,
      available,
      releasable: Math.max(0, available - exposure),
    });
    const available = availableOf(before);
    return [
      {
        account,
        before: side(before.allocated, available),
        after: side(before.allocated + delta, available + delta),
        allocationVersion,
      },
    ];
  });
}
