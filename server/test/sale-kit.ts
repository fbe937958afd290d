import { randomUUID } from 'node:crypto';
import type { DemoProcess } from './processes.ts';

/** One paid order of the tiny campaign, 100 minor units. */
export const paid = () => ({
  id: randomUUID(),
  source: '/shop/1',
  type: 'order.paid',
  ts: Date.now(),
  orderId: randomUUID(),
  amountMinor: 100,
  category: 'tea',
  region: 'north',
  channel: 'radio',
  platform: 'web',
});
export const many = (count: number) => Array.from({ length: count }, paid);
/** Sales value counted by the server, minor units. */
export async function counted(server: DemoProcess): Promise<number> {
  const minute = 60_000;
  const from = Math.floor(Date.now() / minute) * minute - 10 * minute;
  const path = `/api/v1/series?metric=gmv_paid_minor&from=${from}&to=${from + 12 * minute}&step=1m`;
  const { body } = await server.get(path);
  const { series } = body as { series: { points: [number, number | null][] }[] };
  return series.flatMap(({ points }) => points).reduce((sum, [, value]) => sum + (value ?? 0), 0);
}
/** Sends until there is a definite answer, as a producer must. */
export async function untilDefinite(server: DemoProcess, events: readonly object[]): Promise<void> {
  while ((await server.post(events))?.status !== 200) await new Promise((resolve) => setTimeout(resolve, 20));
}
