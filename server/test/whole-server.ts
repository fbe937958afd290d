import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyBaseLogger } from 'fastify';
import fastify from 'fastify';
import type { Redis } from 'ioredis';
import { onTestFinished } from 'vitest';
import type { DemoAccess } from '#contract/people';
import { type ComposedServer, composeServer } from '../compose.ts';
import { readConfig } from '../config.ts';
import { LOG_SERIALIZERS } from '../log-error.ts';
import type { StoreTarget } from '../store/redis-url.ts';
import { QUICK_PASSWORDS } from './people.ts';
import { testRedis } from './redis.ts';
import { ndjson } from './windows-kit.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: JSON as it came, looked into by the test that asked for it
  readonly body: any;
  /** From sending to the whole answer, ms. */
  readonly tookMs: number;
}
export interface PostOptions {
  /** Default: the demo's key, which may send any source. */
  readonly key?: string;
  readonly contentType?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}
export interface WholeServer {
  readonly server: ComposedServer;
  readonly url: string;
  readonly port: number;
  readonly access: DemoAccess;
  readonly redis: Redis;
  readonly prefix: string;
  /** Every line the server logged at `info` and above. */
  readonly logged: string[];
  /** Redis time when the server was ready, ms. */
  readonly nowMs: number;
  /** Posts events as NDJSON, or the bytes given. */
  post(body: readonly unknown[] | Buffer | string, options?: PostOptions): Promise<Answer>;
  /** A request as somebody; default: the admin of the demo. */
  ask(method: string, path: string, body?: unknown, token?: string): Promise<Answer>;
  /** Sum of a cell as `/series` tells it, from the store itself. */
  sum(cell: string, span?: { readonly fromMs: number; readonly toMs: number }, step?: string): Promise<number>;
  /** A new ingest key; `id` is what revokes it. */
  key(sources: readonly string[], quotaPerSecond?: number): Promise<{ id: string; token: string }>;
  stop(): Promise<void>;
}
export interface WholeServerOptions {
  /** Another Redis than the run's own, by its socket. */
  readonly socket?: string;
  /** Another store of any kind. */
  readonly target?: StoreTarget;
  /** A second node of the same instance. */
  readonly same?: WholeServer;
  /** How long ago the sale opened, ms; default a minute. */
  readonly opensAgoMs?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** The built client; default none. */
  readonly clientDir?: string;
}

/** The whole server as production wires it, listening on a free port over a real Redis; stopped when the test ends. */
export async function wholeServer(options: WholeServerOptions = {}): Promise<WholeServer> {
  const { redis, prefix: own, socket } = testRedis(options.socket);
  const prefix = options.same?.prefix ?? own;
  const dataDir = mkdtempSync(join(tmpdir(), 'wr-whole-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const config = readConfig({
    PORT: '0',
    CAMPAIGN: 'server/campaigns/tiny.yaml',
    REDIS_PREFIX: prefix,
    WARROOM_DATA_DIR: dataDir,
    ...options.env,
  });
  const logged: string[] = [];
  const stream = { write: (line: string) => void logged.push(line) };
  const log: FastifyBaseLogger = fastify({ logger: { level: 'info', stream, serializers: LOG_SERIALIZERS } }).log;
  const [seconds] = await redis.time();
  const opensAtMs = (Number(seconds) - (options.opensAgoMs ?? 60_000) / 1_000) * 1_000;
  const server = await composeServer(config, {
    log,
    target: options.target ?? { kind: 'socket', path: socket, db: 0 },
    clientDir: options.clientDir ?? null,
    build: 'test',
    passwordCost: QUICK_PASSWORDS,
    demo: { opensAtMs, ratePerSecond: 10, resume: options.same !== undefined },
  });
  let stopped: Promise<void> | null = null;
  const stop = (): Promise<void> => {
    stopped ??= server.stop();
    return stopped;
  };
  onTestFinished(stop);
  await server.app.listen({ host: '127.0.0.1', port: 0 });
  await server.start();
  const { port } = server.app.server.address() as { port: number };
  const url = `http://127.0.0.1:${port}`;
  const access = options.same?.access ?? (await server.access(url));
  const send = async (path: string, init: RequestInit): Promise<Answer> => {
    const startedMs = performance.now();
    const response = await fetch(`${url}${path}`, init);
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    const body: unknown = isJson ? JSON.parse(text) : text;
    return { status: response.status, headers: response.headers, body, tookMs: performance.now() - startedMs };
  };
  const ask: WholeServer['ask'] = (method, path, body, token = access.roles.admin.token) =>
    send(path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const nowMs = Number((await redis.time())[0]) * 1_000;
  return {
    server,
    url,
    port,
    access,
    redis,
    prefix,
    logged,
    nowMs,
    ask,
    post: (body, { key = access.ingestKey, contentType = 'application/x-ndjson', headers = {} } = {}) =>
      send('/api/v1/events', {
        method: 'POST',
        headers: {
          authorization: `Bearer ${key}`,
          ...(contentType === null ? {} : { 'content-type': contentType }),
          ...headers,
        },
        body: typeof body === 'string' ? body : new Uint8Array(Buffer.isBuffer(body) ? body : ndjson(body)),
      }),
    sum: async (cell, span = { fromMs: nowMs - 3_600_000, toMs: nowMs + 60_000 }, step = '1m') => {
      const [metric, ...labels] = cell.split('|');
      const by = labels.map((label) => label.slice(0, label.indexOf('='))).join(',');
      const query = `metric=${metric}&from=${span.fromMs}&to=${span.toMs}&step=${step}${by === '' ? '' : `&by=${by}`}`;
      const { status, body } = await ask('GET', `/api/v1/series?${query}`);
      if (status !== 200) throw new Error(`series answered ${status}: ${JSON.stringify(body)}`);
      const { series } = body as { series: { labels: Record<string, string>; points: [number, number][] }[] };
      const line = series.find((one) => labels.every((label) => label === labelText(one.labels, label)));
      return (line?.points ?? []).reduce((total, [, value]) => total + value, 0);
    },
    key: async (sources, quotaPerSecond) => {
      const name = `k-${Math.random().toString(36).slice(2, 10)}`;
      const quota = quotaPerSecond === undefined ? {} : { quotaPerSecond };
      const { status, body } = await ask('POST', '/api/v1/keys', { name, sources, ...quota });
      if (status !== 201) throw new Error(`a key was refused: ${JSON.stringify(body)}`);
      return { id: body.key.id as string, token: body.token as string };
    },
    stop,
  };
}

const labelText = (labels: Readonly<Record<string, string>>, like: string): string => {
  const name = like.slice(0, like.indexOf('='));
  return `${name}=${labels[name]}`;
};
