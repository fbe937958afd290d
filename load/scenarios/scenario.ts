import type { CampaignReply } from '#contract/campaign';
import type { ErrorCode } from '#contract/errors';
import type { EventType } from '#contract/events';
import type { BodyItem, Form, LoadEvent } from '../load-event.ts';

/** How much of what a scenario sends; ratios of all items sent, 0–1. */
export interface Shares {
  /** Items sent again, alike in source and id. Counting by sequence repeats whole bodies instead (drive.ts). */
  readonly duplicateRatio: number;
  /** Items whose event time is seconds to minutes behind. */
  readonly lateRatio: number;
  readonly brokenRatio: number;
  /** Items with a dimension value the campaign does not know; they count as `other`. */
  readonly unknownRatio: number;
  /** Bodies written as CloudEvents instead of NDJSON. */
  readonly cloudEventsRatio: number;
}

export interface ScenarioOptions {
  readonly campaign: CampaignReply;
  readonly seed: number;
  /** Tag of this run: part of every id, so that two runs never collide. */
  readonly runTag: string;
  /** Items to send, duplicates and broken ones included. */
  readonly itemCount: number;
  readonly bodyItemCount: number;
  /** Event time of the first item, ms, and how much event time the run covers. */
  readonly startMs: number;
  readonly spanMs: number;
  /**
   * When each body was made, ms, written by the driver as it takes them: the events of an unpaced run happen just before
   * they are sent, however slow the machine is. Absent: times follow from `startMs` and `spanMs` alone.
   */
  readonly madeAtMs?: Float64Array;
  /** The same rate all the way, without the opening burst: for a drill that wants one load and not a story. */
  readonly isEven?: boolean;
  readonly lateMaxMs: number;
  /** What the server refuses as too late: 15 min by id, 24 h by sequence. */
  readonly horizonMs: number;
  readonly shares: Shares;
  /** Types left to somebody else; `order.created` is sent instead. */
  readonly without?: readonly EventType[];
}

/** What the item at a place of the run is. */
export type Slot =
  /** Counts once, whatever number of bodies carry it. `identity` is the slot it was first planned for. */
  | { readonly kind: 'event'; readonly event: LoadEvent; readonly identity: number }
  /** Must be refused with one of `codes`, and change nothing. */
  | { readonly kind: 'broken'; readonly item: BodyItem; readonly codes: readonly ErrorCode[] };

/** A run as a pure function: slot and due time by number, so that any part of it can be made again. */
export interface Scenario {
  readonly options: ScenarioOptions;
  readonly bodyCount: number;
  slotAt(slot: number): Slot;
  /** When the slot happens, ms. */
  dueMs(slot: number): number;
  formOf(body: number): Form;
}
