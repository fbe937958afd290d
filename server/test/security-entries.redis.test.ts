import { describe, expect, it } from 'vitest';
import { isSecurityKind, TIMELINE_KINDS, type TimelineEntry } from '#contract/timeline';
import type { Lanes } from '../realtime/lanes.ts';
import { createStreamPush } from '../realtime/stream-push.ts';
import { timelinePort } from '../realtime/timeline-port.ts';
import type { TimelinePage } from '../room/timeline.ts';
import { connected, join, openScreen } from './realtime-kit.ts';
import { silentLog } from './silent-log.ts';
import { type WholeServer, wholeServer } from './whole-server.ts';

const SECURITY = [
  'user.created',
  'user.changed',
  'session.revoked',
  'key.created',
  'key.revoked',
  'login.succeeded',
  'login.refused',
  'access.refused',
];
/** Two keys come and go, a login fails, and a note is written in between. */
async function makeEntries(server: WholeServer): Promise<void> {
  const made = await server.key(['/shop/secret-source']);
  expect((await server.ask('DELETE', `/api/v1/keys/${made.id}`)).status).toBe(204);
  await fetch(`${server.url}/api/v1/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'oncall', password: 'wrong-password' }),
  });
  const note = await fetch(`${server.url}/api/v1/timeline/notes`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${server.access.roles.oncall.token}`,
      'content-type': 'application/json',
      'idempotency-key': `n${Math.random()}`,
    },
    body: JSON.stringify({ text: 'tea is ready' }),
  });
  expect(note.status).toBe(201);
}
const read = async (server: WholeServer, role: 'viewer' | 'oncall' | 'commander' | 'admin', query = '') =>
  (await server.ask('GET', `/api/v1/timeline?limit=500${query}`, undefined, server.access.roles[role].token)).body
    .entries as TimelineEntry[];
const NOTHING = { kind: 'hidden', actor: { kind: 'system', id: 'hidden' }, params: {} };

describe('security entries', () => {
  it('[SEC1] are these kinds and no others', () => {
    expect(TIMELINE_KINDS.filter(isSecurityKind).sort()).toEqual([...SECURITY].sort());
  });
  it('[SEC2] over HTTP others read an empty line in their place, and no filter finds them', async () => {
    const server = await wholeServer();
    await makeEntries(server);
    const all = await read(server, 'admin');
    expect(new Set(all.map(({ kind }) => kind))).toContain('login.refused');
    expect(await read(server, 'commander')).toEqual(all);
    for (const role of ['viewer', 'oncall'] as const) {
      const seen = await read(server, role);
      expect(seen).toEqual(
        all.map((entry) => (SECURITY.includes(entry.kind) ? { seq: entry.seq, atMs: entry.atMs, ...NOTHING } : entry)),
      );
      expect(seen.some(({ kind }) => kind === 'note')).toBe(true);
      expect(await read(server, role, `&kinds=${SECURITY.join(',')}`)).toEqual([]);
      const actor = all.find(({ kind }) => kind === 'key.revoked')?.actor.id;
      expect(await read(server, role, `&actor=${actor}`)).toEqual([]);
    }
  });
  it('[SEC3] over sockets, both what was missed and what is new, without a gap in seq', async () => {
    const server = await wholeServer();
    await makeEntries(server);
    const heard = { viewer: [] as TimelineEntry[], oncall: [] as TimelineEntry[], admin: [] as TimelineEntry[] };
    const notes = async (count: number): Promise<void> => {
      for (const entries of Object.values(heard))
        while (entries.filter(({ kind }) => kind === 'note').length < count)
          await new Promise((resolve) => setImmediate(resolve));
    };
    const texts: string[] = [];
    for (const role of ['viewer', 'oncall', 'admin'] as const) {
      const screen = openScreen(server.url, { token: server.access.roles[role].token });
      screen.on('timeline', ({ entries }) => heard[role].push(...entries));
      await connected(screen);
      if (role === 'viewer')
        screen.io.engine.on('packet', ({ data }: { data?: unknown }) => void texts.push(String(data ?? '')));
      expect(await join(screen)).toMatchObject({ ok: true });
    }
    await notes(1);
    await makeEntries(server);
    await notes(2);
    for (const entries of Object.values(heard))
      expect(entries.map(({ seq }) => seq)).toEqual(heard.admin.map(({ seq }) => seq));
    expect(heard.viewer).toEqual(heard.oncall);
    expect(heard.admin.filter(({ kind }) => kind === 'key.created').length).toBeGreaterThanOrEqual(2);
    const hidden = heard.viewer.filter(({ kind }) => kind === 'hidden');
    expect(hidden).toHaveLength(heard.admin.filter(({ kind }) => SECURITY.includes(kind)).length);
    for (const entry of hidden) expect(entry).toEqual({ seq: entry.seq, atMs: entry.atMs, ...NOTHING });
    expect(texts.length).toBeGreaterThan(2);
    expect(texts.join('\n')).not.toMatch(/secret-source|key\.created|login\.refused/);
  });
  it('[SEC4] cost two messages a page at most, one while no such screen listens', () => {
    let tell: (page: TimelinePage) => void = () => undefined;
    const told: [channel: string, kinds: string[]][] = [];
    let others = true;
    const lanes = {
      tell: (name: string, { entries }: TimelinePage, channel = name) =>
        told.push([channel, entries.map(({ kind }) => kind)]),
      hasMembers: () => others,
    } as unknown as Lanes;
    const follower = {
      start: async () => undefined,
      stop: () => undefined,
      position: { epoch: 'e', seq: 0 },
      missed: () => null,
      onEntries: (listener: (page: TimelinePage) => void) => {
        tell = listener;
        return () => undefined;
      },
    };
    const timeline = { since: async (): Promise<TimelinePage> => Promise.reject(new Error('not asked')) };
    createStreamPush({ name: 'timeline', port: timelinePort(timeline, follower), lanes, log: silentLog });
    const entry = (seq: number, kind: TimelineEntry['kind']): TimelineEntry =>
      ({ seq, atMs: 1, kind, actor: { kind: 'system', id: 's' }, params: {} }) as const;
    const page = (entries: TimelineEntry[]): TimelinePage => ({
      position: { epoch: 'e', seq: 2 },
      entries,
      reset: false,
    });
    tell(page([entry(1, 'note'), entry(2, 'key.created')]));
    others = false;
    tell(page([entry(3, 'key.revoked')]));
    expect(told).toEqual([
      ['timeline', ['note', 'key.created']],
      ['timeline:public', ['note', 'hidden']],
      ['timeline', ['key.revoked']],
    ]);
  });
});
