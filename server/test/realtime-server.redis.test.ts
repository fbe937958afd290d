import { describe, expect, it } from 'vitest';
import type { TimelineEntry } from '#contract/timeline';
import { until } from './people.ts';
import { connected, join, once, openScreen, watchFrames } from './realtime-kit.ts';
import { wholeServer } from './whole-server.ts';
import { paidOrder } from './windows-kit.ts';

describe('screens of the whole server', () => {
  it('[FR1] an event posted over HTTP is in the frames of a browser that signed in with its cookie', async () => {
    const house = await wholeServer();
    const { name, password } = house.access.roles.oncall;
    const login = await fetch(`${house.url}/api/v1/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: house.url },
      body: JSON.stringify({ name, password }),
    });
    const cookie = (login.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? '';
    const screen = openScreen(house.url, { headers: { cookie, origin: house.url } });
    await connected(screen);
    const seen = watchFrames(screen);
    await join(screen);
    const { status } = await house.post([paidOrder('o1', house.nowMs - 1_000, { amountMinor: 4_200 })]);
    expect(status).toBe(200);
    const frame = await seen.until(({ figures }) => figures['gmv_paid@open']?.value === 4_200);
    expect(frame.figures['gmv_paid@open']?.quality).toBe('live');
    const row = (await house.ask('GET', '/api/v1/kpis?ids=gmv_paid')).body.kpis.find(
      ({ window }: { window: string }) => window === 'open',
    );
    expect(row.value).toBe(4_200);
    const { body } = await house.ask('GET', '/api/v1/screens');
    expect(body.screens).toEqual([expect.objectContaining({ screenId: 's1', view: 'wall:overview' })]);
  });
  it('[TL7] a note posted to one node is on the screens of the other', async () => {
    const one = await wholeServer();
    const two = await wholeServer({ same: one });
    const screen = openScreen(two.url, { token: one.access.roles.viewer.token });
    await connected(screen);
    const entries: TimelineEntry[] = [];
    screen.on('timeline', (page) => entries.push(...page.entries));
    await join(screen);
    const post = (text: string) =>
      fetch(`${one.url}/api/v1/timeline/notes`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${one.access.roles.commander.token}`,
          'content-type': 'application/json',
          'idempotency-key': 'n1',
        },
        body: JSON.stringify({ text }),
      });
    expect((await post(' \u00a0 ')).status).toBe(422); // blanks are no note
    const posted = await post('全员到位');
    expect(posted.status).toBe(201);
    await until(() => entries.some(({ kind }) => kind === 'note'));
    expect(entries.find(({ kind }) => kind === 'note')).toEqual(await posted.json());
    const kinds = new Set(entries.map(({ kind }) => kind));
    for (const kind of ['node.started', 'campaign.opened', 'campaign.phase'] as const) {
      await until(() => entries.some((entry) => entry.kind === kind));
      expect(entries.filter((entry) => entry.kind === kind).length).toBe(kind === 'node.started' ? 2 : 1);
    }
    expect(kinds.has('source.silent')).toBe(false);
  });
  it('[SOCK13] a role taken away over HTTP cuts the screens at once', async () => {
    const house = await wholeServer();
    const screen = openScreen(house.url, { token: house.access.roles.marketing.token });
    await connected(screen);
    const ended = Promise.all([once(screen, 'bye'), new Promise((resolve) => screen.once('disconnect', resolve))]);
    const { users } = (await house.ask('GET', '/api/v1/users')).body;
    const user = users.find(({ role }: { role: string }) => role === 'marketing');
    expect((await house.ask('PATCH', `/api/v1/users/${user.id}`, { role: 'viewer' })).status).toBe(200);
    expect((await ended)[0]).toMatchObject({ code: 'revoked', final: true });
  });
  it('[SOCK14] the server stops although screens are connected, and tells them first', async () => {
    const house = await wholeServer();
    const screens = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const screen = openScreen(house.url, { token: house.access.roles.viewer.token });
        await connected(screen);
        await join(screen);
        return screen;
      }),
    );
    const byes = screens.map((screen) => once(screen, 'bye'));
    await house.stop();
    for (const bye of await Promise.all(byes)) expect(bye).toMatchObject({ code: 'draining', final: false });
  });
});
