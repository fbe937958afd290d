import { createServer } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Alert } from '#contract/alerts';
import { until } from '../people.ts';
import { wholeServer } from '../whole-server.ts';
import { folderWith, PROMETHEUS, startPeer, titled } from './peer-processes.ts';

/** A target with one gauge that the test sets. */
async function target() {
  const state = { fault: 1, scrapes: 0 };
  const server = createServer((_request, response) => {
    state.scrapes += 1;
    response.setHeader('content-type', 'text/plain; version=0.0.4').end(`fault ${state.fault}\n`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return { state, address: `127.0.0.1:${(server.address() as { port: number }).port}` };
}

/** A Prometheus whose only Alertmanager is the console; two of them differ by the replica's name, which is dropped on the way. */
function prometheus(replica: string, address: string, port: number, auth: object): void {
  const config = {
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s', external_labels: { replica } },
    rule_files: ['rules.yml'],
    alerting: {
      alert_relabel_configs: [{ action: 'labeldrop', regex: 'replica' }],
      alertmanagers: [{ ...auth, api_version: 'v2', static_configs: [{ targets: [`127.0.0.1:${port}`] }] }],
    },
    scrape_configs: [{ job_name: 'shop', static_configs: [{ targets: [address] }] }],
  };
  const rules = {
    groups: [
      {
        name: 'test',
        rules: [
          {
            alert: 'FaultSeen',
            expr: 'fault > 0',
            labels: { severity: 'critical', service: 'payment' },
            annotations: { summary: 'A fault in {{ $labels.job }}: {{ $value }}' },
          },
        ],
      },
    ],
  };
  // JSON is YAML
  const folder = folderWith({ 'prometheus.yml': JSON.stringify(config), 'rules.yml': JSON.stringify(rules) });
  const flags = ['--web.listen-address=127.0.0.1:0', '--rules.alert.resend-delay=2s', '--log.level=warn'];
  startPeer(
    PROMETHEUS ?? '',
    [`--config.file=${folder}/prometheus.yml`, `--storage.tsdb.path=${folder}/data`, ...flags],
    folder,
  );
}

describe.skipIf(PROMETHEUS === null)(titled('Prometheus', PROMETHEUS), () => {
  it('[AM50] with the console as its only Alertmanager: two replicas deliver one alert, repeat it, resolve it', {
    timeout: 90_000,
  }, async () => {
    const { state, address } = await target();
    const server = await wholeServer();
    const keys = await Promise.all([server.key(['alertmanager']), server.key(['alertmanager'])]);
    const [first, second] = keys.map(({ token }) => token);
    prometheus('a', address, server.port, { authorization: { credentials: first } });
    prometheus('b', address, server.port, { basic_auth: { username: 'prometheus', password: second } });
    const found = async (): Promise<Alert[]> => {
      const { body } = await server.ask('GET', '/api/v1/alerts?rule=FaultSeen&limit=10');
      return body.alerts as Alert[];
    };
    const shown = async () => (await server.ask('GET', '/api/v2/alerts?filter=alertname%3DFaultSeen')).body;
    await until(async () => (await found()).length > 0);
    const [alert] = await found();
    expect(alert).toMatchObject({
      origin: 'alertmanager',
      tier: 'red',
      handling: 'open',
      labels: { alertname: 'FaultSeen', severity: 'critical', service: 'payment', job: 'shop', instance: address },
      annotations: { summary: 'A fault in shop: 1' },
      generatorUrl: expect.stringMatching(/^http:.*\/graph\?g0\.expr=fault/),
    });
    // both are heard and heard again: its end moves on, and nothing else does
    const { updatedAt } = (await shown())[0];
    await until(async () => (await shown())[0].updatedAt > updatedAt);
    const senders = async (): Promise<number> => {
      const key = (await server.redis.keys(`{${server.prefix}:*:core}:alerts:records`))[0] ?? '';
      const record = JSON.parse((await server.redis.hget(key, alert?.id ?? '')) ?? '{}');
      return Object.keys(record.engine?.foreign?.until ?? {}).length;
    };
    await until(async () => (await senders()) === 2);
    expect(await found()).toHaveLength(1);
    expect((await found())[0]?.id).toBe(alert?.id);
    state.fault = 0;
    await until(async () => (await found()).length === 0);
    // Prometheus goes on telling that it is over: each replica looks again, and nothing comes of it
    const { scrapes } = state;
    await until(() => state.scrapes >= scrapes + 6);
    expect(await shown()).toEqual([]);
    const { body } = await server.ask('GET', `/api/v1/alerts/${alert?.id}`);
    expect(
      body.history.map(({ type }: { type: string }) => type).filter((type: string) => type.startsWith('alert_')),
    ).toEqual(['alert_created', 'alert_fired', 'alert_resolved']);
    const { body: timeline } = await server.ask('GET', '/api/v1/timeline?limit=200');
    const said = (timeline.entries as { kind: string; params: { rule?: string } }[]).filter(
      ({ kind, params }) => params.rule === 'FaultSeen' && /^alert\.(fired|resolved)$/.test(kind),
    );
    expect(said.map(({ kind }) => kind).sort()).toEqual(['alert.fired', 'alert.resolved']);
  });
});
