import type { Roster } from '#contract/alerts';
import type { DutySegment, DutyShift, ShiftWarning } from '#contract/duty';
import { onDuty } from './roster.ts';

type Role = 'A' | 'B';
const ROLES: readonly Role[] = ['A', 'B'];

/** Gaps between neighbouring shifts of a post's role, and overlaps. `shifts` in the order in which later ones win. Pure. */
export function shiftWarnings(roster: Roster, shifts: readonly DutyShift[], fromMs: number): ShiftWarning[] {
  const warnings: ShiftWarning[] = [];
  const kinds = new Map<string, DutyShift[]>();
  for (const shift of shifts) {
    if (shift.endsAt <= fromMs) continue;
    const key = `${shift.role}|${shift.post}`;
    kinds.set(key, [...(kinds.get(key) ?? []), shift]);
  }
  for (const list of kinds.values()) {
    const byStart = [...list].sort((a, b) => a.startsAt - b.startsAt || a.endsAt - b.endsAt);
    let furthest: DutyShift | undefined;
    for (const shift of byStart) {
      const { post, role } = shift;
      if (furthest !== undefined && shift.startsAt > furthest.endsAt) {
        const person = onDuty(roster, post, role, furthest.endsAt)?.person ?? null;
        const span = { fromMs: furthest.endsAt, toMs: shift.startsAt };
        warnings.push({ kind: 'gap', post, role, ...span, shifts: [furthest.id, shift.id], person });
      }
      if (furthest === undefined || shift.endsAt > furthest.endsAt) furthest = shift;
    }
    byStart.forEach((shift, index) => {
      for (const next of byStart.slice(index + 1)) {
        if (next.startsAt >= shift.endsAt) break;
        const [loser, holder] = list.indexOf(next) > list.indexOf(shift) ? [shift, next] : [next, shift];
        const span = { fromMs: next.startsAt, toMs: Math.min(shift.endsAt, next.endsAt) };
        const { post, role } = shift;
        warnings.push({ kind: 'overlap', post, role, ...span, shifts: [loser.id, holder.id], person: holder.person });
      }
    });
  }
  return warnings.sort((a, b) => a.fromMs - b.fromMs);
}

interface Held {
  readonly post: string;
  readonly role: Role;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly id?: string;
}
/** Who holds each post in `[fromMs, toMs)`, in stretches: each border is a hand-over. Pure. */
export function dutySegments(roster: Roster, fromMs: number, toMs: number): DutySegment[] {
  const posts = roster.posts.map(({ post }) => post);
  if (roster.rotation !== null && !posts.includes(roster.rotation.post)) posts.unshift(roster.rotation.post);
  return posts.flatMap((post) => ROLES.flatMap((role) => segmentsOf(roster, post, role, fromMs, toMs)));
}

function segmentsOf(roster: Roster, post: string, role: Role, fromMs: number, toMs: number): DutySegment[] {
  const holds = (item: Held, atMs: number): boolean =>
    item.post === post && item.role === role && item.startsAt <= atMs && atMs < item.endsAt;
  const borders = new Set<number>([fromMs]);
  for (const item of [...roster.shifts, ...roster.overrides] as readonly Held[]) {
    if (item.post !== post || item.role !== role) continue;
    for (const atMs of [item.startsAt, item.endsAt]) if (atMs > fromMs && atMs < toMs) borders.add(atMs);
  }
  const { rotation } = roster;
  if (rotation?.post === post && rotation.people.length > 0) {
    const turn = Math.floor((fromMs - rotation.fromMs) / rotation.everyMs) + 1;
    for (let atMs = rotation.fromMs + turn * rotation.everyMs; atMs < toMs; atMs += rotation.everyMs) borders.add(atMs);
  }
  const segments: DutySegment[] = [];
  const starts = [...borders].sort((a, b) => a - b);
  starts.forEach((startMs, index) => {
    const on = onDuty(roster, post, role, startMs);
    const from = on?.by === 'override' ? roster.overrides : on?.by === 'shift' ? roster.shifts : [];
    const id = (from as readonly Held[]).findLast((item) => holds(item, startMs))?.id ?? null;
    const next: DutySegment = {
      post,
      role,
      person: on?.person ?? null,
      by: on?.by ?? 'none',
      id,
      fromMs: startMs,
      toMs: starts[index + 1] ?? toMs,
    };
    const last = segments.at(-1);
    if (last !== undefined && last.person === next.person && last.by === next.by && last.id === next.id)
      segments[segments.length - 1] = { ...last, toMs: next.toMs };
    else segments.push(next);
  });
  return segments;
}
