import type { Alert } from '#contract/alerts';
import { TIER_RANK, type Tier } from '#contract/tiers';
import { alertRow, type DeskRow, groupKeyOf, groupRow } from './list-model.ts';

/** The order of a list that stands still, and each line as it was last seen. */
export interface Held {
  readonly keys: readonly string[];
  readonly rows: ReadonlyMap<string, DeskRow>;
  /** Tier of each line when the order was taken. */
  readonly tiers: ReadonlyMap<string, Tier>;
}
const tierOf = (row: DeskRow): Tier => (row.kind === 'alert' ? row.alert.tier : row.tier);
export const holdList = (rows: readonly DeskRow[]): Held => ({
  keys: rows.map(({ key }) => key),
  rows: new Map(rows.map((row) => [row.key, row])),
  tiers: new Map(rows.map((row) => [row.key, tierOf(row)])),
});

/**
 * The lines of a list that stands still: every line where it was, with what it says now. What is over stays and says so.
 * @param live - the lines as they would be
 * @param find - an alert that is still listed, by id
 * @param members - the listed alerts of a rule
 */
export function heldRows(
  held: Held,
  live: readonly DeskRow[],
  find: (id: string) => Alert | undefined,
  members: (rule: string) => readonly Alert[],
): DeskRow[] {
  const now = new Map(live.map((row) => [row.key, row]));
  return held.keys.flatMap((key): DeskRow[] => {
    const row = now.get(key);
    const before = held.rows.get(key);
    if (row !== undefined) return [row];
    if (before === undefined) return [];
    if (before.kind === 'group') {
      const left = members(before.rule);
      // a storm that shrank is still one line here; its last alerts are shown when the list moves again
      return [left.length === 0 ? before : groupRow(before.rule, left, before.open)];
    }
    const alert = find(key);
    return [alert === undefined ? { ...before, over: true } : alertRow(alert, before.inGroup)];
  });
}

export interface News {
  readonly count: number;
  /** Lines that stand where they were although their tier has changed since: the order is no longer the newest. */
  readonly movedCount: number;
  /** The highest tier among both; null when there are none. */
  readonly tier: Tier | null;
}
/** Alerts that a list that stands still does not show: neither by themselves nor in a group that it shows. */
export function newsOf(held: Held, live: readonly DeskRow[]): News {
  let count = 0;
  let movedCount = 0;
  let tier: Tier | null = null;
  const atLeast = (other: Tier): void => {
    if (tier === null || TIER_RANK[other] > TIER_RANK[tier]) tier = other;
  };
  const add = (alert: Alert): void => {
    count += 1;
    atLeast(alert.tier);
  };
  for (const row of live) {
    const was = held.tiers.get(row.key);
    if (was !== undefined && was !== tierOf(row)) {
      movedCount += 1;
      atLeast(tierOf(row));
    }
    if (held.rows.has(row.key)) continue;
    if (row.kind === 'group') {
      for (const alert of row.alerts) if (!held.rows.has(alert.id)) add(alert);
    } else if (!row.inGroup && !held.rows.has(groupKeyOf(row.alert.rule))) add(row.alert);
  }
  return { count, movedCount, tier };
}

/** Opens or closes a group in place: nothing above it moves. */
export function toggleHeld(held: Held, key: string, live: readonly DeskRow[]): Held {
  const group = live.find((row) => row.key === key);
  if (group === undefined || group.kind !== 'group') return held;
  const ids = new Set(group.alerts.map(({ id }) => id));
  const without = held.keys.filter((each) => !ids.has(each));
  const children = group.open ? group.alerts.map((alert) => alertRow(alert, true)) : [];
  const at = without.indexOf(key);
  const keys = [...without.slice(0, at + 1), ...children.map(({ key: child }) => child), ...without.slice(at + 1)];
  const rows = new Map([...held.rows].filter(([each]) => !ids.has(each)));
  rows.set(key, group);
  for (const child of children) rows.set(child.key, child);
  const tiers = new Map(held.tiers);
  for (const child of children) tiers.set(child.key, child.alert.tier);
  return { keys, rows, tiers };
}
