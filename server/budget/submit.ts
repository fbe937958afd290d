import { createHmac, timingSafeEqual } from 'node:crypto';
import type {
  ApprovalTier,
  BudgetRefusal,
  ExpectedEffect,
  Leg,
  Move,
  MovePreview,
  Objective,
  TransferBody,
} from '#contract/budget';
import { AppError } from '#contract/errors';
import { commands, openSeats } from './domain/approvals.ts';
import { askedDue, cardTaken, countedSums, holdEntries, metaOf, submit } from './domain/move.ts';
import { NOTHING, type Plan } from './domain/plan.ts';
import { nextTier, slaOf } from './domain/policy.ts';
import { leftOf, precedenceOf, refusal } from './domain/refusals.ts';
import { cardGuards, firstTier, readRequest, requestGuards, termsOf, type Wanted } from './domain/request.ts';
import { begin, linked, reversed } from './domain/settle.ts';
import { assertPlatformAnswered } from './domain/states.ts';
import type { World } from './domain/world.ts';
import {
  type Ask,
  byPerson,
  commandOf,
  entryOf,
  type MovesDeps,
  newMoveId,
  type Outcome,
  personOf,
  planFor,
  readReply,
  refuse,
  stepPlan,
} from './moves.ts';
import { boundsOf, changesOf } from './preview.ts';
import { accountOf, isRefusal, type Judged } from './store/money-store.ts';

/** A hold-to-confirm token is good for so long, ms. */
const CONFIRM_KEEP_MS = 5 * 60_000;

export interface SubmitDeps extends MovesDeps {
  readonly effect: (legs: readonly Leg[], objective?: Objective) => ExpectedEffect | null;
}
interface Request {
  readonly wanted: Wanted;
  readonly reason: string;
  readonly recommendationId: string | null;
  readonly undoPartialMinor: number;
  /** The move that is taken back. */
  readonly undone: Move | null;
  readonly confirmToken: string | null;
}

/** Asking for money to be moved: previewed, judged, and held in one step. */
export function createSubmit(deps: SubmitDeps) {
  const { store } = deps;

  /** `issuedAt.mac`: proves that the terms were on screen for as long as the button must be held. */
  const tokenOf = (terms: string, personId: string, issuedAtMs: number): string =>
    `${issuedAtMs}.${createHmac('sha256', deps.secret).update(`hold ${terms} ${personId} ${issuedAtMs}`).digest('hex')}`;
  function confirmed(token: string | null, terms: string, personId: string, world: World): boolean {
    if (token === null) return false;
    const issuedAtMs = Number(token.slice(0, token.indexOf('.')));
    const wanted = Buffer.from(tokenOf(terms, personId, issuedAtMs));
    const given = Buffer.from(token);
    const heldMs = world.nowMs - issuedAtMs;
    const good = wanted.length === given.length && timingSafeEqual(wanted, given);
    if (good && heldMs >= world.policy.holdToConfirmMs && heldMs <= CONFIRM_KEEP_MS) return true;
    throw new AppError(
      'validation',
      `hold the button for ${world.policy.holdToConfirmMs / 1_000} s on these very terms, then send its token`,
      {
        field: '/confirm/token',
      },
    );
  }

  /** The plan of a request at a tier; guards come first, so that a preview and the request are judged alike. */
  function planOf(request: Request, tier: ApprovalTier, world: World, ask: Pick<Ask, 'by' | 'requestId'>, id: string) {
    const by = personOf(ask.by);
    const { wanted, reason, recommendationId, undoPartialMinor, undone } = request;
    const asked = submit(wanted, tier, world.policy, world.nowMs, {
      id,
      by,
      reason,
      recommendationId,
      undoPartialMinor,
    });
    const actor = byPerson({ ...ask, key: '' });
    const meta = metaOf(asked, actor, null);
    const guards = [...cardGuards(recommendationId), ...requestGuards(wanted, world, by.id, tier)];
    const holds = holdEntries(asked, meta);
    const step = asked.state === 'submitted' ? begin(asked, linked(world.links), meta, world.nowMs) : null;
    const move = step?.move ?? asked;
    const entries = [...holds, ...(step?.entries ?? [])];
    const base = {
      ...NOTHING,
      ...planFor(move, null),
      ...(step === null ? {} : stepPlan(step, world)),
      guards,
      entries,
    };
    const takenBack = undone === null ? null : { ...undone, undoneBy: id, version: undone.version + 1 };
    const plan: Plan = {
      ...base,
      moves: [...base.moves, ...(takenBack === null ? [] : planFor(takenBack, undone).moves)],
      rails: [...base.rails, ...cardTaken(recommendationId, id)],
      sums: countedSums(move),
      due: askedDue(move),
      ...(wanted.emergency ? { emergency: true as const } : {}),
    };
    const kind = undone === null ? ('budget.requested' as const) : ('budget.undo_requested' as const);
    const timeline = [
      entryOf(kind, asked, actor, ask.requestId, { reason, ...(undone === null ? {} : { undoOf: undone.id }) }),
      ...(move.state === 'settled' ? [entryOf('budget.settled', move, actor, ask.requestId)] : []),
    ];
    return { plan, timeline, move };
  }

  function tierOf(request: Request, world: World, ask: Ask): ApprovalTier {
    const by = personOf(ask.by);
    const { wanted, undone, recommendationId } = request;
    const card = recommendationId === null ? null : world.card(recommendationId);
    const terms = termsOf(wanted, world.policy.version);
    const tier = firstTier(wanted, world, { card, confirmed: confirmed(request.confirmToken, terms, by.id, world) });
    if (tier === 'T4' && !commands(by, deps.staff(), world.policy))
      throw refusal('role_not_on_duty', { extra: { seat: 'commander' } });
    // what went through at once goes back at once, while its time lasts
    const quick =
      undone?.tier === 'T0' &&
      undone.requestedBy.id === by.id &&
      world.nowMs - (undone.endedAt ?? 0) <= world.policy.undoMs;
    return quick ? 'T0' : tier;
  }

  async function take(request: Request, ask: Ask, route: string, asked: unknown): Promise<Outcome> {
    const world = deps.world();
    const command = commandOf(deps, ask, route, asked);
    const id = newMoveId(world.nowMs);
    let tier: ApprovalTier;
    try {
      tier = tierOf(request, world, ask);
    } catch (error) {
      const before = await store.replayed(command);
      if (before !== null) return { move: readReply(before), replayed: true };
      throw error;
    }
    for (;;) {
      const { plan, timeline } = planOf(request, tier, world, ask, id);
      const applied = await store.apply(plan, timeline, command);
      if (applied.kind === 'conflict')
        throw new AppError('conflict', 'this transfer has just changed; look at it again');
      if (applied.kind !== 'refused') return { move: readReply(applied.reply), replayed: applied.kind === 'replay' };
      if (isRefusal(applied.code)) refuse(applied);
      tier = nextTier(tier); // with what was moved within the day it is more than this tier may decide
    }
  }

  async function preview(request: Request, ask: Ask): Promise<MovePreview> {
    const world = deps.world();
    const by = personOf(ask.by);
    const { wanted } = request;
    const terms = termsOf(wanted, world.policy.version);
    const card = request.recommendationId === null ? null : world.card(request.recommendationId);
    let tier = firstTier(wanted, world, { card, confirmed: true });
    let judged: Judged;
    for (;;) {
      judged = await store.judge(planOf(request, tier, world, ask, newMoveId(world.nowMs)).plan);
      const raised = judged.guards.some(({ guard, met }) => guard[1] === 'tier' && !met);
      if (!raised) break;
      tier = nextTier(tier);
    }
    const { move } = planOf(request, tier, world, ask, newMoveId(world.nowMs));
    const bounds = boundsOf(judged);
    const first = bounds
      .filter(({ violated }) => violated)
      .sort((a, b) => precedenceOf(a.code) - precedenceOf(b.code))[0];
    const dutyRefusal =
      tier === 'T4' && !commands(by, deps.staff(), world.policy) ? ('role_not_on_duty' as const) : null;
    const wrong = dutyRefusal ?? first?.code ?? null;
    const left = wrong === null ? null : leftOf(wrong, first?.by);
    const words = (code: BudgetRefusal): string =>
      refusal(code, {
        account: first?.account ?? null,
        limitMinor: first?.limitMinor ?? null,
        askedMinor: first?.askedMinor ?? null,
        until: first?.until ?? null,
        by: first?.by ?? null,
        who: first?.who ?? null,
      }).message;
    return {
      refusal:
        wrong === null ? null : { code: wrong, message: words(wrong), ...(left === null ? {} : { allowed: left }) },
      tier,
      seats: openSeats(
        { ...move, state: tier === 'T0' || tier === 'T4' ? 'settled' : 'draft' },
        deps.staff(),
        world.policy,
      ),
      legs: wanted.legs,
      changes: changesOf(judged, wanted),
      bounds,
      // of what the card was made for: money kept back brings no sales
      effect: deps.effect(wanted.legs, card?.effect.objective),
      decideWithinMs: slaOf(world.policy, tier) || null,
      undoWithinMs: tier === 'T0' && request.undone === null ? world.policy.undoMs : null,
      terms,
      policyVersion: world.policy.version,
      undoPartialMinor: request.undoPartialMinor,
      confirm:
        tier === 'T0' && request.undone === null
          ? { token: tokenOf(terms, by.id, world.nowMs), holdMs: world.policy.holdToConfirmMs }
          : null,
    };
  }

  const readBody = (body: TransferBody): Request => ({
    wanted: readRequest(body, deps.world()),
    reason: body.reason,
    recommendationId: body.recommendationId ?? null,
    undoPartialMinor: 0,
    undone: null,
    confirmToken: body.confirm?.token ?? null,
  });

  /** What can still come back of a settled move: as much as may leave the account that got it. */
  async function readReverse(id: string, reason: string, ask: Ask): Promise<Request> {
    const undone = await store.move(id);
    if (undone.undoneBy !== null) throw refusal('already_undone', { extra: { undoneBy: undone.undoneBy } });
    assertPlatformAnswered(undone);
    const legs = reversed(undone);
    if (!['settled', 'partially_settled'].includes(undone.state) || legs.length === 0 || undone.forced === true)
      throw refusal('already_settled', { extra: { state: undone.state } });
    const request = (wantedLegs: readonly Leg[], expected: Wanted['expected'], partial: number): Request => ({
      wanted: { legs: wantedLegs, rails: [], expected, emergency: false, undoOf: undone.id },
      reason,
      recommendationId: null,
      undoPartialMinor: partial,
      undone,
      confirmToken: null,
    });
    const world = deps.world();
    const judged = await store.judge(planOf(request(legs, {}, 0), 'T3', world, ask, newMoveId(world.nowMs)).plan);
    if (judged.refused !== null) refuse(judged.refused);
    const expected = Object.fromEntries(
      [...judged.rows].map(([account, { allocationVersion }]) => [account, allocationVersion]),
    );
    const left = new Map<string, number>();
    for (const { guard, limitMinor } of judged.guards) {
      const account = accountOf(guard);
      if (
        account === null ||
        limitMinor === null ||
        !['available', 'floor', 'reserve', 'releasable'].includes(guard[0])
      )
        continue;
      left.set(account, Math.min(left.get(account) ?? Number.MAX_SAFE_INTEGER, limitMinor));
    }
    const back = legs.map((leg) => {
      const amountMinor = Math.min(leg.amountMinor, left.get(leg.from) ?? leg.amountMinor);
      left.set(leg.from, (left.get(leg.from) ?? amountMinor) - amountMinor);
      return { ...leg, amountMinor };
    });
    const kept = back.filter(({ amountMinor }) => amountMinor > 0);
    const partial = legs.reduce((sum, leg, i) => sum + leg.amountMinor - (back[i]?.amountMinor ?? 0), 0);
    if (kept.length === 0)
      throw refusal('not_releasable', { account: legs[0]?.from ?? null, limitMinor: 0, askedMinor: partial });
    const touched = new Set(kept.flatMap(({ from, to }) => [from, to]));
    return request(
      kept,
      Object.fromEntries(Object.entries(expected).filter(([account]) => touched.has(account))),
      partial,
    );
  }

  return {
    request: (body: TransferBody, ask: Ask): Promise<Outcome> => take(readBody(body), ask, 'transfers', body),
    preview: (body: TransferBody, ask: Ask): Promise<MovePreview> => preview(readBody(body), ask),
    async reverse(id: string, reason: string, ask: Ask): Promise<Outcome> {
      const asked = { id, reason };
      const before = await store.replayed(commandOf(deps, ask, 'reverse', asked));
      if (before !== null) return { move: readReply(before), replayed: true };
      return take(await readReverse(id, reason, ask), ask, 'reverse', asked);
    },
    previewReverse: async (id: string, reason: string, ask: Ask): Promise<MovePreview> =>
      preview(await readReverse(id, reason, ask), ask),
  };
}
