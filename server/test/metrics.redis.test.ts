import { describe, expect, it } from 'vitest';
import type { EventsReply } from '#contract/events';
import type { KpisReply } from '#contract/kpis';
import { METRICS, type MetricSpec } from '../metrics.ts';
import { readMetrics } from './metrics-text.ts';
import { until } from './people.ts';
import { type WholeServer, wholeServer } from './whole-server.ts';
import { ndjson, paidOrder } from './windows-kit.ts';

const TABLE: Readonly<Record<string, MetricSpec>> = METRICS;
const scrape = async (server: WholeServer) => {
  const { status, body } = await server.ask('GET', '/metrics', undefined, server.access.roles.oncall.token);
  expect(status).toBe(200);
  return readMetrics(body as string);
};
const EVENTS = ['received', 'accepted', 'duplicate', 'rejected'] as const;
const totals = (text: ReturnType<typeof readMetrics>): Record<(typeof EVENTS)[number], number> =>
  Object.fromEntries(EVENTS.map((name) => [name, text.sum(`warroom_events_${name}_total`)])) as never;

describe('GET /metrics', () => {
  it('[MET1] tells exactly what the table lists, under the type and words it gives', async () => {
    const { types, helps } = await scrape(await wholeServer());
    const own = [...types.keys()].filter((name) => !/^(process|nodejs)_/.test(name));
    expect(own.sort()).toEqual(Object.keys(TABLE).sort());
    for (const [name, { type, help }] of Object.entries(TABLE)) {
      expect([name, types.get(name), helps.get(name)]).toEqual([name, type, help]);
    }
    expect(types.get('process_resident_memory_bytes')).toBe('gauge');
  });
  it('[MET2] every name says its unit and type as Prometheus asks', () => {
    for (const [name, { type, labels = [], buckets = [] }] of Object.entries(TABLE)) {
      expect(name).toMatch(/^warroom_[a-z0-9_]+$/);
      expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter']);
      expect(name).not.toMatch(/_(ms|milliseconds|percent|kb|mb|count)(_|$)/);
      expect([name, buckets.length > 0]).toEqual([name, type === 'histogram']);
      expect(buckets).toEqual([...buckets].sort((a, b) => a - b));
      expect(labels.filter((label) => ['le', 'quantile', 'job', 'instance'].includes(label))).toEqual([]);
    }
  });
  it('[MET3] is for those who may read metrics, by bearer', async () => {
    const server = await wholeServer();
    expect((await fetch(`${server.url}/metrics`)).status).toBe(401);
    expect((await server.ask('GET', '/metrics', undefined, server.access.roles.viewer.token)).status).toBe(403);
    const { headers } = await server.ask('GET', '/metrics');
    expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  });
  it('[MET4] received = accepted + duplicate + rejected at each of many scrapes while bodies come in', async () => {
    const server = await wholeServer();
    const { nowMs } = server;
    const sent = { received: 0, accepted: 0, duplicate: 0, rejected: 0 };
    let open = true;
    const bodies = Array.from({ length: 4 }, async (_, lane) => {
      for (let n = 0; n < 40; n += 1) {
        const good = Array.from({ length: 5 }, (_, i) => paidOrder(`m${lane}-${n}-${i}`, nowMs));
        const again = n === 0 ? [] : [paidOrder(`m${lane}-${n - 1}-0`, nowMs)];
        const late = paidOrder(`l${lane}-${n}`, nowMs - 3_600_000);
        const { status, body } = await server.post(
          Buffer.concat([ndjson([...good, ...again, late]), Buffer.from('{"id":')]),
        );
        expect(status).toBe(200);
        const reply = body as EventsReply;
        sent.received += reply.received;
        sent.accepted += reply.accepted;
        sent.duplicate += reply.duplicates;
        sent.rejected += reply.rejected.length;
      }
    });
    const seen: number[] = [];
    const watch = (async () => {
      while (open) {
        const { received, accepted, duplicate, rejected } = totals(await scrape(server));
        expect(received).toBe(accepted + duplicate + rejected);
        seen.push(received);
      }
    })();
    const all = Promise.all(bodies).finally(() => {
      open = false;
    });
    await Promise.all([all, watch]); // both are waited for from the start: whichever fails is this test's failure
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(new Set(seen).size).toBeGreaterThan(5); // it looked while numbers moved
    const text = await scrape(server);
    expect(totals(text)).toEqual(sent);
    expect(sent).toMatchObject({ accepted: 800, duplicate: 156, rejected: 320 });
    expect(text.values.get('warroom_events_rejected_total{code="too_late"}')).toBe(160);
    expect(text.values.get('warroom_event_bodies_total{outcome="counted"}')).toBe(160);
    expect(text.values.get('warroom_event_ack_seconds_count')).toBe(160);
    expect(text.sum('warroom_flush_bodies_sum')).toBe(160);
    expect(text.values.get('warroom_dead_letters')).toBeGreaterThan(0);
    expect(text.values.get('warroom_dedupe_ids{shard="0"}')).toBe(800);
  });
  it('[MET5] a replayed body is all duplicates, and a refused one counts no event', async () => {
    const server = await wholeServer();
    const headers = { 'producer-id': 'p1', 'producer-epoch': '1', 'producer-seq': '1' };
    const body = [paidOrder('s1', server.nowMs), paidOrder('s2', server.nowMs)];
    for (const replayed of [null, 'true'])
      expect((await server.post(body, { headers })).headers.get('idempotent-replayed')).toBe(replayed);
    expect((await server.post(body, { headers: { ...headers, 'producer-seq': '3' } })).status).toBe(409);
    const text = await scrape(server);
    expect(totals(text)).toEqual({ received: 4, accepted: 2, duplicate: 2, rejected: 0 });
    for (const outcome of ['counted', 'replayed', 'sequence_gap'])
      expect(text.values.get(`warroom_event_bodies_total{outcome="${outcome}"}`)).toBe(1);
    expect(text.values.get('warroom_http_requests_total{method="POST",route="/api/v1/events",status="409"}')).toBe(1);
  });
  it('[MET6] a business gauge is the KPI that the API gives, and is left out while there is none', async () => {
    const server = await wholeServer();
    const before = await scrape(server);
    expect(before.values.has('warroom_gmv_paid_minor')).toBe(false);
    await server.post([paidOrder('k1', server.nowMs, { amountMinor: 8_999_999_999_999_998 })]);
    await server.post([paidOrder('k2', server.nowMs, { amountMinor: 1 })]); // added to what is there, to the unit
    await until(async () => (await scrape(server)).values.get('warroom_gmv_paid_minor') === 8_999_999_999_999_999);
    // rates move with the watermark: one scrape between two equal answers of the API
    const ask = async (): Promise<KpisReply> => (await server.ask('GET', '/api/v1/kpis')).body as KpisReply;
    for (;;) {
      const first = await ask();
      const text = await scrape(server);
      const second = await ask();
      if (first.watermark !== second.watermark || first.asOf !== second.asOf) continue;
      for (const [name, { kpi }] of Object.entries(TABLE)) {
        if (kpi === undefined) continue;
        const row = second.kpis.find(({ id, window }) => id === kpi.id && window === kpi.window);
        expect([name, text.values.get(name) ?? null]).toEqual([name, row?.value]);
      }
      expect(text.values.get('warroom_gmv_paid_minor')).toBe(8_999_999_999_999_999);
      break;
    }
  });
});
