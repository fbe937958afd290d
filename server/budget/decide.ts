import type { Approval, Move } from '#contract/budget';
import { AppError } from '#contract/errors';
import { commands, isSamePerson, seatFor } from './domain/approvals.ts';
import {
  approve,
  cardTaken,
  decidedDue,
  decidedSums,
  type EndState,
  end,
  escalate,
  freedEntries,
  metaOf,
  uncountedSums,
} from './domain/move.ts';
import { type DueChange, type Guard, NOTHING, type Plan } from './domain/plan.ts';
import { STAGES } from './domain/policy.ts';
import { refusal } from './domain/refusals.ts';
import { flows, releasableGuards, standstillGuards } from './domain/request.ts';
import { begin, linked } from './domain/settle.ts';
import { assertVoidable } from './domain/states.ts';
import type { World } from './domain/world.ts';
import {
  type Ask,
  byPerson,
  changeMove,
  commandOf,
  type Decided,
  entryOf,
  type MovesDeps,
  type Outcome,
  personOf,
  planFor,
  stepPlan,
  systemActor,
} from './moves.ts';

interface Ended {
  readonly ask: Ask | null;
  readonly reason: string | null;
  readonly approval?: Approval;
  readonly outcome?: string;
}

/** Deciding on moves: people who approve, reject, withdraw and review, and the clock that escalates and expires. */
export function createDecide(deps: MovesDeps) {
  /** A request that ends without being carried out; its money is given back. */
  async function ended(move: Move, state: EndState, world: World, by: Ended): Promise<Decided> {
    const next = end(move, state, world.nowMs, by.outcome ?? null, by.approval);
    const actor = by.ask === null ? systemActor('budget') : byPerson(by.ask);
    const plan = planFor(next, move);
    // what was not taken back after all may be asked for again
    const undone = move.undoOf === null ? null : await deps.store.move(move.undoOf);
    const again =
      undone === null ? [] : planFor({ ...undone, undoneBy: null, version: undone.version + 1 }, undone).moves;
    const told = entryOf(
      `budget.${state}`,
      next,
      actor,
      by.ask?.requestId ?? null,
      by.reason === null ? {} : { reason: by.reason },
    );
    return {
      plan: {
        ...NOTHING,
        ...plan,
        moves: [...plan.moves, ...again],
        entries: freedEntries(move, state === 'expired' ? 'expire' : 'void', metaOf(move, actor, null)),
        sums: uncountedSums(move),
        rails: [
          ...(state === 'rejected' ? decidedSums(move, world.nowMs) : []),
          ...cardTaken(move.recommendationId, ''),
        ],
        due: decidedDue(move),
      },
      timeline: [told],
    };
  }

  /** The guards that are judged again when the money is posted: terms may be old by now, and a platform may charge more. */
  function postingGuards(move: Move, world: World): Guard[] {
    const versions = Object.entries(move.expected).map(
      ([account, version]): Guard => ['version', 'version_stale', account, String(version)],
    );
    const closed: Guard[] = world.nowMs >= world.closesAtMs ? [['never', 'campaign_closed', '', '']] : [];
    const releasable = [...flows(move.legs).out.keys()].flatMap((account) => releasableGuards(account, world));
    return [...versions, ...closed, ...releasable, ...standstillGuards(move, world)];
  }
  function railsOf(move: Move): Plan['rails'] {
    return move.rails.flatMap(({ account, floor, cap, pinned }) => [
      ['set', `${account}|floor`, String(floor)] as const,
      ['set', `${account}|cap`, cap === null ? '' : String(cap)] as const,
      ['set', `${account}|pinned`, pinned ? '1' : ''] as const,
      ['add', `${account}|version`, '1'] as const,
    ]);
  }

  function approved(move: Move, terms: string, ask: Ask): Decided {
    const world = deps.world();
    const person = personOf(ask.by);
    const seat = seatFor(move, person, deps.staff(), world.policy);
    if (move.expiresAt !== null && world.nowMs >= move.expiresAt) throw refusal('pending_expired');
    if (terms !== move.terms || move.policyVersion !== world.policy.version)
      throw refusal('approval_void_body_changed');
    const approval: Approval = { by: person, ...seat, decision: 'approve', terms, reason: null, at: world.nowMs };
    const { move: next, complete } = approve(move, approval);
    const actor = byPerson(ask);
    const told = entryOf('budget.approved', next, actor, ask.requestId, {
      seat: seat.seat,
      ...(seat.as === null ? {} : { as: seat.as }),
    });
    if (!complete) return { plan: { ...NOTHING, ...planFor(next, move) }, timeline: [told] };
    const meta = metaOf(move, actor, move.requestedBy);
    const step = begin({ ...next, version: move.version }, linked(world.links), meta, world.nowMs);
    const parts = stepPlan(step, world);
    const within = move.rails.map(
      ({ account, floor, cap }): Guard => [
        'within',
        'infeasible',
        account,
        String(floor),
        cap === null ? '' : String(cap),
      ],
    );
    const plan: Plan = {
      ...NOTHING,
      ...planFor(step.move, move),
      ...parts,
      rails: [...parts.rails, ...railsOf(move), ...decidedSums(move, world.nowMs)],
      guards: [...postingGuards(move, world), ...within],
      due: decidedDue(move),
      ...(move.emergency ? { emergency: true as const } : {}),
    };
    const settled = step.move.state === 'settled' ? [entryOf('budget.settled', step.move, actor, ask.requestId)] : [];
    const rails = move.rails.map(({ account, floor, cap, pinned }) =>
      entryOf('budget.rails_changed', step.move, actor, ask.requestId, {
        account,
        floor,
        cap: cap ?? '',
        pinned: pinned ? 1 : 0,
      }),
    );
    return { plan, timeline: [told, ...settled, ...rails] };
  }

  return {
    /** @throws {AppError} in the order of contract/budget.ts */
    approve: (id: string, terms: string, ask: Ask): Promise<Outcome> =>
      changeMove(
        deps,
        id,
        commandOf(deps, ask, 'approve', { id, terms }),
        (move) => approved(move, terms, ask),
        // its terms are void for good: the money goes back now, not when the time runs out
        (move, code) =>
          code === 'version_stale'
            ? ended(move, 'stale', deps.world(), { ask: null, reason: code, outcome: code })
            : null,
      ),
    reject: (id: string, reason: string, terms: string | null, ask: Ask): Promise<Outcome> =>
      changeMove(deps, id, commandOf(deps, ask, 'reject', { id, reason, terms }), (move) => {
        const world = deps.world();
        const person = personOf(ask.by);
        const seat = seatFor(move, person, deps.staff(), world.policy);
        if (terms !== null && terms !== move.terms) throw refusal('approval_void_body_changed');
        const approval: Approval = {
          by: person,
          ...seat,
          decision: 'reject',
          terms: move.terms,
          reason,
          at: world.nowMs,
        };
        return ended(move, 'rejected', world, { ask, reason, approval });
      }),
    /** Whoever asked may withdraw it until it is approved. @throws {AppError} `forbidden` for anybody else */
    cancel: (id: string, reason: string | null, ask: Ask): Promise<Outcome> =>
      changeMove(deps, id, commandOf(deps, ask, 'cancel', { id, reason }), (move) => {
        if (move.requestedBy.id !== personOf(ask.by).id)
          throw new AppError(
            'forbidden',
            `only ${move.requestedBy.name} withdraws this; whoever is asked may reject it`,
          );
        assertVoidable(move);
        return ended(move, 'cancelled', deps.world(), { ask, reason });
      }),
    /** T4, and what nobody asked for: two people look at it afterwards. */
    review: (id: string, note: string | null, ask: Ask): Promise<Outcome> =>
      changeMove(deps, id, commandOf(deps, ask, 'review', { id, note }), (move) => {
        const person = personOf(ask.by);
        if (move.tier !== 'T4' && move.forced !== true)
          throw new AppError('conflict', 'only emergency moves (T4) and forced ones are reviewed');
        if ([move.requestedBy, ...move.reviewedBy].some((by) => isSamePerson(by, person)))
          throw refusal('self_approval');
        const reviewedBy = [...move.reviewedBy, person];
        const done = reviewedBy.length >= 2;
        const next: Move = { ...move, reviewedBy, reviewBy: done ? null : move.reviewBy, version: move.version + 1 };
        const due: DueChange[] = done ? [{ queue: 'review', id, atMs: null }] : [];
        return {
          plan: { ...NOTHING, ...planFor(next, move), due },
          timeline: [
            entryOf('budget.reviewed', next, byPerson(ask), ask.requestId, note === null ? {} : { reason: note }),
          ],
        };
      }),

    // ---- due work: safe to repeat, and nothing when somebody was faster
    expire: (id: string): Promise<Outcome> =>
      changeMove(deps, id, null, (move) => {
        const world = deps.world();
        if (move.state !== 'awaiting_approval' || move.expiresAt === null || world.nowMs < move.expiresAt) return null;
        return ended(move, 'expired', world, { ask: null, reason: null });
      }),
    escalate: (id: string): Promise<Outcome> =>
      changeMove(deps, id, null, (move) => {
        const world = deps.world();
        const more = move.escalation + 1 < STAGES[move.tier].length;
        if (move.state !== 'awaiting_approval' || move.decideBy === null || world.nowMs < move.decideBy || !more)
          return null;
        const next = escalate(move, world.policy, world.nowMs);
        return {
          plan: { ...NOTHING, ...planFor(next, move) },
          timeline: [entryOf('budget.escalated', next, systemActor('budget'), null, { stage: next.escalation })],
        };
      }),
    reviewOverdue: (id: string): Promise<Outcome> =>
      changeMove(deps, id, null, (move) => {
        if (move.reviewBy === null || move.reviewedBy.length >= 2) return null;
        const next: Move = { ...move, reviewBy: null, outcome: 'review_overdue', version: move.version + 1 };
        return {
          plan: { ...NOTHING, ...planFor(next, move) },
          timeline: [entryOf('budget.review_overdue', next, systemActor('budget'), null)],
        };
      }),
    commands: (person: { readonly name: string }): boolean => commands(person, deps.staff(), deps.world().policy),
  };
}
