/** Labels that cut the sale into parts which do not overlap. Others (service, rule) leave the whole sale. */
const PARTS = ['region', 'category', 'channel', 'platform', 'merchant'] as const;

export interface Metered {
  readonly labels: Readonly<Record<string, string>>;
  readonly costMinor: number | null;
}

/** True when two alerts measure different parts of the sale: some label has another value in each. */
const apart = (a: Metered, b: Metered): boolean =>
  PARTS.some((name) => {
    const [left, right] = [a.labels[name], b.labels[name]];
    return left !== undefined && right !== undefined && left !== right;
  });

/**
 * What alerts have cost together, minor units. Two meters of the same part of the sale count the same lost money: the dearest
 * counts, and another one is added only when it measures a part that none of the counted ones does. Null: none measures money.
 */
export function totalCostMinor(alerts: readonly Metered[]): number | null {
  const metered = alerts.filter((alert): alert is Metered & { costMinor: number } => alert.costMinor !== null);
  if (metered.length === 0) return null;
  const counted: (Metered & { costMinor: number })[] = [];
  for (const alert of metered.sort((a, b) => b.costMinor - a.costMinor))
    if (counted.every((other) => apart(alert, other))) counted.push(alert);
  return counted.reduce((sum, { costMinor }) => sum + costMinor, 0);
}
