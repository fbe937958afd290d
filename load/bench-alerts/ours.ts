import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import { type ClientToServerEvents, PROTOCOL_VERSION, type ServerToClientEvents } from '#contract/frames';
import type { Access } from '../access.ts';
import { ServerUnderTest } from '../drills/server-under-test.ts';
import { HttpClient } from '../http.ts';
import { encodeBody } from '../load-event.ts';
import { Producer } from '../producer.ts';
import { readCampaign } from '../run.ts';
import { ourRules } from './rules.ts';

/** The console with the bench's rules and one webhook receiver, and an on-call desk that listens. */
export interface Ours {
  readonly pids: Readonly<Record<'server' | 'redis', number>>;
  readonly access: Access;
  /** Sends the event that is the nth fault. Resolves when it is accepted. */
  send(count: number): Promise<void>;
  stop(): Promise<void>;
}

const SLICE_MS = 1_000;
/** About twenty seconds' worth: the demo's sale opens a minute after its start. */
const TRIES_BEFORE_OPENING = 20;

/** Rules count from the opening on (ALR69): faults on both sides of it would not add up to the nth. */
async function untilOpen(access: Access): Promise<void> {
  const { opensAt } = await readCampaign(access);
  await wait(Math.max(0, opensAt + SLICE_MS - Date.now()));
}

export async function startOurs(
  tries: number,
  webhook: { readonly url: string; readonly port: number },
  heardAtSocket: (alertname: string, atMs: number) => void,
  ratePerSecond?: number,
): Promise<Ours> {
  const folder = mkdtempSync(join(tmpdir(), 'wr-bench-'));
  writeFileSync(join(folder, 'bench.yaml'), ourRules(tries));
  const receivers = join(folder, 'receivers');
  const entry = { id: 'bench', kind: 'webhook', url: webhook.url, secret_env: 'BENCH_SECRET', sends: ['groups'] };
  writeFileSync(receivers, JSON.stringify({ receivers: [entry] }));
  const server = await ServerUnderTest.start({
    ...(ratePerSecond === undefined ? {} : { ratePerSecond }),
    env: {
      RULES_DIR: folder,
      RECEIVERS_FILE: receivers,
      BENCH_SECRET: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
      OUTBOUND_ALLOW: `127.0.0.1:${webhook.port}`,
    },
  });
  const { url, ingestKey, readToken } = server.access;
  const client = new HttpClient({ url, bearer: ingestKey, connectionCount: 1, timeoutMs: 10_000 });
  const producer = new Producer({ client, giveUpMs: 30_000 });
  const socket: Socket<ServerToClientEvents, ClientToServerEvents> = io(url, {
    transports: ['websocket'],
    reconnection: false,
    auth: { protocol: PROTOCOL_VERSION, token: readToken },
  });
  const stop = async (): Promise<void> => {
    socket.disconnect();
    client.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  socket.on('alerts', ({ alerts }) => {
    const atMs = performance.now();
    for (const { rule, firedAt } of alerts) if (firedAt !== null) heardAtSocket(rule, atMs);
  });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('connect_error', reject);
    });
    const screen = { screenId: 'bench', build: 'bench', scene: 'bench', frameAgeMs: null, heapBytes: null };
    const joined = await socket.emitWithAck('join', {
      view: 'desk:oncall',
      timelineAfter: null,
      alertsAfter: null,
      screen,
    });
    if (!joined.ok) throw new Error(`join refused: ${joined.problem.message}`);
  } catch (error) {
    await stop();
    throw error;
  }
  if (tries > TRIES_BEFORE_OPENING) await untilOpen(server.access);
  const run = Date.now().toString(36);
  return {
    access: server.access,
    pids: { server: server.serverPid, redis: server.redisPid },
    async send(count) {
      const id = `${run}-${count}`;
      const event = { id, source: '/bench', type: 'complaint.opened', ts: Date.now(), complaintId: id, kind: 'other' };
      await producer.deliver({ bytes: encodeBody('ndjson', [event]), contentType: 'application/x-ndjson' });
    },
    stop,
  };
}
