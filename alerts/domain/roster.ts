import type { DutyPerson, Roster } from '#contract/alerts';

type Role = 'A' | 'B';

/** Who holds the rotating post now: the list is gone through once every `everyMs × people`, for ever. */
function rotationHolder({ rotation }: Roster, role: Role, nowMs: number): { person: string; untilMs: number } | null {
  if (rotation === null || rotation.people.length === 0) return null;
  const turn = Math.floor((nowMs - rotation.fromMs) / rotation.everyMs);
  const count = rotation.people.length;
  // B is who comes next, so that a hand-over finds somebody who has followed the day
  const index = (((turn + (role === 'B' ? 1 : 0)) % count) + count) % count;
  const person = rotation.people[index];
  return person === undefined ? null : { person, untilMs: rotation.fromMs + (turn + 1) * rotation.everyMs };
}

/** Who is on duty for a post in a role: override, then shift, then rotation, then the roster; null when nobody is named. */
export function onDuty(roster: Roster, post: string, role: Role, nowMs: number): DutyPerson | null {
  const holds = (item: { post: string; role: Role; startsAt: number; endsAt: number }): boolean =>
    item.post === post && item.role === role && item.startsAt <= nowMs && nowMs < item.endsAt;
  const override = roster.overrides.filter(holds).at(-1);
  // what begins later and wins ends a hold before its own end
  const begins = [...roster.overrides, ...(override === undefined ? roster.shifts : [])]
    .filter((item) => item.post === post && item.role === role && item.startsAt > nowMs)
    .map(({ startsAt }) => startsAt);
  const until = (endMs: number): number => Math.min(endMs, ...begins);
  if (override !== undefined)
    return { post, role, person: override.person, by: 'override', untilMs: until(override.endsAt) };
  const shift = roster.shifts.filter(holds).at(-1);
  if (shift !== undefined) return { post, role, person: shift.person, by: 'shift', untilMs: until(shift.endsAt) };
  if (roster.rotation?.post === post) {
    const holder = rotationHolder(roster, role, nowMs);
    if (holder !== null) return { post, role, person: holder.person, by: 'rotation', untilMs: until(holder.untilMs) };
  }
  const row = roster.posts.find((entry) => entry.post === post);
  if (row === undefined) return null;
  return {
    post,
    role,
    person: role === 'A' ? row.a : row.b,
    by: 'roster',
    untilMs: begins.length === 0 ? null : Math.min(...begins),
  };
}

/** Everybody who is on now, posts in the roster's order, A before B. */
export function whoIsOn(roster: Roster, nowMs: number): DutyPerson[] {
  const posts = roster.posts.map(({ post }) => post);
  if (roster.rotation !== null && !posts.includes(roster.rotation.post)) posts.unshift(roster.rotation.post);
  return posts.flatMap((post) =>
    (['A', 'B'] as const).flatMap((role) => {
      const person = onDuty(roster, post, role, nowMs);
      return person === null ? [] : [person];
    }),
  );
}
