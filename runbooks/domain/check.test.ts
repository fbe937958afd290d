import { describe, expect, it } from 'vitest';
import type { Check } from '#contract/runbooks';
import { parseCheck, readCheck } from './check.ts';

const check = (text: string): Check => {
  const parsed = parseCheck(text);
  if (typeof parsed === 'string') throw new Error(parsed);
  return parsed;
};

describe('checks over KPIs', () => {
  it('[RUN10] reads KPI, window, labels, comparison, per cent, per mille and how long it may take', () => {
    expect(check('paid_not_updated_rate@1m < 0.1% and fault_rate@5m{service=payment} >= 2‰ within 5 min')).toEqual({
      text: 'paid_not_updated_rate@1m < 0.1% and fault_rate@5m{service=payment} >= 2‰ within 5 min',
      terms: [
        { kpi: 'paid_not_updated_rate', window: '1m', labels: {}, op: '<', value: 0.001 },
        { kpi: 'fault_rate', window: '5m', labels: { service: 'payment' }, op: '>=', value: 0.002 },
      ],
      withinMs: 300_000,
    });
    expect(check('roi@1h > -2 within 30 s').terms[0]?.value).toBe(-2);
  });
  it.each([
    ['no window', 'gmv_paid > 1'],
    ['an unknown window', 'gmv_paid@7m > 1'],
    ['no limit', 'gmv_paid@1m >'],
    ['equality, which figures seldom meet', 'gmv_paid@1m = 1'],
    ['code', 'gmv_paid@1m > process.exit()'],
    ['a trailing word', 'gmv_paid@1m > 1 or so'],
  ])('[RUN10] refuses %s', (_what, text) => expect(typeof parseCheck(text)).toBe('string'));
  it.each([
    ['all hold', [0.0005, 0.99], 'passed'],
    ['exactly on a limit that excludes it', [0.001, 0.99], 'failed'],
    ['exactly on a limit that includes it', [0.0005, 0.9], 'passed'],
    ['one cannot be said', [null, 0.99], 'unknown'],
    ['one is false, the other cannot be said', [null, 0.1], 'failed'],
    ['one is false, the later cannot be said', [0.5, null], 'failed'],
  ] as const)('[RUN11] %s → %s → %s', (_what, values, outcome) => {
    const read = check('paid_not_updated_rate@1m < 0.1% and payment_success_rate@1m >= 90%');
    expect(readCheck(read, ({ kpi }) => values[kpi === 'paid_not_updated_rate' ? 0 : 1])).toEqual({ outcome, values });
  });
});
