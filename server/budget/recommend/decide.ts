import type { AccountId, Bound, Objective } from '#contract/budget';
import type { AdviceCard, AdviceNote, CardReason } from '#contract/recommendations';
import type { Campaign } from '../../domain/campaign.ts';
import { attentionOf } from './attention-spent.ts';
import { ADVICE_SETTINGS, type Advice, type AdviceResult, advise, type Seat } from './domain/advise.ts';
import { roundToSum } from './domain/allocate.ts';
import { response } from './domain/curve.ts';
import { seedOf } from './domain/random.ts';
import { calibrate, recalibrated } from './domain/recalibrate.ts';
import { mayGive, mayReceive } from './domain/vetoes.ts';
import type { Rhythm } from './rhythm.ts';
import { type AdviceState, type Context, type Decision, type SeatContext, yieldOf } from './state.ts';

export interface DecideInput {
  readonly campaign: Campaign;
  readonly rhythm: Rhythm;
  readonly context: Context;
  readonly nowMs: number;
  readonly kept: { readonly account: AccountId; readonly version: number };
}
/** Ticks a channel must have taught before anything is said of it. */
const LEAST_TICKS = 3;
const isTaught = ({ channels }: AdviceState, channel: string): boolean =>
  (channels[channel]?.memory.gmv.fit.tickCount ?? 0) >= LEAST_TICKS;

/** What a unit of a channel's return at demand 1 is worth in an objective, at the demand of the coming ticks. */
export const worthOf = (objective: Objective, campaign: Campaign, { demand }: Pick<Context, 'demand'>): number =>
  demand * marginOf(objective, campaign);
export const marginOf = (objective: Objective, campaign: Campaign): number =>
  objective === 'profit' ? campaign.file.marginRatio : 1;

/** The seats of a decision. For profit there is one more: money that no channel should spend. */
export function seatsOf(state: AdviceState, objective: Objective, input: DecideInput): Seat[] {
  const { campaign, context, rhythm, nowMs, kept } = input;
  const channels = context.seats.flatMap((seat): Seat[] => {
    const channel = state.channels[seat.channel];
    if (channel === undefined) return [];
    const { fit } = channel.memory[yieldOf(objective)];
    const { moved } = channel;
    const recent = moved !== null && nowMs - moved.atMs < rhythm.reverseMs;
    return [
      {
        id: seat.account,
        fit,
        worth: worthOf(objective, campaign, context),
        spend: seat.spend,
        min:
          seat.spend -
          (isTaught(state, seat.channel) && mayGive(seat.vetoes)
            ? Math.min(seat.spend, seat.out.amount * context.share)
            : 0),
        max:
          seat.spend + (isTaught(state, seat.channel) && mayReceive(seat.vetoes) ? seat.in.amount * context.share : 0),
        lately: recent ? moved.direction : 0,
      },
    ];
  });
  if (objective !== 'profit') return channels;
  const most = channels.reduce((sum, { spend, min }) => sum + spend - min, 0);
  return [...channels, { id: kept.account, fit: null, worth: 1, spend: 0, min: 0, max: most, lately: 0 }];
}

export interface Decided {
  readonly decision: Decision;
  readonly cards: readonly AdviceCard[];
}

/** Decides for one objective: what to say, or why there is nothing to say. */
export function decide(state: AdviceState, objective: Objective, input: DecideInput): Decided {
  const { context, nowMs } = input;
  const none = (note: AdviceNote, infeasible: Decision['infeasible'] = null): Decided => ({
    decision: {
      atMs: nowMs,
      note,
      infeasible,
      target: targetOf(context, null),
      together: null,
      pending: pendingOf(context),
    },
    cards: [],
  });
  if (context.phase === 'closed') return none('closed');
  const seats = seatsOf(state, objective, input);
  const taughtCount = context.seats.filter(({ channel }) => isTaught(state, channel)).length;
  if (taughtCount < 2 || context.ticks === 0 || context.demand <= 0) return none('learning');
  const calibration = calibrate(judgedOf(state));
  const result = advise(seats, {
    settings: ADVICE_SETTINGS,
    demandLeft: context.demandLeft,
    seed: seedOf(`${input.campaign.instance}|${objective}|${nowMs}`),
    leastGainRatio: attentionOf(state, input.rhythm, nowMs),
    recalibrate: (raw) => recalibrated(calibration, raw),
  });
  if (result.allocation.kind === 'infeasible') {
    const { why, rows } = result.allocation;
    return none('infeasible', { why, accounts: rows.map((row) => seats[row]?.id ?? '') });
  }
  const shown = result.advice.filter(({ strength }) => strength !== 'none');
  const cards = shown.flatMap((advice, n) => cardOf(state, objective, advice, n, result, input));
  const note = cards.length > 0 ? null : emptyNote(result, context);
  const together = result.together === null || cards.length === 0 ? null : result.together;
  return {
    decision: {
      atMs: nowMs,
      note,
      infeasible: null,
      target: targetOf(context, result),
      pending: pendingOf(context),
      together:
        together === null
          ? null
          : {
              low: Math.round(together.low * context.ticks),
              mid: Math.round(together.mean * context.ticks),
              high: Math.round(together.high * context.ticks),
              objective,
              horizonMs: input.rhythm.horizonTicks * input.rhythm.tickMs,
              probability: together.probability,
              marginal: [],
            },
    },
    cards,
  };
}

const emptyNote = ({ advice }: AdviceResult, { seats }: Context): AdviceNote =>
  advice.length > 0 ? 'not_sure' : seats.every(({ vetoes }) => !mayReceive(vetoes)) ? 'vetoed' : 'balanced';

export const judgedOf = ({ settled }: AdviceState): { raw: number; gained: boolean }[] =>
  settled.flatMap(({ realised, rawProbability }) =>
    realised === null ? [] : [{ raw: rawProbability, gained: realised > 0 }],
  );

const pendingOf = ({ seats }: Context): Readonly<Record<AccountId, number>> =>
  Object.fromEntries(
    seats.flatMap(({ account, pendingMinor = 0 }) => (pendingMinor === 0 ? [] : [[account, pendingMinor]])),
  );

/** Allocations that the optimum would have, in whole minor units with the present sum. */
function targetOf({ seats, share }: Context, result: AdviceResult | null): Readonly<Record<string, number>> {
  const spends = result?.allocation.kind === 'optimal' ? result.allocation.spends : null;
  const wished = seats.map(({ allocated, spend }, i) =>
    spends === null || share <= 0 ? allocated : allocated + ((spends[i] ?? spend) - spend) / share,
  );
  const total = Math.round(wished.reduce((sum, value) => sum + value, 0));
  const rounded = roundToSum(wished, total);
  return Object.fromEntries(seats.map(({ account }, i) => [account, rounded[i] ?? 0]));
}

function cardOf(
  state: AdviceState,
  objective: Objective,
  advice: Advice,
  n: number,
  { curves }: AdviceResult,
  { campaign, context, rhythm, nowMs, kept }: DecideInput,
): AdviceCard[] {
  const { pair, gain, probability, strength, slopes } = advice;
  const { minorPerMajor } = campaign.file;
  const whole = pair.amount / context.share;
  const amountMinor = Math.floor(whole / minorPerMajor) * minorPerMajor; // people read whole yuan
  if (amountMinor <= 0 || strength === 'none') return [];
  const seat = (account: AccountId): SeatContext | undefined => context.seats.find((one) => one.account === account);
  const donor = seat(pair.donor);
  const receiver = seat(pair.receiver);
  const worth = worthOf(objective, campaign, context);
  const at = (account: AccountId, spend: number): number => {
    const curve = curves.get(account);
    return curve === undefined ? 0 : (account === kept.account ? 1 : worth) * response(curve, spend) * context.ticks;
  };
  const doNothing = at(pair.donor, pair.donorFrom) + at(pair.receiver, pair.receiverFrom);
  const over = (value: number): number => Math.round(value * context.ticks);
  const ends = [
    { account: pair.donor, before: donor?.allocated ?? 0, after: (donor?.allocated ?? 0) - amountMinor },
    { account: pair.receiver, before: receiver?.allocated ?? 0, after: (receiver?.allocated ?? 0) + amountMinor },
  ];
  const versions = [donor, receiver].map(
    (one) => [one?.account ?? kept.account, one?.version ?? kept.version] as const,
  );
  return [
    {
      id: `rec-${objective}-${nowMs.toString(36)}-${n + 1}`,
      objective,
      strength,
      rawProbability: gain.probability,
      legs: [{ from: pair.donor, to: pair.receiver, amountMinor }],
      effect: {
        low: over(gain.low),
        mid: over(gain.mean),
        high: over(gain.high),
        objective,
        horizonMs: rhythm.horizonTicks * rhythm.tickMs,
        probability,
        marginal: [
          { account: pair.donor, before: slopes.donorBefore, after: slopes.donorAfter },
          { account: pair.receiver, before: slopes.receiverBefore, after: slopes.receiverAfter },
        ],
      },
      reasons: reasonsOf(state, advice, objective, context, { kept: kept.account, rhythm }),
      bounds: [
        ...(donor === undefined ? [] : boundOf(donor, 'out', amountMinor)),
        ...(receiver === undefined ? [] : boundOf(receiver, 'in', amountMinor)),
      ],
      ends,
      doNothing: Math.round(doNothing),
      ifDone: Math.round(doNothing + gain.mean * context.ticks),
      untilCloseMid: Math.round((gain.mean * context.demandLeft) / context.demand),
      madeAt: nowMs,
      expiresAt: nowMs + rhythm.cardMs,
      expected: Object.fromEntries(versions),
    },
  ];
}

/** The nearest limit of an end, when the card goes as far as it lets. */
function boundOf(seat: SeatContext, way: 'out' | 'in', askedMinor: number): Bound[] {
  const { amount, by } = seat[way];
  const bound = (code: Bound['code'], limitMinor: number): Bound => ({
    code,
    account: seat.account,
    limitMinor,
    askedMinor,
    until: null,
    violated: askedMinor > limitMinor,
  });
  return askedMinor < 0.995 * amount ? [] : [bound(by, amount)];
}

function reasonsOf(
  state: AdviceState,
  { pair, slopes, strength }: Advice,
  objective: Objective,
  { phase, seats, atMs }: Context,
  { kept, rhythm }: { kept: AccountId; rhythm: Rhythm },
): AdviceCard['reasons'] {
  const reasons: { code: CardReason; params: Record<string, string | number> }[] = [
    {
      code: 'marginal_gap',
      params: { donor: pair.donor, receiver: pair.receiver, from: slopes.donorBefore, to: slopes.receiverBefore },
    },
  ];
  if (phase === 'pre_open') reasons.push({ code: 'pre_open_plan', params: {} });
  if (objective === 'profit' && pair.receiver === kept)
    reasons.push({ code: 'below_break_even', params: { account: pair.donor, return: slopes.donorBefore } });
  for (const account of [pair.donor, pair.receiver]) {
    const channel = seats.find((seat) => seat.account === account)?.channel;
    const known = channel === undefined ? undefined : state.channels[channel];
    if (known?.moved?.direction === (account === pair.donor ? 1 : -1) && atMs - known.moved.atMs < rhythm.reverseMs)
      reasons.push({ code: 'reverse', params: { account, at: known.moved.atMs } });
    if (
      known?.regimeChangedAtMs !== undefined &&
      known.regimeChangedAtMs !== null &&
      atMs - known.regimeChangedAtMs < 3_600_000
    )
      reasons.push({ code: 'regime_changed', params: { account, at: known.regimeChangedAtMs } });
  }
  if (strength === 'weak') reasons.push({ code: 'weak', params: {} });
  return reasons;
}
