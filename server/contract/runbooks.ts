import { type Static, Type } from 'typebox';
import type { KpiWindow } from './kpis.ts';
import type { Actor } from './permissions.ts';
import type { Tier } from './tiers.ts';
import { PLAIN, WORDED } from './words.ts';

/**
 * Runbooks (the plans, from `runbooks/catalog/*.md`) and runs (one execution, shared live). Times are ms of Redis time since
 * the Unix epoch, dates are `YYYY-MM-DD`. Text is structured nodes, never HTML: what a screen draws is a closed list.
 */
export interface Words {
  readonly zh: string;
  readonly en: string;
}
/** The only links there are: http, https, mailto, or a page of this console (`/wall…`). */
export type Inline =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'code'; readonly text: string }
  /** A number to look at: `` `kpi:<id>` ``, drawn with its present value. */
  | { readonly type: 'kpi'; readonly id: string }
  | { readonly type: 'strong' | 'em'; readonly children: readonly Inline[] }
  | { readonly type: 'link'; readonly href: string; readonly children: readonly Inline[] }
  | { readonly type: 'break' };
export type Block =
  | { readonly type: 'paragraph'; readonly children: readonly Inline[] }
  | { readonly type: 'heading'; readonly level: number; readonly children: readonly Inline[] }
  | { readonly type: 'list'; readonly ordered: boolean; readonly items: readonly (readonly Block[])[] }
  | { readonly type: 'quote'; readonly children: readonly Block[] }
  | { readonly type: 'code'; readonly text: string }
  | { readonly type: 'rule' };
export interface Rich {
  readonly zh: readonly Inline[];
  readonly en: readonly Inline[];
}

// ---------------------------------------------------------------- checks
export const CHECK_OPS = ['<', '<=', '>', '>='] as const;
export interface CheckTerm {
  readonly kpi: string;
  readonly window: KpiWindow;
  readonly labels: Readonly<Record<string, string>>;
  readonly op: (typeof CHECK_OPS)[number];
  /** In the KPI's own unit; `0.1%` is 0.001. */
  readonly value: number;
}
/** `paid_not_updated_rate@1m < 0.1% and payment_success_rate@1m >= 99% within 5 min`: all terms hold. */
export interface Check {
  /** As it is written in the file. */
  readonly text: string;
  readonly terms: readonly CheckTerm[];
  /** `in effect`: what the step's action does must hold (the freeze is on, the banner is up). */
  readonly inEffect?: true;
  /** How long it may take to come true, ms; 0: at once. */
  readonly withinMs: number;
}
/** `unknown`: a KPI has no value, or too few events to say. */
export type CheckOutcome = 'passed' | 'failed' | 'unknown';
export interface CheckReading {
  readonly outcome: CheckOutcome;
  /** One value a term, in the KPI's unit; null where there is none. */
  readonly values: readonly (number | null)[];
}

// ---------------------------------------------------------------- actions
export const ACTION_TYPES = ['webhook', 'budget.freeze', 'silence', 'banner'] as const;
export type ActionType = (typeof ACTION_TYPES)[number];
interface ActionBase {
  readonly title: Words;
  /** What it changes for buyers or money, in words, shown in the dry run. */
  readonly effect: Words;
  /** What undoing it changes; by its kind when absent. */
  readonly undoEffect?: Words;
  /** Always asks a second person; otherwise the limits of `SECOND_PERSON` decide. */
  readonly secondPerson: boolean;
}
export type ActionSpec = ActionBase &
  (
    | {
        readonly type: 'webhook';
        /** Name of a hook the operator has set up (HOOKS_FILE); its address and secret are never in a runbook. */
        readonly hook: string;
        readonly body: Readonly<Record<string, string | number | boolean>>;
        /** Body that undoes it; null: cannot be undone by this console. */
        readonly undo: Readonly<Record<string, string | number | boolean>> | null;
      }
    | {
        readonly type: 'budget.freeze';
        /** Channels that may take no increase; `['*']` is all. */
        readonly channels: readonly string[];
        readonly direction: 'increases' | 'all';
      }
    | {
        readonly type: 'silence';
        readonly matchers: readonly { readonly name: string; readonly op: '=' | '!='; readonly value: string }[];
        readonly minutes: number;
      }
    | { readonly type: 'banner'; readonly tier: Tier; readonly text: Words; readonly minutes: number }
  );
/** Above these an action needs a second person, whatever its file says. */
export const SECOND_PERSON = { silenceMinutes: 60, bannerTier: 'red' } as const satisfies {
  silenceMinutes: number;
  bannerTier: Tier;
};
/** A countdown that anybody can stop; ms. */
export const COUNTDOWN_MS = 5_000;
/** How long a second person has; ms. */
export const APPROVAL_MS = 15 * 60_000;

// ---------------------------------------------------------------- the plan
export interface RunbookStep {
  /** From 1, without gaps. */
  readonly n: number;
  readonly title: Words;
  /** Key of `roles`. */
  readonly role: string;
  /** How long it should take, ms. */
  readonly expectedMs: number;
  readonly do: readonly Rich[];
  readonly expect: Rich;
  /** Step to go on with when what is expected does not come; null: ask the lead. */
  readonly otherwise: number | null;
  readonly links: readonly { readonly href: string; readonly title: Words }[];
  /** Key of `actions`. */
  readonly action: string | null;
  readonly rollback: Rich | null;
  readonly verify: Check | null;
}
export interface Runbook {
  readonly id: string;
  /** The campaign's contingency plan it carries out. */
  readonly plan: string;
  readonly title: Words;
  /** Key of `roles` that keeps it up to date. */
  readonly owner: string;
  /** Role → posts of the roster, best first: the first one the campaign has. */
  readonly roles: Readonly<Record<string, readonly string[]>>;
  readonly chosenBy: {
    readonly tiers: readonly Tier[];
    /** Alert rules; a trailing `*` matches any ending. */
    readonly rules: readonly string[];
    readonly labels: Readonly<Record<string, readonly string[]>>;
    /** Empty: in any phase. */
    readonly phases: readonly string[];
  };
  readonly lastRehearsed: string;
  readonly reviewBy: string;
  readonly timeoutMs: number;
  /** When the trouble is over. */
  readonly resolved: Check | null;
  readonly symptoms: readonly { readonly check: Check; readonly text: Rich }[];
  readonly decisions: readonly {
    /** null: a person's judgement. */
    readonly check: Check | null;
    readonly text: Rich;
    readonly goTo:
      | { readonly kind: 'step'; readonly n: number }
      | { readonly kind: 'runbook'; readonly id: string }
      | { readonly kind: 'stop' };
  }[];
  readonly steps: readonly RunbookStep[];
  readonly messages: readonly {
    readonly id: string;
    readonly title: Words;
    readonly to: Words;
    readonly text: Words;
  }[];
  readonly background: { readonly zh: readonly Block[]; readonly en: readonly Block[] } | null;
  readonly after: readonly Rich[];
  readonly actions: Readonly<Record<string, ActionSpec>>;
  /** SHA-256 of the file: a run goes on with the text it began with. */
  readonly print: string;
}
export interface RunbookSummary {
  readonly id: string;
  readonly plan: string;
  readonly title: Words;
  /** Post that keeps it, as this campaign names it; null when the campaign has none of them. */
  readonly owner: Words | null;
  readonly tiers: readonly Tier[];
  readonly lastRehearsed: string;
  readonly reviewBy: string;
  /** Past its review date: still usable, and says so. */
  readonly overdue: boolean;
  readonly stepCount: number;
  /** The condition that chose it, with `?rule=&tier=` or `?alert=`; absent otherwise. */
  readonly matched?: 'link' | 'rule' | 'label';
}
/** `GET /api/v1/runbooks[?rule=&tier=&alert=]`: with a condition, only those it chooses, best first. */
export interface RunbooksReply {
  readonly runbooks: readonly RunbookSummary[];
}
/** `GET /api/v1/runbooks/{id}` */
export interface RunbookReply {
  readonly runbook: Runbook;
  /** Role → post and people of this campaign. */
  readonly posts: Readonly<
    Record<string, { readonly post: string; readonly title: Words; readonly a: string; readonly b: string } | null>
  >;
}

// ---------------------------------------------------------------- the run
export const RUN_STATES = ['running', 'succeeded', 'failed', 'aborted', 'timedout'] as const;
export type RunState = (typeof RUN_STATES)[number];
export const STEP_STATES = ['pending', 'claimed', 'done', 'skipped', 'failed'] as const;
export type StepState = (typeof STEP_STATES)[number];
export const EXECUTION_STATES = ['awaiting', 'countdown', 'sending', 'sent', 'failed', 'cancelled', 'expired'] as const;
export type ExecutionState = (typeof EXECUTION_STATES)[number];
export const VERIFY_STATES = ['waiting', 'passed', 'failed'] as const;
export type VerifyState = (typeof VERIFY_STATES)[number];

export interface RunPerson {
  readonly id: string;
  readonly name: string;
}
/** A value that people read: as it is, or in both languages. */
export type Shown = string | Words;
/**
 * `what` and plain values are codes and names, which a screen says in its reader's language: `budget.<channel>` is `open`,
 * `frozen.increases` or `frozen.all`; `silence.matchers|alerts|minutes`; `banner.text|tier|minutes`; else `<hook>.<field>`.
 */
export interface DiffRow {
  readonly what: string;
  readonly before: Shown | null;
  readonly after: Shown | null;
}
/** What came of an action, as a code and its parameters. */
export interface Told {
  readonly code: (typeof TOLD_CODES)[number];
  readonly params: Readonly<Record<string, string | number>>;
}
export const TOLD_CODES = [
  'webhook.sent',
  'webhook.failed',
  'banner.up',
  'banner.down',
  'silence.on',
  'silence.off',
  'freeze.on',
  'freeze.off',
  'drill',
] as const;
/** What a dry run answers: nothing has happened yet. */
export interface Preview {
  readonly direction: 'do' | 'undo';
  readonly diff: readonly DiffRow[];
  readonly effect: Words;
  readonly undoable: boolean;
  /** Above the limit: somebody else must approve within 15 min. */
  readonly secondPerson: boolean;
  /** SHA-256 over everything that would be done; `execute` and `approve` are bound to it. */
  readonly terms: string;
}
export interface Execution {
  readonly id: string;
  readonly action: string;
  readonly direction: 'do' | 'undo';
  /** The execution that it takes back; null unless `undo`. */
  readonly undoes: string | null;
  readonly state: ExecutionState;
  readonly terms: string;
  readonly diff: readonly DiffRow[];
  readonly requestedBy: RunPerson;
  /** Who cancelled it; absent while nobody has. */
  readonly cancelledBy?: RunPerson;
  readonly requestedAt: number;
  readonly approvedBy: RunPerson | null;
  /** End of the countdown, or of the time to approve; null after. */
  readonly dueAt: number | null;
  readonly endedAt: number | null;
  /** What came of it: a status, or why it failed. */
  readonly outcome: string | null;
  /** The same for a screen; absent in runs of older builds and where only `outcome` can tell. */
  readonly told?: Told;
}
export interface Verification {
  readonly state: VerifyState;
  readonly until: number;
  readonly reading: CheckReading | null;
}
export interface Attempt {
  readonly number: number;
  readonly by: RunPerson;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly outcome: 'done' | 'failed' | 'released' | null;
  readonly note: string | null;
}
export interface RunStep {
  readonly n: number;
  readonly state: StepState;
  readonly owner: RunPerson | null;
  readonly attempts: readonly Attempt[];
  /** Why it was skipped, or what came of it. */
  readonly note: string | null;
  readonly settledBy: RunPerson | null;
  readonly settledAt: number | null;
  readonly execution: Execution | null;
  readonly verification: Verification | null;
  /** An action of this step was undone. */
  readonly rolledBackAt: number | null;
  /** It was called done although its check was not seen to be true. */
  readonly despite?: { readonly check: string; readonly actionRan: boolean; readonly reading: CheckReading };
  /** Rises with every change of the step; commands may bind to it. */
  readonly version: number;
}
export interface Run {
  readonly id: string;
  readonly runbook: string;
  readonly title: Words;
  readonly state: RunState;
  /** Only the timeline hears of it: actions are previewed, never sent. */
  readonly drill: boolean;
  readonly alertId: string | null;
  /** The alert's rule and tier when it was started, for the record. */
  readonly alertRule: string | null;
  /** What was hurt then, in words; absent where the run began without an alert. */
  readonly alertTitle?: Words;
  readonly tier: Tier | null;
  readonly startedBy: Actor;
  readonly startedAt: number;
  readonly timeoutAt: number;
  readonly endedAt: number | null;
  readonly endNote: string | null;
  readonly steps: readonly RunStep[];
  readonly version: number;
}
/** `GET /api/v1/runs[?state=running]`, newest first, at most 200. */
export interface RunsReply {
  readonly runs: readonly Run[];
}
/** `GET /api/v1/runs/{id}`, and what every command on a run answers. */
export interface RunReply {
  readonly run: Run;
  /** The plan as it was when the run began. */
  readonly runbook: Runbook;
  readonly posts: RunbookReply['posts'];
  /** Redis time of the answer: countdowns are drawn against it. */
  readonly serverMs: number;
}
export interface CommandReply {
  readonly run: Run;
  readonly serverMs: number;
}

// ---------------------------------------------------------------- banner
/** A line across all walls; the frame carries the most urgent one that has not ended. */
export interface Banner {
  readonly id: string;
  readonly tier: Tier;
  readonly text: Words;
  readonly by: string;
  readonly fromMs: number;
  readonly untilMs: number;
}

// ---------------------------------------------------------------- commands
const closed = { additionalProperties: false } as const;
const Reason = Type.String({ minLength: 1, maxLength: 500, pattern: WORDED });
const Note = Type.Optional(Type.String({ maxLength: 2_000, pattern: PLAIN }));
const Version = Type.Optional(
  Type.Integer({ minimum: 1, description: 'version of the step; 409 when it has moved on' }),
);
const Terms = Type.String({ pattern: '^[0-9a-f]{64}$' });
export const StartBody = Type.Object(
  {
    /** Chosen by the alert's conditions when absent. */
    runbook: Type.Optional(Type.String({ pattern: '^[a-z0-9-]{1,64}$' })),
    alertId: Type.Optional(Type.String({ minLength: 1, maxLength: 128, pattern: PLAIN })),
    drill: Type.Optional(Type.Boolean()),
  },
  closed,
);
export type StartBody = Static<typeof StartBody>;
export const ClaimBody = Type.Object(
  {
    /** Takes the step from its owner, who had it at `version`; without that version, or when it has moved on, 409 names the owner. */
    takeOver: Type.Optional(Type.Boolean()),
    version: Version,
  },
  closed,
);
export const CompleteBody = Type.Object(
  {
    outcome: Type.Optional(Type.Enum(['done', 'failed', 'released'])),
    note: Note,
    /** Done although its action was not run and its check is not true. */
    despite: Type.Optional(
      Type.Boolean({
        description:
          'true: the step is done although its action was not run and its check is not true, which is otherwise 409 check_not_true; both are on the record.',
      }),
    ),
    version: Version,
  },
  closed,
);
export const SkipBody = Type.Object({ reason: Reason, version: Version }, closed);
export const ExecuteBody = Type.Object(
  {
    /** Answers the preview and changes nothing. */
    dryRun: Type.Optional(Type.Boolean()),
    /** Undoes what the action did. */
    undo: Type.Optional(Type.Boolean()),
    /** From the dry run; needed unless `dryRun`. */
    terms: Type.Optional(Terms),
    version: Version,
  },
  closed,
);
export const ApproveBody = Type.Object({ terms: Terms }, closed);
export const CancelBody = Type.Object({ reason: Type.Optional(Reason) }, closed);
export const AbortBody = Type.Object({ reason: Reason }, closed);
