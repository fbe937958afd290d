import { expect, it } from 'vitest';
import { createMetricBook } from '../server/telemetry/metric-book.ts';
import { anAlert } from '../server/test/alert-kit.ts';
import { readMetrics } from '../server/test/metrics-text.ts';
import { alertMetrics } from './metrics.ts';
import type { AlertRecord } from './record.ts';

const MUTED = { a3: 'silence', a4: 'inhibition' } as const;
const records = [
  anAlert({ id: 'a1', tier: 'red', handling: 'open' }),
  anAlert({ id: 'a2', tier: 'red', handling: 'acknowledged' }),
  anAlert({ id: 'a3', tier: 'orange', handling: 'acknowledged' }),
  anAlert({ id: 'a4', tier: 'orange', handling: 'open' }),
  anAlert({ id: 'a5', tier: 'orange', handling: 'resolved' }),
  anAlert({ id: 'a6', tier: 'orange', firedAt: null }),
  anAlert({ id: 'a7', tier: 'blue', rule: 'Watchdog' }),
] as unknown as AlertRecord[];
const told = async (loaded: boolean) => {
  const metrics = createMetricBook();
  alertMetrics({
    loaded,
    allRecords: () => records,
    suppressedNow: ({ id }) => (id in MUTED ? [{ kind: MUTED[id as keyof typeof MUTED], id: 'x' }] : []),
  }).fill(metrics);
  const { values, sum } = readMetrics(await metrics.text());
  const of = (tier: string, state: string) => values.get(`warroom_alerts{tier="${tier}",state="${state}"}`);
  return { of, sum: sum('warroom_alerts') };
};

it('[ALR83] each alert that stands is in one series, by tier and by what became of it; none that is over, pending or the watchdog', async () => {
  const { of, sum } = await told(true);
  expect([of('red', 'open'), of('red', 'acknowledged'), of('orange', 'silenced'), of('orange', 'suppressed')]).toEqual([
    1, 1, 1, 1,
  ]);
  expect([of('blue', 'open'), sum]).toEqual([0, 4]);
});
it('[ALR83] before alerts were read nothing is told: 0 would be a claim', async () => {
  const { of } = await told(false);
  expect(of('red', 'open')).toBeUndefined();
});
