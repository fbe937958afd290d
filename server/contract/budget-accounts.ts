import { type Static, Type } from 'typebox';
import type { Actor } from './permissions.ts';
import { WORDED } from './words.ts';

/** Accounts, what freezes them, and the limits of intentions. */

const closed = { additionalProperties: false } as const;
/** Why somebody does something with money: plain text of one line that says something. */
export const BudgetReason = Type.String({ minLength: 1, maxLength: 500, pattern: WORDED });

// ---------------------------------------------------------------- accounts
export const ACCOUNT_KINDS = ['funding', 'env', 'chan', 'reserve', 'spend', 'cover'] as const;
export type AccountKind = (typeof ACCOUNT_KINDS)[number];
/** `funding`, or `<kind>:<name>`: `env:marketing`, `chan:search`, `reserve:hq`, `spend:search`, `cover:search`. */
export type AccountId = string;
export const ACCOUNT_PATTERN = '^(funding|(env|chan|reserve|spend|cover):[a-z0-9_]{1,40})$';
/** Most of any amount, minor units: below 2^53, so that it is exact wherever it is added. */
export const AMOUNT_MAX_MINOR = 9_000_000_000_000_000;

/** What an ad platform does with a budget; absent for a channel without a platform link. */
export interface PlatformView {
  /** The object on the platform. */
  readonly objectId: string;
  /** What we last asked it to be set to, and what it last told; null before the first. */
  readonly targetMinor: number | null;
  readonly readBackMinor: number | null;
  readonly readBackAt: number | null;
  /** Told − asked, when they differ: somebody changed it behind our back, or it clamped. */
  readonly driftMinor: number | null;
  /** Changes left now; null when it has no quota. When none is left, the next free time. */
  readonly changesLeftCount: number | null;
  readonly nextChangeAt: number | null;
  /** `waiting`: commands wait for their turn, a quota or a retry; `unknown`: no answer came, only a read-back will tell. */
  readonly state: 'idle' | 'waiting' | 'sending' | 'unknown';
  readonly waitingCount: number;
  /** Since when it differs, ms. */
  readonly driftSince: number | null;
  /** Spent today by the platform's own account, and that minus what its reports told us; null before the first reading. */
  readonly spentMinor: number | null;
  readonly spendGapMinor: number | null;
  /** Last trouble in words; empty when the last call went well. */
  readonly trouble: string;
}
/** One row of `GET /api/v1/budget`. Sums of the ledger; `available = allocated − spent − held`, never below 0. */
export interface BudgetAccount {
  readonly id: AccountId;
  readonly kind: AccountKind;
  /** The campaign's value of the dimension, for `chan:*`. */
  readonly channel: string | null;
  readonly zh: string;
  readonly en: string;
  readonly allocated: number;
  /** Of that, taken by reported spend; what was spent beyond it is `overspent`. */
  readonly spent: number;
  readonly overspent: number;
  /** What the reserve has paid of what was spent beyond it. */
  readonly covered: number;
  /** Going out and coming in with moves that are not settled. */
  readonly held: number;
  readonly incoming: number;
  readonly available: number;
  /** Free to leave today: `available − exposure`, floor 0 (I4). */
  readonly releasable: number;
  /** What the platform may still charge after the deepest cut it accepts. */
  readonly exposure: number;
  readonly floor: number;
  /** null: no cap. */
  readonly cap: number | null;
  readonly pinned: boolean;
  /** Most that one move may take and give, of a channel: what the script judges by. */
  readonly step?: { readonly outMinor: number; readonly inMinor: number };
  /** What the rolling sums of the hour and the day still let leave and come, of a channel; a raise is measured by what it had 24 h ago. */
  readonly room?: { readonly outMinor: number; readonly inMinor: number };
  /** A change of more than this part of its budget makes the platform learn anew; absent: none is known. Shown, never a limit. */
  readonly learningResetRatio?: number;
  /** Rises when allocation, floor, cap, pin or freeze changes, never on spend. Sent back as `expected`. */
  readonly allocationVersion: number;
  /** No move before; null: none. */
  readonly cooldownUntil: number | null;
  /** Why it may take no increase, or give nothing; empty: free. */
  readonly frozen: readonly FrozenBy[];
  /** null: no platform link; an approved move settles at once and a person sets the platform's budget by hand. */
  readonly platform: PlatformView | null;
}
export interface FrozenBy {
  readonly by: 'person' | 'runbook' | 'tier' | 'kill_switch' | 'feed';
  /** Name of the person, id of the run, rule of the alert, feed that is silent. */
  readonly who: string;
  readonly direction: FreezeDirection;
  /** null: until it is lifted. */
  readonly until: number | null;
}
/**
 * What may still be done with a channel that stands still: its money goes to an envelope (`chan:* → env:*`; at once by the commander alone
 * with `emergency: true`), it gives to another channel, a settled move is taken back, an emergency that commander and finance sign.
 */
export const STILL_ALLOWED = ['to_envelope', 'give', 'reverse', 'emergency'] as const;
export type StillAllowed = (typeof STILL_ALLOWED)[number];
/** What is left while it is frozen so. Said with every refusal `frozen`, in the error (`allowed`) and in the preview's `refusal`. */
export function stillAllowed({ by, direction }: Pick<FrozenBy, 'by' | 'direction'>): readonly StillAllowed[] {
  if (by === 'feed') return ['to_envelope', 'reverse', 'emergency'];
  return direction === 'increases' ? ['to_envelope', 'give'] : ['to_envelope'];
}
export interface BudgetReply {
  /** Sum of all that was funded. */
  readonly funded: number;
  readonly currency: string;
  /** Rises with every change of anything in here; the frame's `budget_revision` tells when to ask again. */
  readonly revision: number;
  readonly policyVersion: number;
  /** Redis time of the answer. */
  readonly at: number;
  /** null: money can be moved. Otherwise all money writes are refused with `ledger_frozen`. */
  readonly ledgerFrozen: { readonly reason: string; readonly at: number } | null;
  /** Newest ledger entry, the newest sealed one, and when the ledger was last compared with the balances. */
  readonly ledger: { readonly seq: number; readonly sealedSeq: number; readonly checkedAt: number | null };
  readonly accounts: readonly BudgetAccount[];
  /** The envelope that the channels share: money that is taken out of ads goes there. */
  readonly channelPool: AccountId;
  readonly freezes: readonly Freeze[];
}

// ---------------------------------------------------------------- freezes
/** `increases`: a channel takes no more; `all`: it gives no other channel either. Taking money out of ads is always allowed. */
export const FREEZE_DIRECTIONS = ['increases', 'all'] as const;
export type FreezeDirection = (typeof FREEZE_DIRECTIONS)[number];
export interface Freeze {
  readonly id: string;
  /** Channels of the campaign; `['*']` is all, which with `all` is the kill switch. */
  readonly channels: readonly string[];
  readonly direction: FreezeDirection;
  readonly reason: string;
  readonly by: Actor;
  readonly source: Exclude<FrozenBy['by'], 'feed'>;
  readonly at: number;
  /** null: until somebody lifts it. */
  readonly until: number | null;
}
export const FreezeBody = Type.Object(
  {
    channels: Type.Array(Type.String({ pattern: '^(\\*|[a-z0-9_]{1,40})$' }), { minItems: 1, maxItems: 40 }),
    direction: Type.Enum([...FREEZE_DIRECTIONS]),
    reason: BudgetReason,
    minutes: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_080 })),
  },
  closed,
);
export type FreezeBody = Static<typeof FreezeBody>;
export interface FreezeReply {
  readonly freeze: Freeze;
}

// ---------------------------------------------------------------- policy
const Ratio = Type.Number({ minimum: 0 });
const Ms = Type.Integer({ minimum: 0 });
/**
 * Limits of intentions, as the campaign file may set them (`budgets.policy`); defaults in server/budget/domain/policy.ts.
 * Ratios of the channel are of its allocation, of the envelope of what the channels' envelope was funded with.
 */
export const BudgetPolicyFile = Type.Partial(
  Type.Object({
    /** Rises with every edit; part of what approvals are bound to. */
    version: Type.Integer({ minimum: 1 }),
    /** Day on which the numbers are looked at again. */
    reviewBy: Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' }),
    /** Floor and cap of each channel at the opening, of its opening allocation. */
    floorRatio: Ratio,
    capRatio: Ratio,
    /** Most of one move: the larger of both. */
    stepChannelRatio: Ratio,
    stepEnvelopeRatio: Ratio,
    /** Hard stops of one channel: one increase, all increases of 24 h, one cut. */
    increaseRatio: Ratio,
    dayIncreaseRatio: Ratio,
    cutRatio: Ratio,
    cooldownMs: Ms,
    /** Most that one requester, channel or pair may move within 60 min and 24 h, of the envelope. */
    hourRatio: Ratio,
    dayRatio: Ratio,
    /** Upper ends of T0–T2 of the envelope, and of T0 of the channel. */
    t0Ratio: Ratio,
    t0ChannelRatio: Ratio,
    t0Probability: Ratio,
    t1Ratio: Ratio,
    t2Ratio: Ratio,
    slaMs: Type.Partial(Type.Object({ T1: Ms, T2: Ms, T3: Ms }, closed)),
    holdToConfirmMs: Ms,
    undoMs: Ms,
    reviewMs: Ms,
    /** Posts of the roster that fill each seat, best first; a campaign that has none of them fills it by role. */
    seats: Type.Partial(
      Type.Object(
        {
          peer: Type.Array(Type.String()),
          zone: Type.Array(Type.String()),
          finance: Type.Array(Type.String()),
          commander: Type.Array(Type.String()),
          deputy: Type.Array(Type.String()),
        },
        closed,
      ),
    ),
  }),
  closed,
);
export type BudgetPolicyFile = Static<typeof BudgetPolicyFile>;
