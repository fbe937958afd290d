import type { Alert } from '#contract/alerts';
import { TIER_RANK, type Tier } from '#contract/tiers';

/** More alerts of one rule than this are one line; a line opens into its alerts. */
export const FOLD_ABOVE = 8;

export interface AlertRowModel {
  readonly kind: 'alert';
  readonly key: string;
  readonly alert: Alert;
  /** Under an opened group. */
  readonly inGroup: boolean;
  /** Over, but its line stays where it was while the list stands still. */
  readonly over: boolean;
}
export interface GroupRowModel {
  readonly kind: 'group';
  readonly key: string;
  readonly rule: string;
  /** Most urgent first. */
  readonly alerts: readonly Alert[];
  readonly tier: Tier;
  readonly unownedCount: number;
  readonly costMinorPerMinute: number | null;
  readonly startsAt: number;
  readonly open: boolean;
}
export type DeskRow = AlertRowModel | GroupRowModel;
export interface ListQuery {
  readonly filter: string;
  /** Only what this person has; null for all. */
  readonly mine: string | null;
  /** Keys of the groups that are opened. */
  readonly opened: ReadonlySet<string>;
}

/** Most urgent first: tier, then what pages before what is muted, then money a minute, then the older one, then the id so that a list never jumps. */
const isMuted = ({ suppressedBy }: Pick<Alert, 'suppressedBy'>): boolean => suppressedBy.length > 0;
export const byUrgency = (a: Alert, b: Alert): number =>
  TIER_RANK[b.tier] - TIER_RANK[a.tier] ||
  Number(isMuted(a)) - Number(isMuted(b)) ||
  (b.costMinorPerMinute ?? 0) - (a.costMinorPerMinute ?? 0) ||
  a.startsAt - b.startsAt ||
  (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

const texts = new WeakMap<Alert, string>();
/** All that a filter looks through, in small letters. */
function textOf(alert: Alert): string {
  let text = texts.get(alert);
  if (text === undefined) {
    const { rule, labels, annotations, owner, tier } = alert;
    const parts = [rule, tier, owner?.name ?? '', annotations.summary ?? '', annotations.summary_zh ?? ''];
    text = [...parts, ...Object.entries(labels).map(([name, value]) => `${name}=${value}`)].join('\n').toLowerCase();
    texts.set(alert, text);
  }
  return text;
}
/** Every word of the filter is somewhere in it. */
export function matches(alert: Alert, { filter, mine }: Pick<ListQuery, 'filter' | 'mine'>): boolean {
  if (mine !== null && alert.owner?.name !== mine) return false;
  if (filter === '') return true;
  const text = textOf(alert);
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

export const groupKeyOf = (rule: string): string => `rule:${rule}`;
export const alertRow = (alert: Alert, inGroup = false, over = false): AlertRowModel => ({
  kind: 'alert',
  key: alert.id,
  alert,
  inGroup,
  over,
});
export function groupRow(rule: string, members: readonly Alert[], open: boolean): GroupRowModel {
  let tier: Tier = 'blue';
  let startsAt = Number.POSITIVE_INFINITY;
  let unownedCount = 0;
  let cost: number | null = null;
  for (const alert of members) {
    if (TIER_RANK[alert.tier] > TIER_RANK[tier]) ({ tier } = alert);
    startsAt = Math.min(startsAt, alert.startsAt);
    if (alert.handling === 'open') unownedCount += 1;
    // alerts of one rule speak of the same sale: their money is not added up
    if (alert.costMinorPerMinute !== null) cost = Math.max(cost ?? 0, alert.costMinorPerMinute);
  }
  const alerts = open ? [...members].sort(byUrgency) : members;
  return {
    kind: 'group',
    key: groupKeyOf(rule),
    rule,
    alerts,
    tier,
    unownedCount,
    costMinorPerMinute: cost,
    startsAt,
    open,
  };
}
const urgencyOf = (row: DeskRow) =>
  row.kind === 'alert'
    ? { ...row.alert, muted: isMuted(row.alert) }
    : { ...row, id: row.key, muted: row.alerts.every(isMuted) };
const rowsByUrgency = (a: DeskRow, b: DeskRow): number => {
  const [left, right] = [urgencyOf(a), urgencyOf(b)];
  return (
    TIER_RANK[right.tier] - TIER_RANK[left.tier] ||
    Number(left.muted) - Number(right.muted) ||
    (right.costMinorPerMinute ?? 0) - (left.costMinorPerMinute ?? 0) ||
    left.startsAt - right.startsAt ||
    (left.id < right.id ? -1 : left.id > right.id ? 1 : 0)
  );
};

/** Lines of the list in their order: single alerts, storms as one line, opened storms with their alerts below. Pure. */
export function deskRows(alerts: Iterable<Alert>, query: ListQuery): DeskRow[] {
  const byRule = new Map<string, Alert[]>();
  for (const alert of alerts) {
    if (!matches(alert, query)) continue;
    const group = byRule.get(alert.rule);
    if (group === undefined) byRule.set(alert.rule, [alert]);
    else group.push(alert);
  }
  const rows: DeskRow[] = [];
  for (const [rule, members] of byRule) {
    if (members.length > FOLD_ABOVE) rows.push(groupRow(rule, members, query.opened.has(groupKeyOf(rule))));
    else for (const alert of members) rows.push(alertRow(alert));
  }
  rows.sort(rowsByUrgency);
  if (query.opened.size === 0) return rows;
  return rows.flatMap((row) =>
    row.kind === 'group' && row.open ? [row, ...row.alerts.map((alert) => alertRow(alert, true))] : [row],
  );
}

/** The alerts a line stands for. */
export const alertsOf = (row: DeskRow): readonly Alert[] => (row.kind === 'alert' ? [row.alert] : row.alerts);
/** How many alerts the lines stand for; those below an opened group are its own. */
export const countOf = (rows: readonly DeskRow[]): number =>
  rows.reduce((sum, row) => sum + (row.kind === 'group' ? row.alerts.length : row.inGroup ? 0 : 1), 0);
