import type { Move } from '#contract/budget';
import { FORCED_AT } from './book.ts';
import { chan, RESERVE } from './domain/accounts.ts';
import { metaOf } from './domain/move.ts';
import { NOTHING, type Plan } from './domain/plan.ts';
import { termsOf } from './domain/request.ts';
import { entryOf, type MovesDeps, newMoveId, planFor, systemActor } from './moves.ts';
import type { JudgedRow } from './store/money-store.ts';

/** A channel that goes on overspending is covered once in so long, ms: each cover is a move that two people look at. */
export const FORCED_EVERY_MS = 60_000;
const actor = systemActor('budget');
const balanceOf = ({ creditsPosted, debitsPosted }: JudgedRow): number => creditsPosted - debitsPosted;

/**
 * Pays what a platform charged beyond a channel's budget from the reserve. It is a fact, so nobody is asked and no rail, share or
 * freeze stops it: what the reserve has is what it pays, the rest stays open. Its trace is a move of its own that people look at.
 */
export function createForcedCover({ store, world }: Pick<MovesDeps, 'store' | 'world'>) {
  function moveOf(channel: string, amountMinor: number): Move {
    const { nowMs, policy } = world();
    const id = newMoveId(nowMs);
    const leg = { from: RESERVE, to: `cover:${channel}`, amountMinor };
    const wanted = { legs: [leg], rails: [], expected: {}, emergency: true, undoOf: null };
    return {
      id,
      state: 'settled',
      tier: 'T3',
      legs: [{ ...leg, state: 'settled', holdId: `${id}-0`, postedMinor: amountMinor, returnedMinor: 0, receipts: [] }],
      rails: [],
      reason: `${channel} was charged beyond its budget`,
      requestedBy: { id: actor.id, name: actor.id },
      requestedAt: nowMs,
      terms: termsOf(wanted, policy.version),
      policyVersion: policy.version,
      expected: {},
      emergency: true,
      forced: true,
      recommendationId: null,
      undoOf: null,
      undoneBy: null,
      undoPartialMinor: 0,
      approvals: [],
      escalation: 0,
      decideBy: null,
      expiresAt: null,
      reviewBy: nowMs + policy.reviewMs,
      reviewedBy: [],
      endedAt: nowMs,
      outcome: null,
      version: 1,
    };
  }
  const planOf = (move: Move, channel: string): Plan => {
    const { from, to, amountMinor } = move.legs[0] as Move['legs'][number];
    const meta = metaOf(move, actor, null);
    return {
      ...NOTHING,
      ...planFor(move, null),
      guards: [
        ['covered', 'already_settled', to],
        ['available', 'insufficient_available', from],
      ],
      entries: [{ kind: 'cover', debit: from, credit: to, amount: String(amountMinor), meta }],
      rails: [['set', `${chan(channel)}|${FORCED_AT}`, String(move.requestedAt)]],
      due: [{ queue: 'review', id: move.id, atMs: move.reviewBy }],
    };
  };

  return {
    /** Covers one channel as far as the reserve reaches. @returns what it paid, minor units; 0: nothing to pay, or nothing to pay with */
    async cover(channel: string, everyMs = FORCED_EVERY_MS): Promise<number> {
      const probe = planOf(moveOf(channel, 1), channel);
      const lastMs = Number((await store.rail(`${chan(channel)}|${FORCED_AT}`)) ?? 0);
      if (world().nowMs - lastMs < everyMs) return 0;
      const { rows, refused } = await store.judge({
        ...probe,
        guards: [['available', 'insufficient_available', chan(channel)]],
      });
      const [reserve, cover, own] = [RESERVE, `cover:${channel}`, chan(channel)].map((id) => rows.get(id)?.before);
      if (refused !== null || reserve === undefined || cover === undefined || own === undefined) return 0;
      // what the channel has only promised to others is its own until they get it: given back, it covers first
      const openMinor = cover.debitsPosted - cover.creditsPosted - own.debitsPending;
      const freeMinor = reserve.creditsPosted - reserve.debitsPosted - reserve.debitsPending;
      const amountMinor = Math.min(openMinor, freeMinor);
      if (amountMinor <= 0) return 0;
      const move = moveOf(channel, amountMinor);
      const told = { channel, leftMinor: openMinor - amountMinor };
      const applied = await store.apply(
        planOf(move, channel),
        [entryOf('budget.forced', move, actor, null, told)],
        null,
      );
      // refused: somebody covered it, or took from the reserve, meanwhile; what is left is looked at again
      return applied.kind === 'done' ? amountMinor : 0;
    },
    /**
     * The way back, for a channel without a platform link: nobody can tell which part of a raise pays for what was charged, so what
     * comes free on it goes to the reserve first, up to what that has paid. With a link the raise itself says so (`receive`, BUD25).
     * @returns what was paid back, minor units
     */
    async repay(channel: string): Promise<number> {
      const { links, policy } = world();
      if (links.has(channel)) return 0;
      const guards: Plan['guards'] = [
        ['lent', 'exceeds_pending', chan(channel)],
        ['available', 'insufficient_available', chan(channel)],
      ];
      const { rows } = await store.judge({ ...NOTHING, id: 'probe', reply: '', guards });
      const [own, paid, cover] = [chan(channel), `spend:${channel}`, `cover:${channel}`].map(
        (id) => rows.get(id)?.before,
      );
      if (own === undefined || paid === undefined || cover === undefined) return 0;
      const openMinor = Math.max(0, -balanceOf(cover));
      const lentMinor = balanceOf(paid) - (own.allocated - balanceOf(own)) - openMinor;
      const amountMinor = openMinor > 0 ? 0 : Math.min(lentMinor, balanceOf(own) - own.debitsPending);
      if (amountMinor <= 0) return 0;
      const reason = `${channel} pays back what the reserve had paid for it`;
      const meta = JSON.stringify({ actor, policyVersion: policy.version, reason }).slice(1, -1);
      const entry = {
        kind: 'cover' as const,
        debit: chan(channel),
        credit: RESERVE,
        amount: String(amountMinor),
        meta,
      };
      const applied = await store.apply(
        { ...NOTHING, id: `r-${channel}`, reply: '', guards, entries: [entry] },
        [{ kind: 'budget.repaid', actor, params: { channel, amountMinor } }],
        null,
      );
      // refused: some of it was spent or given back meanwhile; what is left is looked at again
      return applied.kind === 'done' ? amountMinor : 0;
    },
  };
}
export type ForcedCover = ReturnType<typeof createForcedCover>;
