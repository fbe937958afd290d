import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Frame } from '#contract/frames';
import { createHeldClaim } from '../room/held-claim.ts';
import type { NodeFacts, ScreenFacts } from '../room/node-facts.ts';
import { createRecorder } from '../room/recorder.ts';
import { createScreens } from '../room/screens.ts';
import { createTimeline } from '../room/timeline.ts';
import { testApp } from '../test/app.ts';
import { connected, join, openScreen, realtimeKit } from '../test/realtime-kit.ts';
import { testRedis } from '../test/redis.ts';
import { silentLog } from '../test/silent-log.ts';
import { recordingRoutes } from './recordings.ts';
import { screenRoutes } from './screens.ts';
import { timelineRoutes } from './timeline.ts';

const as = (role: string) => ({ authorization: `Bearer ${role}` });

describe('/api/v1/timeline', () => {
  const setup = async () => {
    const { redis, prefix } = testRedis();
    const timeline = createTimeline(redis, prefix, 'i1');
    const app = await testApp({
      plugins: [async (scope) => void (await scope.register(timelineRoutes, { timeline }))],
    });
    const note = (payload: object, headers: Record<string, string>) =>
      app.inject({ method: 'POST', url: '/api/v1/timeline/notes', payload, headers: { ...as('oncall'), ...headers } });
    const read = (query: string, role = 'viewer') => app.inject({ url: `/api/v1/timeline${query}`, headers: as(role) });
    return { app, timeline, note, read };
  };
  it('[TL4] a note needs an Idempotency-Key; its retry is the same entry, and says so; another body is refused', async () => {
    const { note, read } = await setup();
    const key = { 'idempotency-key': 'k1' };
    const missing = await note({ text: 'x' }, {});
    expect([missing.statusCode, missing.json().code]).toEqual([400, 'idempotency_key_missing']);
    expect((await note({ text: 'x' }, { 'idempotency-key': 'k'.repeat(300) })).json().code).toBe(
      'idempotency_key_invalid',
    );
    const first = await note({ text: '支付网关已切换' }, key);
    expect([first.statusCode, first.headers['idempotent-replayed']]).toEqual([201, undefined]);
    const again = await note({ text: '支付网关已切换' }, key);
    expect([again.statusCode, again.headers['idempotent-replayed']]).toEqual([201, 'true']);
    expect(again.json()).toEqual(first.json());
    const other = await note({ text: 'y' }, key);
    expect([other.statusCode, other.json().code]).toEqual([422, 'idempotency_body_mismatch']);
    expect((await read('')).json().entries).toEqual([first.json()]);
    expect(first.json()).toMatchObject({ kind: 'note', params: { text: '支付网关已切换' }, actor: { kind: 'user' } });
  });
  it('[PAGE11] an export is for those who may, filtered, oldest first, as CSV or JSON lines', async () => {
    const { app, timeline, note } = await setup();
    await note({ text: '=HYPERLINK("x")' }, { 'idempotency-key': 'a' });
    await note({ text: '网关,已切换' }, { 'idempotency-key': 'b' });
    await timeline.append({ kind: 'login.refused', actor: { kind: 'system', id: 'x' }, params: {} });
    const get = (query: string, role = 'oncall') =>
      app.inject({ url: `/api/v1/timeline/export?${query}`, headers: as(role) });
    const csv = await get('format=csv');
    expect(csv.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(csv.headers['content-disposition']).toBe('attachment; filename="timeline.csv"');
    const rows = csv.body.split('\r\n');
    expect(rows[0]).toBe('\ufeffseq,time,kind,actor_kind,actor_id,actor_name,tier,summary,params');
    expect(rows[1]).toContain(`"'=HYPERLINK(""x"")"`);
    expect(rows).toHaveLength(4); // head, two notes, the empty end: no line of what oncall may not see
    const lines = (await get('format=jsonl&text=网关')).body.trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).params.text)).toEqual(['网关,已切换']);
    expect((await get('format=jsonl', 'admin')).body).toContain('login.refused');
    expect((await get('format=csv', 'viewer')).statusCode).toBe(403);
    for (const query of ['', 'format=xml', 'format=csv&from=yesterday', 'format=csv&tier=green'])
      expect([query, (await get(query)).statusCode]).toEqual([query, 422]);
  });
  it('[TL5] refuses what it does not understand, and viewers do not write', async () => {
    const { app, note, read } = await setup();
    for (const query of [
      '?after=1&before=2',
      '?limit=0',
      '?limit=501',
      '?kinds=note,shout',
      '?after=-1',
      '?colour=red',
    ]) {
      expect([query, (await read(query)).statusCode]).toEqual([query, 422]);
    }
    expect((await note({ text: 'a\nb' }, { 'idempotency-key': 'k' })).statusCode).toBe(422);
    expect((await note({ text: 'a', role: 'admin' }, { 'idempotency-key': 'k' })).statusCode).toBe(422);
    const byViewer = await app.inject({
      method: 'POST',
      url: '/api/v1/timeline/notes',
      payload: { text: 'a' },
      headers: { ...as('viewer'), 'idempotency-key': 'k' },
    });
    expect(byViewer.statusCode).toBe(403);
    expect((await app.inject({ url: '/api/v1/timeline' })).statusCode).toBe(401);
  });
});

describe('/api/v1/recordings', () => {
  it('[REC6] gives the frame as shown at a second, says which second came before, and keeps views to those who may', async () => {
    const { redis, prefix } = testRedis();
    const folder = mkdtempSync(joinPath(tmpdir(), 'wr-rec-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const claim = createHeldClaim({ redis, prefix, instance: 'i1', name: 'recorder', nodeId: 'n1' });
    await claim.renew();
    const t = Date.UTC(2026, 10, 11, 16);
    const recorder = createRecorder({
      folder,
      instance: 'i1',
      claim,
      log: silentLog,
      nowMs: () => t,
      keepDays: 1,
      keepBytes: 1e9,
    });
    onTestFinished(() => recorder.stop());
    const frame = { view: 'wall:overview', serverMs: t + 400, seq: 7, figures: { 'gmv_paid@open': { value: 12_345 } } };
    recorder.offer(frame as unknown as Frame);
    await recorder.flush();
    const app = await testApp({
      plugins: [async (scope) => void (await scope.register(recordingRoutes, { recorder }))],
    });
    const get = (query: string, role = 'oncall') =>
      app.inject({ url: `/api/v1/recordings?${query}`, headers: as(role) });
    const found = await get(`view=wall:overview&at=${t + 999}`);
    expect(found.json()).toEqual({ view: 'wall:overview', atMs: t, frame });
    const none = await get(`view=wall:overview&at=${t + 5_000}`);
    expect([none.statusCode, none.json().previousAt]).toEqual([404, t]);
    expect((await get('view=wall:overview')).json()).toEqual({ view: 'wall:overview', hoursMs: [t] });
    expect((await get('view=desk:health', 'marketing')).statusCode).toBe(403);
    expect((await get('view=desk:health', 'oncall')).statusCode).toBe(200);
    expect((await get('view=wall:overview', 'viewer')).statusCode).toBe(403);
    expect((await get('view=wall:other')).statusCode).toBe(422);
    expect((await get('view=wall:overview&at=yesterday')).statusCode).toBe(422);
  });
});

describe('/api/v1/screens', () => {
  it('[FR8] lists the screens of all nodes; a node that is gone fades', async () => {
    const kit = await realtimeKit();
    const other = await kit.startNode('n2');
    const base = { redis: kit.redis, prefix: kit.prefix, instance: 'i1', log: silentLog };
    const [one, two] = [
      createScreens({ ...base, nodeId: 'n1', own: kit.node.realtime.own }),
      createScreens({ ...base, nodeId: 'n2', own: other.realtime.own }),
    ];
    const screen = openScreen(other.url, { token: kit.access.roles.viewer.token });
    await connected(screen);
    await join(screen, {
      view: 'wall:supply',
      screen: { screenId: 'west-wall', build: 'b1', scene: 'supply', frameAgeMs: 120, heapBytes: 5e7 },
    });
    await two.exchange();
    await one.exchange();
    const app = await testApp({
      plugins: [
        async (scope) =>
          void (await scope.register(screenRoutes, { screens: one, redisNowMs: () => kit.clock.nowMs() })),
      ],
    });
    const reply = (await app.inject({ url: '/api/v1/screens', headers: as('oncall') })).json();
    expect(reply.screens).toEqual([
      expect.objectContaining({
        screenId: 'west-wall',
        nodeId: 'n2',
        view: 'wall:supply',
        build: 'b1',
        frameAgeMs: 120,
        slow: false,
      }),
    ]);
    expect(reply.nodes.map(({ nodeId }: { nodeId: string }) => nodeId).sort()).toEqual(['n1', 'n2']);
    expect((await app.inject({ url: '/api/v1/screens', headers: as('viewer') })).statusCode).toBe(403);
    await two.stop();
    await one.exchange();
    expect(one.facts().nodes.map(({ nodeId }) => nodeId)).toEqual(['n1']);
  });
  it('[FR18] a paired wall that is nowhere for 30 s is away, until it is back, revoked, or gone for a day', async () => {
    const kit = await realtimeKit();
    const now = { ms: 10_000_000 };
    const walls = { n1: ['west'], n2: ['east', 'old'] } as Record<string, string[]>;
    let paired = ['west', 'east', 'old'];
    const nodeOf = (nodeId: string) =>
      createScreens({
        redis: kit.redis,
        prefix: kit.prefix,
        instance: 'i1',
        log: silentLog,
        nodeId,
        own: () => ({
          node: { nodeId, atMs: now.ms, startedAtMs: 9_000_000 } as NodeFacts,
          screens: (walls[nodeId] ?? []).map((principal) => ({ kind: 'kiosk', principal }) as ScreenFacts),
        }),
        paired: async () => paired,
      });
    const [one, two] = [nodeOf('n1'), nodeOf('n2')];
    const away = async (afterMs: number): Promise<readonly string[]> => {
      now.ms += afterMs;
      await two.exchange();
      await one.exchange();
      return one
        .facts()
        .awayWalls.map(({ name }) => name)
        .sort();
    };
    expect(await away(0)).toEqual([]);
    walls.n2 = [];
    expect(await away(29_000)).toEqual([]);
    expect(await away(2_000)).toEqual(['east', 'old']);
    expect(one.facts().awayWalls).toContainEqual({ name: 'east', sinceMs: 10_000_000 });
    paired = ['west', 'east'];
    expect(await away(1_000)).toEqual(['east']);
    walls.n1 = ['west', 'east']; // it came back, to the other node
    expect(await away(5_000)).toEqual([]);
    walls.n1 = [];
    expect(await away(60_000)).toEqual(['east', 'west']);
    expect(await away(86_400_000)).toEqual([]);
  });
});
