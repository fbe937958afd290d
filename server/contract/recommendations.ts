import { type Static, Type } from 'typebox';
import {
  type AccountId,
  AMOUNT_MAX_MINOR,
  type Card,
  type ExpectedEffect,
  OBJECTIVES,
  type Objective,
  type RecommendationReply,
} from './budget.ts';

/**
 * Recommendations: what the desk shows beside a card, and what cards turned out to be worth. All words are the client's: the
 * server sends codes and their numbers. Returns are in the objective's unit: minor units for `gmv` and `profit`, buyers for
 * `new_buyers`.
 */

/** Why a card is what it is. */
export const CARD_REASONS = [
  /** The receiver earns `to` on the next unit of money where the donor earns `from`. */
  'marginal_gap',
  /** Part of the plan made before the opening, from warm-up data, within the rail of a move. */
  'pre_open_plan',
  /** What the next unit brings is under what it costs: better kept. `breakEven` is the return at which it pays. */
  'below_break_even',
  /** One end was moved the other way within the hour: more certainty is asked for. */
  'reverse',
  /** The curve of `channel` changed lately. */
  'regime_changed',
  /** Less sure than 0.8: for people to judge, never alone. */
  'weak',
] as const;
export type CardReason = (typeof CARD_REASONS)[number];

/** Why a channel may not receive (or not move at all). */
export const VETO_CODES = [
  'stockout',
  'payments',
  'complaints',
  'faults',
  'stale_feed',
  'frozen',
  'cooldown',
  'pinned',
  'under_used',
  'few_orders',
  'regime_changed',
  'no_spend',
] as const;
export type VetoCode = (typeof VETO_CODES)[number];

/** Why there is no card. */
export const ADVICE_NOTES = [
  /** The windows are not loaded, or no tick was learnt from yet. */
  'loading',
  'learning',
  'closed',
  /** No change of at least 1 % of the money earns more, or enough to ask people once more today. */
  'balanced',
  /** There is one, but nothing sure enough. */
  'not_sure',
  /** The bounds cannot hold the money; `infeasible` names the rows. */
  'infeasible',
  /** What was advised is asked for already and not decided yet. */
  'asked',
  /** Every receiver is vetoed. */
  'vetoed',
] as const;
export type AdviceNote = (typeof ADVICE_NOTES)[number];

export interface AdviceCard extends Card {
  readonly objective: Objective;
  /** `weak`: p 0.65–0.8; it never moves money alone (no T0). */
  readonly strength: 'advised' | 'weak';
  /** Probability by the draws, before it was rescaled by what settled cards bear out. */
  readonly rawProbability: number;
  /** Both ends before and after, allocated minor units. */
  readonly ends: readonly { readonly account: AccountId; readonly before: number; readonly after: number }[];
  /** The same return over the horizon if nothing is done and if the card is carried out, both ends together. */
  readonly doNothing: number;
  readonly ifDone: number;
  /** Gain until the close at the present curves; the card's effect is over its horizon only. */
  readonly untilCloseMid: number;
}

/** One channel's fitted curve, for charts: money and returns in minor units an hour, at the demand of the coming horizon. */
export interface ResponseCurve {
  readonly channel: string;
  readonly account: AccountId;
  readonly objective: Objective;
  readonly points: readonly {
    readonly spend: number;
    readonly low: number;
    readonly mid: number;
    readonly high: number;
  }[];
  /** Where the channel stands now, and its marginal return there with its 5–95 % band (`mroas`). */
  readonly present: { readonly spend: number; readonly return: number };
  readonly marginal: { readonly low: number; readonly mid: number; readonly high: number };
  /** Spends where the bounds of this decision lie. */
  readonly bounds: { readonly min: number; readonly max: number };
  readonly advised: number | null;
  /** Ticks learnt from, and when its regime last changed; null: not in this sale. */
  readonly tickCount: number;
  readonly regimeChangedAt: number | null;
}

/** What cards that were carried out turned out to be worth. */
export interface AdviceScore {
  readonly settledCount: number;
  readonly judgedCount: number;
  readonly gainedCount: number;
  /** gained ÷ judged; null before the first. */
  readonly precision: number | null;
  /** Of the judged cards of the objective that was asked for, in its unit; counts are of all. */
  readonly predicted: number;
  readonly realised: number;
  /** logit p′ = shift + scale · logit p, learnt from judged cards. */
  readonly calibration: { readonly shift: number; readonly scale: number; readonly count: number };
  readonly bins: readonly {
    readonly from: number;
    readonly to: number;
    readonly count: number;
    readonly gainedCount: number;
  }[];
  readonly cards: readonly JudgedCard[];
  /**
   * Returns since the opening by the fitted curves: as it is, had nothing moved, money in proportion to past return, and the best split
   * of the same spend within floors and caps (`live_regret` is how far the first is from it).
   */
  readonly shadow: {
    readonly actual: number;
    readonly doNothing: number;
    readonly roasProportional: number;
    readonly best?: number;
  };
}
export interface JudgedCard {
  readonly id: string;
  readonly moveId: string;
  readonly from: AccountId;
  readonly to: AccountId;
  readonly amountMinor: number;
  readonly settledAt: number;
  /** null: not judged yet, its horizon has not passed. */
  readonly judgedAt: number | null;
  readonly probability: number;
  readonly rawProbability: number;
  readonly predicted: { readonly low: number; readonly mid: number; readonly high: number };
  readonly realised: number | null;
}

/** How fast spend should run within a channel to end on plan: its plan × `multiplier`. */
export interface PaceAdvice {
  readonly channel: string;
  readonly spentMinor: number;
  readonly plannedMinor: number;
  /** 0.25–4. */
  readonly multiplier: number;
}

/** `GET /api/v1/budget/recommendation?objective=` */
export interface AdviceReply extends RecommendationReply {
  readonly cards: readonly AdviceCard[];
  readonly phase: 'pre_open' | 'live' | 'closed';
  /** All cards together: surer than each alone; null without cards. */
  readonly together: ExpectedEffect | null;
  /** Rows that cannot be held, with `infeasible`. */
  readonly infeasible: {
    readonly why: 'min_above_total' | 'max_below_total';
    readonly accounts: readonly AccountId[];
  } | null;
  readonly curves: readonly ResponseCurve[];
  readonly pacing: readonly PaceAdvice[];
  readonly score: AdviceScore;
  readonly decidedAt: number | null;
  readonly nextDecisionAt: number | null;
  /** Windows learnt from end here. */
  readonly learntTo: number | null;
  readonly tickMs: number;
}

const closed = { additionalProperties: false } as const;
/** `POST /api/v1/budget/recommendation/what-if`: allocations that differ from the present, by account. */
export const WhatIfBody = Type.Object(
  {
    allocations: Type.Record(
      Type.String({ pattern: '^[a-z0-9_:]{1,48}$' }),
      Type.Integer({ minimum: 0, maximum: AMOUNT_MAX_MINOR }),
    ),
    objective: Type.Optional(Type.Enum([...OBJECTIVES])),
  },
  closed,
);
export type WhatIfBody = Static<typeof WhatIfBody>;
export interface WhatIfReply {
  readonly at: number;
  readonly objective: Objective;
  /** New − present sum of the allocations; a request must bring it to 0. */
  readonly differenceMinor: number;
  readonly effect: ExpectedEffect;
  readonly channels: readonly {
    readonly channel: string;
    readonly account: AccountId;
    readonly before: number;
    readonly after: number;
    /** Return over the horizon before and after, at the fitted curve. */
    readonly returnBefore: number;
    readonly returnAfter: number;
    readonly marginalBefore: number;
    readonly marginalAfter: number;
    /** Limit that the new allocation passes; null: none. */
    readonly passes: 'min' | 'max' | null;
  }[];
}
