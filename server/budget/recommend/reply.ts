import type { AccountId, ExpectedEffect, Leg, Objective, Veto } from '#contract/budget';
import type { AdviceReply, AdviceScore, PaceAdvice, ResponseCurve, WhatIfReply } from '#contract/recommendations';
import type { Campaign } from '../../domain/campaign.ts';
import { unaskedCards } from './context.ts';
import { judgedOf, worthOf } from './decide.ts';
import { type Change, gainOf } from './domain/confidence.ts';
import { response, slope } from './domain/curve.ts';
import { curveOf, type Fit } from './domain/fit.ts';
import { seedOf } from './domain/random.ts';
import { calibrate, recalibrated } from './domain/recalibrate.ts';
import { bandsOf } from './domain/show.ts';
import { decideEveryMs, type Rhythm } from './rhythm.ts';
import { type AdviceState, type Context, type SeatContext, yieldOf } from './state.ts';

const HOUR_MS = 3_600_000;
const POINT_COUNT = 25;
/** Curves are drawn to this multiple of where the channel stands. */
const DRAWN_TO = 2.5;
const BIN_EDGES = [0.65, 0.75, 0.85, 0.95, 1] as const;
const JUDGED_SHOWN = 20;

export interface ReplyInput {
  readonly campaign: Campaign;
  readonly rhythm: Rhythm;
  readonly nowMs: number;
}

/** `GET /api/v1/budget/recommendation` from what is stored; any node answers the same. */
export function replyOf(state: AdviceState | null, objective: Objective, input: ReplyInput): AdviceReply {
  const { rhythm, nowMs, campaign } = input;
  const decision = state?.decisions[objective];
  const context = state?.context ?? null;
  const made = (state?.cards ?? []).filter(
    (card) => card.objective === objective && card.madeAt === decision?.atMs && card.expiresAt > nowMs,
  );
  const cards = context === null ? made : unaskedCards(made, context, decision?.pending);
  const phase = nowMs >= campaign.closesAtMs ? 'closed' : nowMs < campaign.opensAtMs ? 'pre_open' : 'live';
  return {
    at: nowMs,
    objective,
    cards,
    vetoes: (context?.seats ?? []).flatMap(({ channel, vetoes }): Veto[] =>
      vetoes.map(({ code, tier, params }) => ({ channel, code, tier, params })),
    ),
    note:
      cards.length > 0
        ? null
        : made.length > 0
          ? 'asked'
          : (decision?.note ?? (decision === undefined ? (state === null ? 'loading' : 'learning') : 'not_sure')),
    phase,
    together: cards.length > 0 ? (decision?.together ?? null) : null,
    infeasible: decision?.infeasible ?? null,
    curves:
      state === null || context === null
        ? []
        : context.seats.flatMap((seat) => responseCurve(state, context, seat, objective, input)),
    pacing: (context?.seats ?? []).map(
      ({ channel, spentMinor, plannedMinor }): PaceAdvice => ({
        channel,
        spentMinor,
        plannedMinor,
        multiplier: state?.channels[channel]?.multiplier ?? 1,
      }),
    ),
    score: scoreOf(state, objective),
    decidedAt: decision?.atMs ?? null,
    nextDecisionAt:
      state === null || state.decidedAtMs === null || phase === 'closed'
        ? null
        : state.decidedAtMs + decideEveryMs(rhythm),
    learntTo: state?.learntToMs ?? null,
    tickMs: rhythm.tickMs,
  };
}

function responseCurve(
  state: AdviceState,
  context: Context,
  seat: SeatContext,
  objective: Objective,
  { campaign, rhythm }: ReplyInput,
): ResponseCurve[] {
  const channel = state.channels[seat.channel];
  if (channel === undefined) return [];
  const { fit } = channel.memory[yieldOf(objective)];
  const worth = worthOf(objective, campaign, context);
  const perHour = HOUR_MS / rhythm.tickMs;
  const most = DRAWN_TO * Math.max(seat.spend, fit.prior.usualSpend);
  const spends = Array.from({ length: POINT_COUNT }, (_, n) => (most * n) / (POINT_COUNT - 1));
  const { returns, marginal } = bandsOf(fit, spends, seat.spend, seedOf(seat.channel));
  const scale = perHour * worth;
  const target = state.decisions[objective]?.target[seat.account];
  const bound = (amount: number): number => Math.max(0, (seat.spend + amount * context.share) * perHour);
  return [
    {
      channel: seat.channel,
      account: seat.account,
      objective,
      points: returns.map(({ low, mid, high }, n) => ({
        spend: Math.round((spends[n] ?? 0) * perHour),
        low: low * scale,
        mid: mid * scale,
        high: high * scale,
      })),
      present: { spend: Math.round(seat.spend * perHour), return: response(curveOf(fit), seat.spend) * scale },
      marginal: { low: marginal.low * worth, mid: marginal.mid * worth, high: marginal.high * worth },
      bounds: { min: Math.round(bound(-seat.out.amount)), max: Math.round(bound(seat.in.amount)) },
      advised: target === undefined ? null : Math.round(bound(target - seat.allocated)),
      tickCount: fit.tickCount,
      regimeChangedAt: channel.regimeChangedAtMs,
    },
  ];
}

/** What cards that were carried out turned out to be worth: all of them counted, sums in the unit of the objective of its own alone. */
export function scoreOf(state: AdviceState | null, objective: Objective): AdviceScore {
  const settled = state?.settled ?? [];
  const judged = settled.filter(({ realised }) => realised !== null);
  const own = judged.filter((card) => card.objective === objective);
  const gained = judged.filter(({ realised }) => (realised ?? 0) > 0);
  const bins = BIN_EDGES.slice(1).map((to, i) => {
    const from = BIN_EDGES[i] ?? 0;
    const within = judged.filter(({ probability }) => probability >= from && (probability < to || to === 1));
    return { from, to, count: within.length, gainedCount: within.filter(({ realised }) => (realised ?? 0) > 0).length };
  });
  const { actual = 0, doNothing = 0, roasProportional = 0, best = actual } = state?.shadow ?? {};
  return {
    settledCount: settled.length,
    judgedCount: judged.length,
    gainedCount: gained.length,
    precision: judged.length === 0 ? null : gained.length / judged.length,
    predicted: own.reduce((sum, { predicted }) => sum + predicted.mid, 0),
    realised: own.reduce((sum, { realised }) => sum + (realised ?? 0), 0),
    calibration: calibrate(state === null ? [] : judgedOf(state)),
    bins,
    cards: settled
      .slice(-JUDGED_SHOWN)
      .reverse()
      .map(({ settledAtMs, judgedAtMs, objective: _objective, ...card }) => ({
        ...card,
        settledAt: settledAtMs,
        judgedAt: judgedAtMs,
      })),
    shadow: {
      actual: Math.round(actual),
      doNothing: Math.round(doNothing),
      roasProportional: Math.round(roasProportional),
      best: Math.round(best),
    },
  };
}

interface Shifted {
  readonly seat: SeatContext;
  readonly fit: Fit;
  readonly change: Change;
  readonly deltaMinor: number;
}
function shifted(
  state: AdviceState,
  context: Context,
  deltas: ReadonlyMap<AccountId, number>,
  objective: Objective,
  campaign: Campaign,
): Shifted[] {
  const worth = worthOf(objective, campaign, context);
  return context.seats.flatMap((seat): Shifted[] => {
    const channel = state.channels[seat.channel];
    if (channel === undefined) return [];
    const { fit } = channel.memory[yieldOf(objective)];
    const deltaMinor = deltas.get(seat.account) ?? 0;
    const to = Math.max(0, seat.spend + deltaMinor * context.share);
    return [{ seat, fit, deltaMinor, change: { fit, worth, from: seat.spend, to } }];
  });
}

function effectOf(
  state: AdviceState,
  context: Context,
  all: readonly Shifted[],
  keptMinor: number,
  objective: Objective,
  { rhythm }: ReplyInput,
): ExpectedEffect {
  const touched = all.filter(({ deltaMinor }) => deltaMinor !== 0);
  const changes: Change[] = touched.map(({ change }) => change);
  if (objective === 'profit' && keptMinor !== 0)
    changes.push({ fit: null, worth: 1, from: 0, to: keptMinor * context.share });
  const gain = gainOf(
    changes,
    seedOf(touched.map(({ seat, deltaMinor }) => `${seat.account}=${deltaMinor}`).join('|')),
  );
  const over = (value: number): number => Math.round(value * context.ticks);
  return {
    low: over(gain.low),
    mid: over(gain.mean),
    high: over(gain.high),
    objective,
    horizonMs: rhythm.horizonTicks * rhythm.tickMs,
    probability: changes.length === 0 ? 0 : recalibrated(calibrate(judgedOf(state)), gain.probability),
    marginal: touched.map(({ seat, fit, change }) => ({
      account: seat.account,
      before: change.worth * slope(curveOf(fit), change.from),
      after: change.worth * slope(curveOf(fit), change.to),
    })),
  };
}

/** What legs would bring over the horizon; null when no curve knows one of their ends. */
export function effectOfLegs(
  state: AdviceState | null,
  legs: readonly Leg[],
  objective: Objective,
  input: ReplyInput,
): ExpectedEffect | null {
  const context = state?.context ?? null;
  if (state === null || context === null || context.share <= 0) return null;
  const deltas = new Map<AccountId, number>();
  for (const { from, to, amountMinor } of legs) {
    deltas.set(from, (deltas.get(from) ?? 0) - amountMinor);
    deltas.set(to, (deltas.get(to) ?? 0) + amountMinor);
  }
  const all = shifted(state, context, deltas, objective, input.campaign);
  if (!all.some(({ deltaMinor }) => deltaMinor !== 0)) return null;
  const kept = -all.reduce((sum, { deltaMinor }) => sum + deltaMinor, 0);
  return effectOf(state, context, all, kept, objective, input);
}

/** `POST …/what-if` */
export function whatIf(
  state: AdviceState,
  context: Context,
  allocations: Readonly<Record<AccountId, number>>,
  objective: Objective,
  input: ReplyInput,
): WhatIfReply {
  const deltas = new Map(
    context.seats.map(({ account, allocated }) => [account, (allocations[account] ?? allocated) - allocated] as const),
  );
  const all = shifted(state, context, deltas, objective, input.campaign);
  const difference = all.reduce((sum, { deltaMinor }) => sum + deltaMinor, 0);
  return {
    at: input.nowMs,
    objective,
    differenceMinor: difference,
    effect: effectOf(state, context, all, -difference, objective, input),
    channels: all.map(({ seat, fit, change, deltaMinor }) => {
      const curve = curveOf(fit);
      const over = (spend: number): number => Math.round(change.worth * response(curve, spend) * context.ticks);
      return {
        channel: seat.channel,
        account: seat.account,
        before: seat.allocated,
        after: seat.allocated + deltaMinor,
        returnBefore: over(change.from),
        returnAfter: over(change.to),
        marginalBefore: change.worth * slope(curve, change.from),
        marginalAfter: change.worth * slope(curve, change.to),
        passes: deltaMinor > seat.in.amount ? 'max' : -deltaMinor > seat.out.amount ? 'min' : null,
      };
    }),
  };
}
