import type { DutySegment } from '#contract/duty';

export const DAY_MS = 86_400_000;
export const DAYS = 7;

export interface WeekRow {
  readonly post: string;
  readonly role: 'A' | 'B';
  readonly segments: readonly DutySegment[];
  /** Somebody else than the roster names, or a change: worth a line also when not all posts are shown. */
  readonly isPlanned: boolean;
}
/** Segments as lines of the grid, in the order in which they came. Pure. */
export function weekRows(segments: readonly DutySegment[]): WeekRow[] {
  const rows = new Map<string, DutySegment[]>();
  for (const segment of segments) {
    const key = `${segment.post}|${segment.role}`;
    rows.set(key, [...(rows.get(key) ?? []), segment]);
  }
  return [...rows.values()].map((list) => {
    const { post, role } = list[0] as DutySegment;
    return { post, role, segments: list, isPlanned: list.some(({ by }) => by !== 'roster') };
  });
}

/** Where a segment stands in the week, in parts of it. Pure. */
export function placeOf(
  { fromMs, toMs }: Pick<DutySegment, 'fromMs' | 'toMs'>,
  weekMs: number,
): { readonly left: number; readonly width: number } {
  const span = DAYS * DAY_MS;
  const left = Math.max(0, (fromMs - weekMs) / span);
  const right = Math.min(1, (toMs - weekMs) / span);
  return { left, width: Math.max(0, right - left) };
}

export interface OnNow {
  readonly post: string;
  readonly a: DutySegment | null;
  readonly b: DutySegment | null;
  /** Who has it after; null when no change is planned in what was read. */
  readonly nextA: DutySegment | null;
  readonly nextB: DutySegment | null;
}
/** Who is on at an instant and who comes next, a row a post. Pure. */
export function onNow(rows: readonly WeekRow[], nowMs: number): OnNow[] {
  const posts = [...new Set(rows.map(({ post }) => post))];
  const of = (post: string, role: 'A' | 'B'): [DutySegment | null, DutySegment | null] => {
    const list = rows.find((row) => row.post === post && row.role === role)?.segments ?? [];
    const index = list.findIndex(({ fromMs, toMs }) => fromMs <= nowMs && nowMs < toMs);
    return [list[index] ?? null, index === -1 ? null : (list[index + 1] ?? null)];
  };
  return posts.map((post) => {
    const [a, nextA] = of(post, 'A');
    const [b, nextB] = of(post, 'B');
    return { post, a, b, nextA, nextB };
  });
}
