import { APPROVAL_TIERS, type ApprovalTier, type BudgetPolicyFile, type Seat } from '#contract/budget';
import type { Role } from '#contract/permissions';
import { type Budgets, channelEnvelope } from './accounts.ts';

/** Limits of intentions; facts have none. Where no operations plan states a number, it is our own default (†). */
export interface Policy {
  readonly version: number;
  readonly reviewBy: string | null;
  readonly floorRatio: number;
  readonly capRatio: number;
  readonly stepChannelRatio: number;
  readonly stepEnvelopeRatio: number;
  readonly increaseRatio: number;
  readonly dayIncreaseRatio: number;
  readonly cutRatio: number;
  readonly cooldownMs: number;
  readonly hourRatio: number;
  readonly dayRatio: number;
  readonly t0Ratio: number;
  readonly t0ChannelRatio: number;
  readonly t0Probability: number;
  readonly t1Ratio: number;
  readonly t2Ratio: number;
  readonly slaMs: Readonly<Record<'T1' | 'T2' | 'T3', number>>;
  readonly holdToConfirmMs: number;
  readonly undoMs: number;
  readonly reviewMs: number;
  readonly seats: Readonly<Record<Seat, readonly string[]>>;
}
const MINUTE_MS = 60_000;

export const DEFAULT_POLICY: Policy = {
  version: 1,
  reviewBy: null,
  floorRatio: 0.2,
  capRatio: 2,
  stepChannelRatio: 0.2,
  stepEnvelopeRatio: 0.01,
  increaseRatio: 0.5,
  dayIncreaseRatio: 1,
  cutRatio: 0.8,
  cooldownMs: 30 * MINUTE_MS,
  hourRatio: 0.15,
  dayRatio: 0.4,
  t0Ratio: 0.005,
  t0ChannelRatio: 0.1,
  t0Probability: 0.8,
  t1Ratio: 0.02,
  t2Ratio: 0.05,
  slaMs: { T1: 5 * MINUTE_MS, T2: 10 * MINUTE_MS, T3: 15 * MINUTE_MS },
  holdToConfirmMs: 5_000,
  undoMs: 30 * MINUTE_MS,
  reviewMs: 24 * 60 * MINUTE_MS,
  seats: {
    peer: ['marketing_lead', 'user_lead'],
    zone: [
      'wz1_operations_director',
      'wz2_operations_director',
      'wz3_operations_director',
      'wz4_operations_director',
      'wz5_operations_director',
    ],
    finance: ['finance_director'],
    commander: ['rotating_commander'],
    deputy: ['deputy_ceo'],
  },
};

/** The file's numbers over the defaults. */
export function policyOf(file: BudgetPolicyFile = {}): Policy {
  const { slaMs, seats, ...rest } = file;
  return {
    ...DEFAULT_POLICY,
    ...(rest as Partial<Policy>),
    slaMs: { ...DEFAULT_POLICY.slaMs, ...slaMs },
    seats: { ...DEFAULT_POLICY.seats, ...seats },
  };
}

/** Who fills a seat when the campaign's roster has none of its posts, or nobody on it can sign in here. */
export const ROLE_OF_SEAT: Readonly<Record<Seat, Role>> = {
  peer: 'marketing',
  zone: 'commander',
  finance: 'finance',
  commander: 'commander',
  deputy: 'commander',
};

/** One stage of asking: these seats, filled by A, B or either; `any`: one of them is enough. */
export interface Stage {
  readonly seats: readonly Seat[];
  readonly as: readonly ('A' | 'B')[];
  readonly any?: true;
}
const A = ['A'] as const;
const B = ['B'] as const;
const BOTH = ['A', 'B'] as const;
/** Who is asked, stage by stage; each lasts the tier's SLA, and after the last one the request expires. */
export const STAGES: Readonly<Record<ApprovalTier, readonly Stage[]>> = {
  T0: [],
  T1: [
    { seats: ['peer'], as: BOTH },
    { seats: ['zone', 'finance'], as: BOTH, any: true },
  ],
  T2: [
    { seats: ['zone', 'finance'], as: A },
    { seats: ['zone', 'finance'], as: B },
    { seats: ['commander'], as: BOTH },
  ],
  T3: [
    { seats: ['commander', 'finance'], as: A },
    { seats: ['commander', 'finance'], as: B },
    { seats: ['deputy'], as: BOTH },
  ],
  T4: [],
};
export const slaOf = (policy: Policy, tier: ApprovalTier): number =>
  tier === 'T1' || tier === 'T2' || tier === 'T3' ? policy.slaMs[tier] : 0;

/** Floors, caps and platform targets of channels at the opening, by what they were given then. */
export const openingRails = (
  channels: readonly { readonly credit: string; readonly amountMinor: number }[],
  policy: Pick<Policy, 'floorRatio' | 'capRatio'>,
): (readonly ['set', field: string, value: string])[] =>
  channels.flatMap(({ credit, amountMinor }) => [
    ['set', `${credit}|floor`, String(Math.floor(policy.floorRatio * amountMinor))] as const,
    ['set', `${credit}|cap`, String(Math.floor(policy.capRatio * amountMinor))] as const,
    ['set', `${credit}|target`, String(amountMinor)] as const,
  ]);

/**
 * Most that one move may take from a channel (`out`) or give to it (`in`), minor units: the larger of a part of the channel and a part
 * of the envelope, never beyond the hard stop of one cut or one increase. What cards offer is cut to the same number, so that no card is
 * refused for its step. The script judges by the same numbers (`step` of store/scripts/includes/money-guards.lua); a test holds both together.
 */
export function stepLimitMinor(
  policy: Pick<Policy, 'stepChannelRatio' | 'stepEnvelopeRatio' | 'cutRatio' | 'increaseRatio'>,
  envelope: number,
  allocated: number,
  side: 'out' | 'in',
): number {
  const part = Math.floor(policy.stepChannelRatio * allocated);
  const hard = Math.floor((side === 'out' ? policy.cutRatio : policy.increaseRatio) * allocated);
  return Math.min(hard, Math.max(part, Math.floor(policy.stepEnvelopeRatio * envelope)));
}

/** Upper ends of T0–T2, minor units; T3 has none. */
export function tierLimits(policy: Policy, envelopeMinor: number): Readonly<Record<'T0' | 'T1' | 'T2', number>> {
  const of = (ratio: number): number => Math.floor(ratio * envelopeMinor);
  return { T0: of(policy.t0Ratio), T1: of(policy.t1Ratio), T2: of(policy.t2Ratio) };
}
export const envelopeMinor = (budgets: Budgets): number => budgets.envelopes[channelEnvelope(budgets).slice(4)] ?? 0;
export const nextTier = (tier: ApprovalTier): ApprovalTier => APPROVAL_TIERS[APPROVAL_TIERS.indexOf(tier) + 1] ?? 'T3';
