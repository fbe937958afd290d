import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ReceiversReply, ReceiverTestReply } from '#contract/receivers';
import { HOOK_SECRET, httpSink } from './delivery-kit.ts';
import { readMetrics } from './metrics-text.ts';
import { until } from './people.ts';
import { wholeServer } from './whole-server.ts';

async function house(answer?: Parameters<typeof httpSink>[0]) {
  const sink = await httpSink(answer);
  const folder = mkdtempSync(join(tmpdir(), 'wr-recv-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const receivers = join(folder, 'receivers.yaml');
  const write = (id: string): void =>
    writeFileSync(
      receivers,
      `receivers:\n  - { id: ${id}, kind: webhook, url: "${sink.url}/secret-path", secret_env: TEST_HOOK_SECRET, sends: [groups, pages, handling] }\n`,
    );
  write('ops');
  process.env.TEST_HOOK_SECRET = HOOK_SECRET;
  const server = await wholeServer({ env: { RECEIVERS_FILE: receivers, OUTBOUND_ALLOW: `127.0.0.1:${sink.port}` } });
  const { roles } = server.access;
  const post = async (path: string, key: string | null, token = roles.oncall.token) => {
    const response = await fetch(`${server.url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, ...(key === null ? {} : { 'idempotency-key': key }) },
    });
    const body = (await response.json()) as Record<string, unknown>;
    return { status: response.status, replayed: response.headers.get('idempotent-replayed'), body };
  };
  return { sink, server, post, write, roles };
}

describe('receivers over HTTP', () => {
  it('[DLV20] the list has no secret; a test answers with what the sink answered, once a key; who may do what', async () => {
    const { sink, server, post, roles, write } = await house((response) => void response.writeHead(200).end('hello'));
    const list = await server.ask('GET', '/api/v1/receivers', undefined, roles.oncall.token);
    expect(list.status).toBe(200);
    expect((list.body as ReceiversReply).receivers).toMatchObject([
      { id: 'ops', kind: 'webhook', state: 'ok', target: `127.0.0.1:${sink.port}` },
    ]);
    expect(JSON.stringify(list.body)).not.toMatch(/secret-path|whsec/);
    const first = await post('/api/v1/receivers/ops/test', 'k1');
    expect(first.status).toBe(200);
    expect(first.body as unknown as ReceiverTestReply).toMatchObject({
      ok: true,
      status: 200,
      answer: 'hello',
      reason: null,
    });
    expect(sink.seen).toHaveLength(1);
    expect(sink.seen[0]?.body).toMatchObject({
      topic: 'test',
      alerts: [{ id: `test-${first.body.id}`, labels: { alertname: 'TestNotification' } }],
    });
    expect(sink.seen[0]?.headers['webhook-id']).toBe(first.body.id);
    const again = await post('/api/v1/receivers/ops/test', 'k1');
    expect([again.replayed, again.body]).toEqual(['true', first.body]);
    expect(sink.seen).toHaveLength(1);
    // a sink that refuses is heard, too, and what it quotes of its own address is not told
    sink.answer((response, { url }) => void response.writeHead(400).end(`Cannot POST ${url}`));
    expect((await post('/api/v1/receivers/ops/test', 'k4')).body).toMatchObject({
      ok: false,
      status: 400,
      reason: 'clientError',
      answer: 'Cannot POST /…',
    });
    expect((await post('/api/v1/receivers/ops/test', null)).body).toMatchObject({ code: 'idempotency_key_missing' });
    expect((await post('/api/v1/receivers/nope/test', 'k2')).status).toBe(404);
    expect((await post('/api/v1/receivers/ops/test', 'k3', roles.marketing.token)).status).toBe(403);
    expect((await server.ask('GET', '/api/v1/receivers', undefined, roles.viewer.token)).status).toBe(403);
    // reload takes a new file; a broken one keeps the old receivers
    write('ops-two');
    expect((await server.ask('POST', '/-/reload')).status).toBe(200);
    write('BROKEN');
    const broken = await server.ask('POST', '/-/reload');
    expect([broken.status, broken.body.code, broken.body.problems[0]]).toEqual([
      422,
      'receivers_invalid',
      expect.stringMatching(/^receivers.yaml:2: /),
    ]);
    const after = (await server.ask('GET', '/api/v1/receivers')).body as ReceiversReply;
    expect(after.receivers.map(({ id }) => id)).toEqual(['ops-two']);
    expect(after.refused).not.toBeNull();
    expect(server.logged.join()).not.toMatch(/secret-path|whsec/);
  }, 30_000);

  it('[DLV7] [DLV24] an alert reaches the sink by itself; what is refused is counted, listed and sent again over HTTP', async () => {
    const { sink, server, post, roles } = await house(
      (response, { body }) => void response.writeHead(body.topic === 'page' ? 400 : 204).end(),
    );
    const pay = (n: number) =>
      server.post(
        Array.from({ length: 10 }, (_, i) => ({
          id: `p${n}-${i}`,
          source: '/pay/1',
          type: 'payment.attempted',
          ts: Date.now(),
          orderId: `o${n}-${i}`,
          attemptId: `t${n}-${i}`,
          result: 'failed',
          method: 'card',
        })),
      );
    let n = 0;
    await until(async () => {
      n += 1;
      await pay(n);
      return (
        sink.seen.some(({ body }) => body.topic === 'page') && sink.seen.some(({ body }) => body.topic === 'group')
      );
    });
    const letters = async () =>
      (await server.ask('GET', '/api/v1/receivers/deadletters', undefined, roles.oncall.token)).body.letters;
    await until(async () => (await letters()).length > 0);
    const [letter] = await letters();
    expect(letter).toMatchObject({
      receiver: 'ops',
      topic: 'page',
      tries: 1,
      error: { status: 400, reason: 'clientError' },
    });
    const scrape = async () => readMetrics((await server.ask('GET', '/metrics')).body as string);
    await until(async () => (await scrape()).sum('warroom_deliveries_total') >= 2);
    sink.answer((response) => void response.writeHead(204).end());
    const path = `/api/v1/receivers/deadletters/${encodeURIComponent(letter.id)}/resend`;
    expect((await post(path, 'r1')).status).toBe(202);
    await until(
      async () => sink.seen.filter(({ headers }) => `ops|${headers['webhook-id']}` === letter.id).length === 2,
    );
    expect(await post(path, 'r1')).toMatchObject({ status: 202, replayed: 'true' });
    expect((await post('/api/v1/receivers/ops/enable', null)).status).toBe(200);
  }, 60_000);
});
