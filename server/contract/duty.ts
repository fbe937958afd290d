import { type Static, Type } from 'typebox';
import type { Shift } from './alerts.ts';
import { PLAIN, WORDED } from './words.ts';

/** Shifts of the duty roster, who holds what when, and how often people were paged. Times are ms since the Unix epoch. */

/** A shift lasts so long at most, ms (7 days). */
export const SHIFT_MAX_MS = 7 * 86_400_000;
/** Shifts that can be kept at once. */
export const SHIFTS_MOST = 2_000;
/** A schedule is asked for at most so long a span, ms (31 days). */
export const SCHEDULE_MAX_MS = 31 * 86_400_000;

/** One person on one post in one role for a while; wins over rotation and roster, loses to an override. */
export interface DutyShift extends Shift {
  readonly id: string;
  /** Rises by one with every change. */
  readonly version: number;
  readonly updatedBy: string;
  readonly updatedAt: number;
}
/** `PUT /api/v1/duty/shifts/{id}`: the caller chooses the id; `version` is what was seen, absent for a new one. */
export const ShiftBody = Type.Object(
  {
    post: Type.String({ minLength: 1, maxLength: 64, pattern: PLAIN }),
    role: Type.Enum(['A', 'B']),
    person: Type.String({ minLength: 1, maxLength: 128, pattern: WORDED }),
    startsAt: Type.Integer({ minimum: 0 }),
    endsAt: Type.Integer({ minimum: 0 }),
    version: Type.Optional(Type.Integer({ minimum: 1, description: 'refused with 409 when the shift has moved on' })),
    /** The person has no account, no contact and no place on the roster, and that is meant; else 422 `validation` on `/person`. */
    unknown: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);
export type ShiftBody = Static<typeof ShiftBody>;

/** What is odd about the shifts of one post and role; allowed, and said. */
export interface ShiftWarning {
  /** `gap`: between two shifts, where rotation or roster stand in. `overlap`: two at once, of which the later changed one holds. */
  readonly kind: 'gap' | 'overlap';
  readonly post: string;
  readonly role: 'A' | 'B';
  readonly fromMs: number;
  readonly toMs: number;
  /** The shift before and the one after; of an overlap, the one that loses and the one that holds. */
  readonly shifts: readonly [string, string];
  /** Who is on meanwhile; null: nobody. */
  readonly person: string | null;
}
export interface ShiftsReply {
  readonly at: number;
  /** Those that are not long over, by start. */
  readonly shifts: readonly DutyShift[];
  readonly warnings: readonly ShiftWarning[];
}
export interface ShiftReply {
  readonly shift: DutyShift;
  readonly warnings: readonly ShiftWarning[];
}

/** One stretch in which a post's role is held by the same person for the same reason. */
export interface DutySegment {
  readonly post: string;
  readonly role: 'A' | 'B';
  /** null: nobody is named. */
  readonly person: string | null;
  readonly by: 'roster' | 'shift' | 'override' | 'rotation' | 'none';
  /** The shift or override it comes from. */
  readonly id: string | null;
  readonly fromMs: number;
  readonly toMs: number;
}
/** `GET /api/v1/duty/schedule?from=&to=`: every hand-over between two instants is the border of two segments. */
export interface ScheduleReply {
  readonly at: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly posts: readonly { readonly id: string; readonly zh: string; readonly en: string }[];
  /** By post in the roster's order, A before B, then by time; without gaps. */
  readonly segments: readonly DutySegment[];
}

/** Somebody who can be put on duty, and how a page finds them. */
export interface KnownPerson {
  readonly name: string;
  /** Can sign in here and act on alerts. */
  readonly account: boolean;
  /** `duty.yaml` says how they are called by themselves; others are named in rooms only. */
  readonly contact: boolean;
}
/** `GET /api/v1/duty/people` */
export interface KnownPeopleReply {
  /** By name. */
  readonly people: readonly KnownPerson[];
}

/** How often one person was paged, as the histories of the alerts tell. */
export interface PersonLoad {
  readonly person: string;
  readonly hourCount: number;
  readonly nightCount: number;
  readonly lastAt: number;
}
/** `GET /api/v1/duty/load` */
export interface LoadReply {
  readonly at: number;
  /** The running or the last night, 22:00–08:00 in the campaign's zone. */
  readonly nightFromMs: number;
  readonly nightToMs: number;
  /** Most paged in the last hour first. */
  readonly people: readonly PersonLoad[];
  /** False: there were more alerts than were looked through, so that counts may be too low. */
  readonly complete: boolean;
}
