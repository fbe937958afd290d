import type { Alert, AlertHistoryEntry, HistoryType } from '#contract/alerts';
import type { Actor } from '#contract/permissions';
import type { Tier } from '#contract/tiers';
import type { CameDown } from './domain/flap.ts';

/** An alert as it is stored: what is derived at every look is empty, and the engine's own memory is beside it. */
export interface AlertRecord extends Alert {
  readonly engine: {
    /** Since when it has been in its evaluation, ms. */
    readonly sinceMs: number;
    readonly activeSinceMs: number | null;
    /** Starts that count for flap control, ms. */
    readonly starts: readonly number[];
    /** What a person raised it to: the rule does not lower it below while it fires. */
    readonly handTier: Tier | null;
    /** When a person last escalated it by hand, ms: what muted it then mutes it no more. Absent: nobody did. */
    readonly escalatedAtMs?: number;
    /** The tier it came down from lately. Absent: it did not. */
    readonly cameDown?: CameDown;
    /** Of an alert from outside only. */
    readonly foreign?: ForeignState;
  };
}
/** What the senders of a foreign alert said last. */
export interface ForeignState {
  /** Sender → until when it says that the alert fires, ms. */
  readonly until: Readonly<Record<string, number>>;
  readonly heardAtMs: number;
}
export const readRecord = (json: string): AlertRecord => JSON.parse(json) as AlertRecord;

/** What everybody but the engine sees. */
export function alertOf({ engine: _engine, ...alert }: AlertRecord): Alert {
  return alert;
}

/** One line of history about a record as it is after the change. */
export function historyOf(
  type: HistoryType,
  record: Alert,
  actor: Actor,
  atMs: number,
  more: Pick<AlertHistoryEntry, 'reason' | 'text' | 'from'> = {},
): AlertHistoryEntry {
  const { version, evaluation, handling, tier, value } = record;
  return { type, at: atMs, version, actor, evaluation, handling, tier, value, ...more };
}
