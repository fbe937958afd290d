import { type Static, Type } from 'typebox';
import { type AccountId, AMOUNT_MAX_MINOR, BudgetReason, type StillAllowed } from './budget-accounts.ts';
import type { Objective } from './budget-advice.ts';
import type { PlatformReceipt } from './budget-ledger.ts';
import type { BudgetRefusal } from './budget-refusals.ts';

/** Asking for money to be moved, deciding on it, and what a preview says. */

// ---------------------------------------------------------------- moves
/** `draft` is a preview (`validateOnly`), never kept; `submitted` lasts as long as one atomic step. */
export const MOVE_STATES = [
  'draft',
  'submitted',
  'awaiting_approval',
  'approved',
  'decreasing',
  'increasing',
  'unknown',
  'compensating',
  'settled',
  'partially_settled',
  'compensated',
  'rejected',
  'cancelled',
  'expired',
  'stale',
  'failed',
] as const;
export type MoveState = (typeof MOVE_STATES)[number];
/** Nothing more happens by itself; a `settled` or `partially_settled` one can be undone. */
export const TERMINAL_MOVE_STATES = [
  'settled',
  'partially_settled',
  'compensated',
  'rejected',
  'cancelled',
  'expired',
  'stale',
  'failed',
] as const satisfies readonly MoveState[];

/** How much has to be decided by whom; T4 is a decrease or pause in an emergency. */
export const APPROVAL_TIERS = ['T0', 'T1', 'T2', 'T3', 'T4'] as const;
export type ApprovalTier = (typeof APPROVAL_TIERS)[number];

export const LEG_STATES = [
  'held',
  'decreasing',
  'posted',
  'increasing',
  'settled',
  'partial',
  'compensating',
  'compensated',
  'voided',
  'failed',
] as const;
export type LegState = (typeof LEG_STATES)[number];
export interface Leg {
  readonly from: AccountId;
  readonly to: AccountId;
  readonly amountMinor: number;
}
export interface MoveLeg extends Leg {
  readonly state: LegState;
  /** Hold of this leg in the ledger. */
  readonly holdId: string;
  /** Taken from `from` and given to `to`; less than the amount when the platform confirmed less. */
  readonly postedMinor: number;
  /** Given back because `to` could not take it. */
  readonly returnedMinor: number;
  /** How the platforms answered, at most one receipt a command. */
  readonly receipts: readonly PlatformReceipt[];
}
export interface Person {
  readonly id: string;
  readonly name: string;
}
export interface Approval {
  readonly by: Person;
  /** Seat this decision fills, such as `finance`. */
  readonly seat: Seat;
  /** Post of the roster, and as A or B; null when the role alone gave the right. */
  readonly post: string | null;
  readonly as: 'A' | 'B' | null;
  readonly decision: 'approve' | 'reject';
  readonly terms: string;
  readonly reason: string | null;
  readonly at: number;
}
/** Kinds of approvers; the campaign file says which posts of the roster fill each. */
export const SEATS = ['peer', 'zone', 'finance', 'commander', 'deputy'] as const;
export type Seat = (typeof SEATS)[number];
/** Who may decide now, resolved from the roster at the time of the answer. */
export interface OpenSeat {
  readonly seat: Seat;
  /** One of the seats that say so is enough. */
  readonly any?: true;
  readonly people: readonly {
    readonly name: string;
    readonly post: string | null;
    readonly as: 'A' | 'B' | null;
  }[];
}
export interface RailsChange {
  readonly account: AccountId;
  readonly floor: number;
  readonly cap: number | null;
  readonly pinned: boolean;
}
export interface Move {
  readonly id: string;
  readonly state: MoveState;
  readonly tier: ApprovalTier;
  readonly legs: readonly MoveLeg[];
  /** New floor, cap or pin of accounts; with legs or alone. Always T3. */
  readonly rails: readonly RailsChange[];
  readonly reason: string;
  readonly requestedBy: Person;
  readonly requestedAt: number;
  /** SHA-256 over legs, rails, policy version and allocation versions of both ends: what an approval is bound to. */
  readonly terms: string;
  readonly policyVersion: number;
  /** Allocation version of each end when it was asked for. */
  readonly expected: Readonly<Record<AccountId, number>>;
  readonly emergency: boolean;
  /** Not asked for by anybody: the reserve paid what a platform had charged beyond a budget. Two people look at it afterwards. */
  readonly forced?: true;
  readonly recommendationId: string | null;
  readonly undoOf: string | null;
  /** The move that takes this one back. */
  readonly undoneBy: string | null;
  /** What could not be taken back: releasable was less; only on an undo. */
  readonly undoPartialMinor: number;
  readonly approvals: readonly Approval[];
  /** 0 at first; +1 each time a deadline passes: B takes over, then the next tier's people. */
  readonly escalation: number;
  /** Next deadline of the approvers, null when nobody is asked. */
  readonly decideBy: number | null;
  /** Holds are given back then, unless it is approved. */
  readonly expiresAt: number | null;
  /** T4 and forced ones: two people look at it within 24 h. */
  readonly reviewBy: number | null;
  readonly reviewedBy: readonly Person[];
  readonly endedAt: number | null;
  /** Code of what ended it badly, or made it stale. */
  readonly outcome: string | null;
  readonly version: number;
}
export interface MoveView extends Move {
  /** Who may decide now; empty unless it awaits approval. */
  readonly seats: readonly OpenSeat[];
}

// ---------------------------------------------------------------- preview
export interface AccountChange {
  readonly account: AccountId;
  readonly before: { readonly allocated: number; readonly available: number; readonly releasable: number };
  readonly after: { readonly allocated: number; readonly available: number; readonly releasable: number };
  readonly allocationVersion: number;
}
/** A limit that stands in the way, or is the next one that would. */
export interface Bound {
  /** The refusal it leads to. */
  readonly code: BudgetRefusal;
  readonly account: AccountId | null;
  /** Of the move, minor units; null when the bound is no amount (a freeze, a cooldown). */
  readonly limitMinor: number | null;
  readonly askedMinor: number | null;
  /** For cooldowns, freezes and quotas. */
  readonly until: number | null;
  /** Who stops it, of `frozen`, when it is an alert (`tier`, its rule) or a silent feed (`feed`, its name). */
  readonly by?: string | null;
  readonly who?: string | null;
  readonly violated: boolean;
}
export interface ExpectedEffect {
  /** Of the objective over the horizon, minor units (or buyers): 5 %, median, 95 %. */
  readonly low: number;
  readonly mid: number;
  readonly high: number;
  readonly objective: Objective;
  readonly horizonMs: number;
  /** That it is better than doing nothing, 0–1. */
  readonly probability: number;
  /** Marginal return of each end, before and after. */
  readonly marginal: readonly { readonly account: AccountId; readonly before: number; readonly after: number }[];
}
/** `validateOnly`: what would happen. Nothing has been held or written. */
export interface MovePreview {
  /** The first refusal by precedence that the request would get; null: it would be taken. */
  readonly refusal: {
    readonly code: BudgetRefusal;
    readonly message: string;
    /** With `frozen`: what may still be done instead. */
    readonly allowed?: readonly StillAllowed[];
  } | null;
  readonly tier: ApprovalTier;
  readonly seats: readonly OpenSeat[];
  readonly legs: readonly Leg[];
  readonly changes: readonly AccountChange[];
  readonly bounds: readonly Bound[];
  /** null: the curves say nothing about these accounts. */
  readonly effect: ExpectedEffect | null;
  readonly terms: string;
  readonly policyVersion: number;
  readonly undoPartialMinor: number;
  /** How long each stage of approvers has before the next one is asked; null: nobody is asked. */
  readonly decideWithinMs: number | null;
  /** How long whoever asked may take it back at once, without anybody's approval; null: taking it back is decided like any move. */
  readonly undoWithinMs: number | null;
  /** T0 only: hold the button for `holdMs`, then send this with the request, within 5 min. */
  readonly confirm: { readonly token: string; readonly holdMs: number } | null;
}
export interface MoveReply {
  /** null for a preview. */
  readonly move: MoveView | null;
  readonly preview: MovePreview | null;
  /** Redis time of the answer. */
  readonly serverMs: number;
}
/** `GET /api/v1/budget/transfers`, newest first. */
export interface MovesReply {
  readonly moves: readonly MoveView[];
  readonly serverMs: number;
}

// ---------------------------------------------------------------- commands
const closed = { additionalProperties: false } as const;
const Account = Type.String({ minLength: 1, maxLength: 48, pattern: '^[a-z0-9_:]+$' });
const Terms = Type.String({ pattern: '^[0-9a-f]{64}$' });
/** Any integer: 0 and less are refused as `amount_not_positive`, not as a malformed body. */
const Amount = Type.Integer({ minimum: -AMOUNT_MAX_MINOR, maximum: AMOUNT_MAX_MINOR });
export const LEGS_MAX = 20;
export const TransferBody = Type.Object(
  {
    legs: Type.Array(Type.Object({ from: Account, to: Account, amountMinor: Amount }, closed), { maxItems: LEGS_MAX }),
    /** `{account: allocationVersion}` of every account the request touches, as it was shown. */
    expected: Type.Record(Type.String({ pattern: '^[a-z0-9_:]{1,48}$' }), Type.Integer({ minimum: 0 })),
    reason: BudgetReason,
    validateOnly: Type.Optional(Type.Boolean()),
    /** Must be the campaign's, when given. */
    currency: Type.Optional(Type.String({ pattern: '^[A-Z]{3}$' })),
    /** Floors, caps and pins to change, all three of an account at once. */
    rails: Type.Optional(
      Type.Array(
        Type.Object(
          {
            account: Account,
            floor: Type.Integer({ minimum: 0, maximum: AMOUNT_MAX_MINOR }),
            cap: Type.Union([Type.Integer({ minimum: 0, maximum: AMOUNT_MAX_MINOR }), Type.Null()]),
            pinned: Type.Boolean(),
          },
          closed,
        ),
        { maxItems: LEGS_MAX },
      ),
    ),
    /** A draw that may leave the reserve under its share; T3. */
    emergency: Type.Optional(Type.Boolean()),
    recommendationId: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9._:-]{1,64}$' })),
    /** From the preview of a T0 move. */
    confirm: Type.Optional(Type.Object({ token: Type.String({ minLength: 1, maxLength: 256 }) }, closed)),
  },
  closed,
);
export type TransferBody = Static<typeof TransferBody>;
/** `terms` as they were shown. */
export const ApproveMoveBody = Type.Object({ terms: Terms }, closed);
export const RejectMoveBody = Type.Object({ terms: Type.Optional(Terms), reason: BudgetReason }, closed);
export const CancelMoveBody = Type.Object({ reason: Type.Optional(BudgetReason) }, closed);
export const ReverseMoveBody = Type.Object(
  { reason: BudgetReason, validateOnly: Type.Optional(Type.Boolean()) },
  closed,
);
/** A person has set the platform's budget by hand: what of this command took effect there. */
export const ConfirmMoveBody = Type.Object(
  {
    commandId: Type.String({ pattern: '^[A-Za-z0-9-]{1,96}$' }),
    appliedMinor: Type.Integer({ minimum: 0, maximum: AMOUNT_MAX_MINOR }),
    note: BudgetReason,
  },
  closed,
);
export type ConfirmMoveBody = Static<typeof ConfirmMoveBody>;
export const ReviewMoveBody = Type.Object({ note: Type.Optional(BudgetReason) }, closed);
