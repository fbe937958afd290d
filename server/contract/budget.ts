import { type Static, Type } from 'typebox';
import type { Actor } from './permissions.ts';
import type { PlatformReading } from './platforms.ts';
import type { Tier } from './tiers.ts';

/**
 * Money: accounts, the ledger, moves with their approvals, freezes, and what leaves for the ad platforms. Amounts are
 * integer minor units; numbers on the wire, decimal strings in ledger lines (a line is hashed as text).
 */

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
  readonly by: 'person' | 'runbook' | 'tier' | 'kill_switch';
  /** Name of the person, id of the run, rule of the alert. */
  readonly who: string;
  readonly direction: FreezeDirection;
  /** null: until it is lifted. */
  readonly until: number | null;
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
  readonly freezes: readonly Freeze[];
}

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
  /** T4: two people look at it within 24 h. */
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
  readonly refusal: { readonly code: BudgetRefusal; readonly message: string } | null;
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
const PLAIN = '^[^\\u0000-\\u001f\\u007f-\\u009f\\u2028-\\u202e\\u2066-\\u2069]*$';
const Account = Type.String({ minLength: 1, maxLength: 48, pattern: '^[a-z0-9_:]+$' });
const Reason = Type.String({ minLength: 1, maxLength: 500, pattern: PLAIN });
const Terms = Type.String({ pattern: '^[0-9a-f]{64}$' });
/** Any integer: 0 and less are refused as `amount_not_positive`, not as a malformed body. */
const Amount = Type.Integer({ minimum: -AMOUNT_MAX_MINOR, maximum: AMOUNT_MAX_MINOR });
export const LEGS_MAX = 20;
export const TransferBody = Type.Object(
  {
    legs: Type.Array(Type.Object({ from: Account, to: Account, amountMinor: Amount }, closed), { maxItems: LEGS_MAX }),
    /** `{account: allocationVersion}` of every account the request touches, as it was shown. */
    expected: Type.Record(Type.String({ pattern: '^[a-z0-9_:]{1,48}$' }), Type.Integer({ minimum: 0 })),
    reason: Reason,
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
export const RejectMoveBody = Type.Object({ terms: Type.Optional(Terms), reason: Reason }, closed);
export const CancelMoveBody = Type.Object({ reason: Type.Optional(Reason) }, closed);
export const ReverseMoveBody = Type.Object({ reason: Reason, validateOnly: Type.Optional(Type.Boolean()) }, closed);
/** A person has set the platform's budget by hand: what of this command took effect there. */
export const ConfirmMoveBody = Type.Object(
  {
    commandId: Type.String({ pattern: '^[A-Za-z0-9-]{1,96}$' }),
    appliedMinor: Type.Integer({ minimum: 0, maximum: AMOUNT_MAX_MINOR }),
    note: Reason,
  },
  closed,
);
export const ReviewMoveBody = Type.Object({ note: Type.Optional(Reason) }, closed);

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
  readonly source: FrozenBy['by'];
  readonly at: number;
  /** null: until somebody lifts it. */
  readonly until: number | null;
}
export const FreezeBody = Type.Object(
  {
    channels: Type.Array(Type.String({ pattern: '^(\\*|[a-z0-9_]{1,40})$' }), { minItems: 1, maxItems: 40 }),
    direction: Type.Enum([...FREEZE_DIRECTIONS]),
    reason: Reason,
    minutes: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_080 })),
  },
  closed,
);
export type FreezeBody = Static<typeof FreezeBody>;
export interface FreezeReply {
  readonly freeze: Freeze;
}

// ---------------------------------------------------------------- ledger
export const ENTRY_KINDS = ['fund', 'reserve', 'post', 'void', 'expire', 'spend', 'cover', 'undo', 'fix'] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];
/**
 * One line of the ledger, exactly as it is hashed: this order of fields, absent ones left out, no spaces. Immutable; a
 * correction is a new line. `hash` = SHA-1(prevHash ‖ the line without `,"hash":"…"`).
 */
export interface LedgerLine {
  /** From 1, without gaps. */
  readonly seq: number;
  readonly id: string;
  /** Redis time, ms. */
  readonly ts: number;
  readonly kind: EntryKind;
  readonly debit: AccountId;
  readonly credit: AccountId;
  /** Decimal, above 0. */
  readonly amountMinor: string;
  /** Hold that this line makes or ends. */
  readonly pendingId?: string;
  readonly moveId?: string;
  readonly actor: Actor;
  readonly onBehalfOf?: Person;
  readonly policyVersion: number;
  readonly reason: string;
  readonly recommendationId?: string;
  readonly undoOf?: string;
  /** Day of the spend report, in the campaign's zone. */
  readonly day?: string;
  /** Available on the debited (`a`) and credited (`b`) account, decimal. */
  readonly before: { readonly a: string; readonly b: string };
  readonly after: { readonly a: string; readonly b: string };
  readonly prevHash: string;
  readonly hash: string;
}
/** HMAC-SHA-256 over the seal before it and the lines `from`–`to`; the key is not in the store. */
export interface LedgerSeal {
  readonly from: number;
  readonly to: number;
  /** `hash` of line `to`. */
  readonly head: string;
  readonly at: number;
  readonly mac: string;
}
/** `GET /api/v1/budget/ledger?after=&limit=&account=&move=&kind=`; with `accept: application/x-ndjson` or `text/csv` the lines alone. */
export interface LedgerReply {
  readonly seq: number;
  readonly sealedSeq: number;
  readonly lines: readonly LedgerLine[];
  /** Ask on with `after`; null: these were the last. */
  readonly next: number | null;
}

// ---------------------------------------------------------------- platforms
export const COMMAND_DIRECTIONS = ['decrease', 'increase', 'restore'] as const;
/** Written with the ledger in one step and never changed after; how its delivery goes is the outbox's own record. */
export interface OutboxCommand {
  readonly id: string;
  readonly moveId: string;
  readonly leg: number;
  readonly channel: string;
  /** `restore` gives `from` back what `to` could not take. */
  readonly direction: (typeof COMMAND_DIRECTIONS)[number];
  /** Above 0. */
  readonly amountMinor: number;
  /** Absolute budget the object is to have, so that sending twice is harmless; a newer one replaces an older unsent one. */
  readonly targetMinor: number;
  /** Order of all commands of this instance. */
  readonly seq: number;
  readonly createdAt: number;
}
export const RECEIPT_OUTCOMES = ['applied', 'clamped', 'rejected'] as const;
/** What became of a command for good: exactly one each. `appliedMinor` of `amountMinor` took effect. */
export interface PlatformReceipt {
  readonly commandId: string;
  readonly direction: OutboxCommand['direction'];
  readonly outcome: (typeof RECEIPT_OUTCOMES)[number];
  readonly appliedMinor: number;
  /** What the platform says its budget is. */
  readonly confirmedMinor: number | null;
  readonly externalRef: string | null;
  readonly message: string | null;
  readonly at: number;
}

/**
 * What the outbox needs of money, and nothing else of it. Commands are written in the same step as the approval (or the
 * posting) that they follow from, with a due item `budget.outbox` whose id is the channel: claim it, send, settle.
 */
export interface MoneyPort {
  /** Commands without a receipt, by `seq`; all channels when none is named. */
  openCommands(channel?: string): Promise<readonly OutboxCommand[]>;
  /** Sent or being sent: the move is `decreasing` or `increasing`. `unknown`: no answer, read back before anything else. */
  marked(commandId: string, as: 'sending' | 'unknown'): Promise<void>;
  /**
   * The end of a command, safe to repeat. A confirmed decrease posts what was applied, gives back the rest of the hold and
   * writes the increase; an increase that took less is compensated (money goes back, `restore` is written); the last one
   * settles the move.
   */
  confirmLeg(commandId: string, receipt: PlatformReceipt): Promise<Move>;
  /** Gives up: as `confirmLeg` with nothing applied. */
  compensate(commandId: string, reason: string): Promise<Move>;
  /** What we last asked the platform to be set to, minor units; the opening allocation before that. */
  target(channel: string): Promise<number>;
  move(id: string): Promise<Move>;
}
/**
 * What money needs of the platforms (`budgets.platforms` of the campaign file, contract/platforms.ts). Absent (`null`): moves
 * of channels with a link wait in `approved`.
 */
export interface PlatformPort {
  /** Newest reading of the channel's object; null before the first: then the ledger's own spend and target are taken. */
  reading(channel: string): PlatformReading | null;
  view(channel: string): PlatformView | null;
  /** When a change asked for now could be sent; null: at once. Beyond the window's end the request is refused. */
  nextChangeAt(channel: string): number | null;
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

// ---------------------------------------------------------------- recommendations
export const OBJECTIVES = ['gmv', 'profit', 'new_buyers'] as const;
export type Objective = (typeof OBJECTIVES)[number];
export interface Card {
  readonly id: string;
  readonly legs: readonly Leg[];
  readonly effect: ExpectedEffect;
  /** Why, as a code and its numbers; the client has the words. */
  readonly reasons: readonly { readonly code: string; readonly params: Readonly<Record<string, string | number>> }[];
  readonly bounds: readonly Bound[];
  readonly madeAt: number;
  readonly expiresAt: number;
  /** Allocation versions it was made on: `expected` of the request. */
  readonly expected: Readonly<Record<AccountId, number>>;
}
export interface Veto {
  readonly channel: string;
  readonly code: string;
  readonly tier: Tier | null;
  readonly params: Readonly<Record<string, string | number>>;
}
/** `GET /api/v1/budget/recommendation` */
export interface RecommendationReply {
  readonly at: number;
  readonly objective: Objective;
  /** None is an answer too: doing nothing is best, and `note` says why. */
  readonly cards: readonly Card[];
  readonly vetoes: readonly Veto[];
  readonly note: string | null;
}
/** What recommendations need of money. */
export interface LedgerFacts {
  /** As `GET /api/v1/budget`, no older than a second. */
  budget(): BudgetReply;
  allocations(): Readonly<Record<string, number>>;
  releasable(): Readonly<Record<string, number>>;
  freezes(): readonly Freeze[];
  /** Moves that settled at or after, oldest first. */
  settledSince(atMs: number): Promise<readonly Move[]>;
}
/** What money needs of recommendations; absent (`null`): no T0 moves, no expected effect. */
export interface AdvicePort {
  /** A card that was shown and has not expired. */
  card(id: string): Card | null;
  effect(legs: readonly Leg[]): ExpectedEffect | null;
}

// ---------------------------------------------------------------- refusals
/**
 * Refusals in order of precedence: the first one that holds is the answer. A repeated `Idempotency-Key` is looked at before
 * all of them. Statuses are in errors.ts, words in PROTOCOL.md (BUD).
 */
export const BUDGET_REFUSALS = [
  'amount_not_positive',
  'same_account',
  'unknown_channel',
  'currency_mismatch',
  'self_approval',
  'approver_limit_exceeded',
  'role_not_on_duty',
  'version_stale',
  'idempotency_body_mismatch',
  'already_settled',
  'already_undone',
  'pending_expired',
  'approval_void_body_changed',
  'campaign_closed',
  'insufficient_available',
  'below_floor',
  'above_cap',
  'reserve_breach',
  'step_too_large',
  'not_releasable',
  'platform_floor',
  'split_limit_exceeded',
  'infeasible',
  'cooldown',
  'frozen',
  'platform_quota',
  'platform_rejected',
  'platform_unknown',
  'pending_not_found',
  'already_posted',
  'already_voided',
  'exceeds_pending',
  'ledger_frozen',
] as const;
export type BudgetRefusal = (typeof BUDGET_REFUSALS)[number];
/** The same Idempotency-Key never succeeds after one of these: the answer is kept. */
export const STICKY_REFUSALS = [
  'campaign_closed',
  'insufficient_available',
] as const satisfies readonly BudgetRefusal[];
