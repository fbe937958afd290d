/** The name of the alert that the nth fault raises. */
export const faultName = (count: number): string => `BenchFault${count}`;

const counts = (tries: number): number[] => Array.from({ length: tries }, (_, index) => index + 1);
/** JSON is YAML, which both read. */
const file = (interval: string, rules: readonly object[]): string =>
  JSON.stringify({ groups: [{ name: 'bench', interval, rules }] });

/**
 * One rule a fault, in both systems: the nth fires with the nth complaint. So each try is an alert of its own that has never fired,
 * nothing has to be resolved between tries, and both look at all rules each time.
 */
export const ourRules = (tries: number): string =>
  file(
    '0s',
    counts(tries).map((count) => ({
      alert: faultName(count),
      expr: `kpi("complaints_opened", "1h") >= ${count}`,
      for: '0s',
      raise_after: 1,
      labels: { tier: 'red' },
      annotations: { summary: `fault ${count}`, runbook_url: '/runbooks/technical-failure' },
    })),
  );
export const METRIC = 'complaints_opened';
export const theirRules = (tries: number): string =>
  file(
    '1s',
    counts(tries).map((count) => ({
      alert: faultName(count),
      expr: `${METRIC} >= ${count}`,
      labels: { severity: 'critical' },
      annotations: { summary: `fault ${count}` },
    })),
  );
