import type { ActionSpec, Banner, CheckTerm, DiffRow, RunPerson, Told, Words } from '#contract/runbooks';
import type { Tier } from '#contract/tiers';

/** What an action came to. `retryable`: no answer, or one that says to try again; the same id is sent again. */
export type ActionResult =
  | { readonly ok: true; readonly outcome: string; readonly told?: Told }
  | { readonly ok: false; readonly outcome: string; readonly retryable: boolean; readonly told?: Told };
export interface Effect<T extends ActionSpec['type']> {
  readonly spec: Extract<ActionSpec, { type: T }>;
  readonly direction: 'do' | 'undo';
  /** The same over all tries; whoever receives it must take it once. */
  readonly key: string;
  readonly by: RunPerson;
  readonly runId: string;
  /** End of the countdown: the same over all tries, so that what is derived from it is, too. */
  readonly atMs: number;
  /** The execution that is undone has this key. */
  readonly doneKey: string;
}
/**
 * One way to change something. `diff` says what would change, before and after, and throws `action_unavailable` when it cannot
 * be done by this console; `perform` does it, once for each key.
 */
export interface ActionPort<T extends ActionSpec['type']> {
  diff(effect: Pick<Effect<T>, 'spec' | 'direction' | 'doneKey'>): Promise<readonly DiffRow[]>;
  perform(effect: Effect<T>): Promise<ActionResult>;
  /** Whether what it does holds now, whoever did it; null, or no such method: nobody can say. */
  inEffect?(effect: Pick<Effect<T>, 'spec' | 'doneKey'>): Promise<boolean | null>;
}
export type ActionPorts = { readonly [Kind in ActionSpec['type']]: ActionPort<Kind> };

/** What a run needs to know of the alert it was started from. */
export interface AlertFacts {
  readonly id: string;
  readonly rule: string;
  readonly tier: Tier;
  readonly labels: Readonly<Record<string, string>>;
  /** What is hurt, in words. */
  readonly title?: Words;
  /** Its `runbook_url`. */
  readonly link: string | null;
}
export interface AlertLookup {
  find(id: string): Promise<AlertFacts | null>;
}
export interface FigureLookup {
  /** The value now; null when there is none, or too few events to say. */
  value(term: CheckTerm): number | null;
}
export interface BannerStore {
  show(banner: Banner): Promise<void>;
  clear(id: string): Promise<void>;
  current(nowMs: number): Promise<Banner | null>;
}
