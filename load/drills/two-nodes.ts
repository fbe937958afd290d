import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { AlertReply, AlertsReply } from '#contract/alerts';
import { ourRules } from '../bench-alerts/rules.ts';
import type { PageSink } from './page-sink.ts';
import { ServerUnderTest } from './server-under-test.ts';

const REDIS_MS = 10_000;
const OPENED_AGO_MS = 60_000;
/** A redis-server of the drill's own, shared by its nodes; ended with this process at the latest. */
async function startRedis(folder: string): Promise<{ url: string; child: ChildProcess }> {
  const socket = join(folder, 'r.sock');
  const child = spawn('redis-server', ['-'], { stdio: ['pipe', 'ignore', 'inherit'], cwd: folder });
  child.stdin?.end(`port 0\nunixsocket ${socket}\ndir ${folder}\nsave ""\nappendonly yes\nappendfsync always\n`);
  process.once('exit', () => child.kill('SIGKILL'));
  const endMs = performance.now() + REDIS_MS;
  while (!existsSync(socket)) {
    if (performance.now() > endMs || child.exitCode !== null) throw new Error('redis-server did not start');
    await wait(20);
  }
  return { url: `unix://${socket}`, child };
}

function oncallToken({ dataDir }: ServerUnderTest): string {
  const file = JSON.parse(readFileSync(join(dataDir, 'demo-access.json'), 'utf8')) as {
    roles: { oncall: { token: string } };
  };
  return file.roles.oncall.token;
}

/** Two nodes of one sale on one Redis, with a rule a fault and one webhook that is paged. */
export interface TwoNodes {
  readonly nodes: readonly [ServerUnderTest, ServerUnderTest];
  /** Breaks the rules up to the nth: so many complaints come in. */
  breakUpTo(count: number, through: ServerUnderTest): Promise<void>;
  /** As the on-call engineer, through a node. */
  alerts(through: ServerUnderTest): Promise<AlertsReply>;
  detail(through: ServerUnderTest, id: string): Promise<AlertReply>;
  act(through: ServerUnderTest, id: string, verb: string): Promise<{ status: number }>;
  get<T>(through: ServerUnderTest, path: string): Promise<T>;
  stop(): Promise<void>;
}

export async function startTwoNodes(rules: number, sink: PageSink): Promise<TwoNodes> {
  const folder = mkdtempSync(join(tmpdir(), 'wr-two-'));
  const redis = await startRedis(folder);
  writeFileSync(join(folder, 'drill.yaml'), ourRules(rules));
  // the same receiver on both, by two addresses: the sink can tell which node sends
  const receivers = (node: number): string => {
    const path = join(folder, `receivers-${node}`);
    const url = `${sink.url}${node}`;
    const entry = { id: 'drill', kind: 'webhook', url, secret_env: 'DRILL_SECRET', sends: ['pages'] };
    writeFileSync(path, JSON.stringify({ receivers: [entry] }));
    return path;
  };
  const env = {
    REDIS_URL: redis.url,
    CAMPAIGN: 'server/campaigns/tiny.yaml',
    // windows begin at the opening (ALR69): faults on both sides of it would not add up to the nth
    OPENS_AT: new Date(Date.now() - OPENED_AGO_MS).toISOString(),
    WARROOM_NO_SETUP: '1', // nobody looks at it, and the store is ours
    RULES_DIR: folder,
    DRILL_SECRET: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
    OUTBOUND_ALLOW: `127.0.0.1:${sink.port}`,
  };
  const started: ServerUnderTest[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((node) => node.stop()));
    redis.child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    started.push(await ServerUnderTest.start({ env: { ...env, RECEIVERS_FILE: receivers(0) } }));
    started.push(await ServerUnderTest.start({ env: { ...env, RECEIVERS_FILE: receivers(1) }, resume: true }));
  } catch (error) {
    await stop();
    throw error;
  }
  const [first, second] = started as [ServerUnderTest, ServerUnderTest];
  // what the last start handed out holds on every node
  const token = oncallToken(second);
  const asked = async (through: ServerUnderTest, method: string, path: string, key?: string): Promise<Response> =>
    fetch(`${through.access.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(key === undefined ? {} : { 'idempotency-key': key, 'content-type': 'application/json' }),
      },
      ...(key === undefined ? {} : { body: '{}' }),
      signal: AbortSignal.timeout(15_000),
    });
  const get = async <T>(through: ServerUnderTest, path: string): Promise<T> =>
    (await (await asked(through, 'GET', path)).json()) as T;
  let broken = 0;
  let acts = 0;
  return {
    nodes: [first, second],
    async breakUpTo(count, through) {
      const at = Date.now();
      const lines = Array.from({ length: count - broken }, (_, index) => {
        const id = `${at.toString(36)}-${broken + index}`;
        return JSON.stringify({
          id,
          source: '/drill',
          type: 'complaint.opened',
          ts: at,
          complaintId: id,
          kind: 'other',
        });
      });
      broken = count;
      const answer = await fetch(`${through.access.url}/api/v1/events`, {
        method: 'POST',
        headers: { authorization: `Bearer ${second.access.ingestKey}`, 'content-type': 'application/x-ndjson' },
        body: lines.join('\n'),
      });
      const { accepted } = (await answer.json()) as { accepted: number };
      if (accepted !== lines.length) throw new Error(`${accepted} of ${lines.length} events were accepted`);
    },
    alerts: (through) => get(through, '/api/v1/alerts?limit=10000'),
    detail: (through, id) => get(through, `/api/v1/alerts/${id}`),
    async act(through, id, verb) {
      acts += 1;
      const answer = await asked(through, 'POST', `/api/v1/alerts/${id}/${verb}`, `drill-${acts}`);
      await answer.arrayBuffer();
      return { status: answer.status };
    },
    get,
    stop,
  };
}
