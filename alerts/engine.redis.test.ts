import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { DUE_KINDS } from '#contract/alerts';
import { alertsKit, asked, DISK_RULE, lin, zhao } from '../server/test/alerts-kit.ts';
import { until } from '../server/test/people.ts';
import { byId, paidOrder } from '../server/test/windows-kit.ts';
import { ackExpiryHandler } from './ack-expiry-work.ts';

const types = async (kit: Awaited<ReturnType<typeof alertsKit>>, id: string) =>
  (await kit.first.detail(id)).history.map(({ type }) => type);

describe('engine', () => {
  it('[ALR40] a fact over its limit is an alert with history, timeline entry and due work, all at once', async () => {
    const kit = await alertsKit();
    kit.facts.disk_used_ratio = 0.4;
    await kit.first.tick();
    expect(kit.first.list().alerts).toEqual([]);
    kit.facts.disk_used_ratio = 0.85;
    await kit.first.tick();
    const alert = kit.only();
    expect(alert).toMatchObject({
      rule: 'DiskLow',
      tier: 'orange',
      evaluation: 'firing',
      handling: 'open',
      value: 0.85,
      limit: 0.8,
      unit: 'ratio',
      version: 1,
      labels: { alertname: 'DiskLow', domain: 'console' },
      policy: 'orange',
    });
    expect(await types(kit, alert.id)).toEqual(['alert_created', 'alert_fired']);
    expect(await kit.entries()).toEqual(['alert.fired']);
    expect(await kit.dueIds(DUE_KINDS.notify)).toEqual([alert.group]);
    expect(await kit.dueIds(DUE_KINDS.escalate)).toEqual([alert.id]);
    expect(kit.first.frame()).toMatchObject({
      state: 'on',
      openCount: { orange: 1 },
      top: [{ id: alert.id, tier: 'orange', limit: 0.8 }],
    });
  });
  it('[ALR40] what a node writes it knows at once, without reading it back, and tells each change once and in order', async () => {
    const kit = await alertsKit();
    const { book, store, alerts } = kit.first;
    const read = store.changesAfter.bind(store);
    let readCount = 0;
    let between = (_changes: Awaited<ReturnType<typeof read>>): void => undefined;
    store.changesAfter = async (seq) => {
      readCount += 1;
      const changes = await read(seq);
      between(changes);
      return changes;
    };
    kit.facts.disk_used_ratio = 0.85;
    await kit.first.tick(); // finds out where the stream begins
    readCount = 0;
    const told: [seq: number, version: number][] = [];
    book.onPage(({ position, alerts: [alert] }) => told.push([position.seq, alert?.version ?? 0]));
    kit.facts.disk_used_ratio = 0.95;
    await alerts.tick();
    expect(kit.only().tier).toBe('red');
    expect([readCount, told]).toEqual([0, [[2, 2]]]);
    // its own write is answered while a reading that has it already is under way
    const { epoch } = book.position;
    const known: boolean[] = [];
    between = (changes) => known.push(store.onTold({ position: { epoch, seq: 3 }, records: changes?.records ?? [] }));
    const other = await kit.node('n2');
    await other.commands.run(kit.only().id, { verb: 'acknowledge' }, asked(lin));
    await book.poll(true);
    expect([known, told]).toEqual([
      [true],
      [
        [2, 2],
        [3, 3],
      ],
    ]);
    // and one that does not follow on what is known is left to be read
    expect(store.onTold({ position: { epoch, seq: 9 }, records: [] })).toBe(false);
    expect(book.position).toEqual(await store.head());
  });
  it('[ALR40] nothing is written while nothing changes', async () => {
    const kit = await alertsKit();
    kit.facts.disk_used_ratio = 0.85;
    await kit.first.tick();
    const { seq } = kit.first.book.position;
    for (let i = 0; i < 5; i += 1) await kit.first.tick();
    expect(kit.first.book.position.seq).toBe(seq);
    expect(kit.first.stats().writtenCount).toBe(1);
  });
  it("[ALR40] the limit beside a tier is that tier's, also while a better value waits for its third window: it recovers, and says so at once", async () => {
    const kit = await alertsKit(DISK_RULE.replace('        labels:', '        lower_after: 3\n        labels:'));
    for (const [ratio, tier, limit, left] of [
      [0.95, 'red', 0.9, null],
      [0.55, 'red', 0.9, 2],
      [0.55, 'red', 0.9, 1],
      [0.55, 'blue', 0.5, null],
    ] as const) {
      kit.facts.disk_used_ratio = ratio;
      await pause(2);
      await kit.first.tick();
      const { recovery, ...alert } = kit.only();
      expect(alert).toMatchObject({ tier, limit });
      expect(recovery?.windowsLeftCount ?? null).toBe(left);
    }
  });
  it('[ALR41] it resolves with the value that resolved it, pages stop, and a new start is a new alert', async () => {
    const kit = await alertsKit();
    kit.facts.disk_used_ratio = 0.85;
    await kit.first.tick();
    const { id } = kit.only();
    kit.facts.disk_used_ratio = 0.3;
    await kit.first.tick();
    expect(kit.first.list().alerts).toEqual([]);
    const { alert, history } = await kit.first.detail(id);
    expect(history.at(-1)).toMatchObject({ type: 'alert_resolved', value: 0.3 });
    expect(alert).toMatchObject({ handling: 'resolved', evaluation: 'normal', resolvedValue: 0.3 });
    expect(alert.endsAt).toBeGreaterThan(0);
    expect(await kit.dueIds(DUE_KINDS.escalate)).toEqual([]);
    expect(await kit.entries()).toEqual(['alert.fired', 'alert.resolved']);
    await pause(2); // ids carry the millisecond
    kit.facts.disk_used_ratio = 0.95;
    await kit.first.tick();
    expect(kit.only().id).not.toBe(id);
    expect(kit.only().fingerprint).toBe(alert.fingerprint);
  });
  it('[ALR42] a raised tier breaks through: re-opens the acknowledged alert, pages again, says so', async () => {
    const kit = await alertsKit();
    kit.facts.disk_used_ratio = 0.75;
    await kit.first.tick();
    const { id } = kit.only();
    await kit.first.commands.run(id, { verb: 'acknowledge' }, asked(lin));
    expect(await kit.dueIds(DUE_KINDS.escalate)).toEqual([]);
    expect(await kit.dueIds(DUE_KINDS.ackExpiry)).toEqual([id]);
    kit.facts.disk_used_ratio = 0.95;
    await kit.first.tick();
    expect(kit.only()).toMatchObject({
      id,
      tier: 'red',
      handling: 'open',
      owner: null,
      policy: 'red',
      value: 0.95,
      limit: 0.9,
    });
    expect(await kit.dueIds(DUE_KINDS.escalate)).toEqual([id]);
    expect(await kit.dueIds(DUE_KINDS.ackExpiry)).toEqual([]);
    // and with which figure, there and at its end
    const values = async () => (await kit.first.detail(id)).history.map(({ type, value }) => [type, value]);
    expect((await values()).slice(-2)).toEqual([
      ['alert_acknowledged', 0.75],
      ['alert_raised', 0.95],
    ]);
    expect(await kit.entries()).toEqual(['alert.fired', 'alert.acknowledged', 'alert.raised']);
    kit.facts.disk_used_ratio = 0.55;
    await kit.first.tick();
    expect(kit.only()).toMatchObject({ tier: 'blue', peakTier: 'red', handling: 'open' });
  });
  it('[ALR86] a figure that hovers about a threshold pages once, and leaves the alert with whoever took it', async () => {
    const kit = await alertsKit();
    const look = async (ratio: number) => {
      kit.facts.disk_used_ratio = ratio;
      await kit.first.tick();
      return kit.only();
    };
    const { id } = await look(0.95);
    const { escalation } = await look(0.95);
    expect(await look(0.75)).toMatchObject({ tier: 'yellow', escalation });
    expect(await look(0.95)).toMatchObject({ tier: 'red', escalation }); // the same chain goes on
    await kit.first.commands.run(id, { verb: 'acknowledge' }, asked(lin));
    await look(0.75);
    expect(await look(0.95)).toMatchObject({ tier: 'red', handling: 'acknowledged', owner: { name: lin.name } });
    expect(await kit.dueIds(DUE_KINDS.escalate)).toEqual([]);
  });
  it('[ALR43] nodata is shown and keeps the alert; an error of the rule too', async () => {
    const kit = await alertsKit();
    kit.facts.disk_used_ratio = 0.85;
    await kit.first.tick();
    kit.facts.disk_used_ratio = null;
    await kit.first.tick();
    expect(kit.only()).toMatchObject({ evaluation: 'nodata', handling: 'open', value: null });
    kit.facts.disk_used_ratio = 0.85;
    await kit.first.tick();
    expect(kit.only().evaluation).toBe('firing');
    expect(await types(kit, kit.only().id)).toEqual(['alert_created', 'alert_fired', 'alert_nodata', 'alert_fired']);
  });
  it('[ALR44] for is counted over a change of the evaluating node', async () => {
    const kit = await alertsKit(DISK_RULE.replace('        labels:', '        for: 400ms\n        labels:'));
    kit.facts.disk_used_ratio = 0.85;
    const short = await kit.node('a', 400);
    await short.tick();
    expect(short.list().alerts[0]).toMatchObject({ evaluation: 'pending', firedAt: null });
    expect(await kit.entries()).toEqual([]);
    const { startsAt } = short.list().alerts[0] ?? { startsAt: 0 };
    await pause(450);
    const other = await kit.node('b');
    await other.tick();
    expect(other.list().alerts[0]).toMatchObject({ evaluation: 'firing', startsAt });
  });
  it('[ALR44] a pending alert whose condition ends is forgotten without a word', async () => {
    const kit = await alertsKit(DISK_RULE.replace('        labels:', '        for: 1h\n        labels:'));
    kit.facts.disk_used_ratio = 0.85;
    await kit.first.tick();
    const { id } = kit.only();
    await expect(kit.first.commands.run(id, { verb: 'acknowledge' }, asked(lin))).rejects.toMatchObject({
      code: 'not_firing',
    });
    kit.facts.disk_used_ratio = 0.1;
    await kit.first.tick();
    expect(kit.first.list().alerts).toEqual([]);
    expect(await kit.entries()).toEqual([]);
  });
  it('[ALR45] (F32) one node evaluates; one that was frozen finds its write refused and nothing changed', async () => {
    const kit = await alertsKit();
    const frozen = await kit.node('frozen', 400);
    kit.facts.disk_used_ratio = 0.85;
    await frozen.tick();
    const { version, id } = frozen.list().alerts[0] ?? { version: 0, id: '' };
    const writer = { kind: 'engine' as const, holder: 'frozen', version: '1' };
    await pause(450);
    await kit.first.tick(); // takes the claim over
    expect(kit.first.stats().held).toBe(true);
    const record = frozen.book.record(id);
    if (record === undefined) throw new Error('no record');
    const late = {
      record: { ...record, tier: 'blue' as const, version: version + 1 },
      expected: version,
      mode: 'open' as const,
      history: [],
      timeline: [],
      due: [],
    };
    await expect(frozen.store.write([late], writer)).rejects.toMatchObject({ code: 'stale_claim' });
    await frozen.tick();
    expect(frozen.stats().held).toBe(false);
    await frozen.book.poll(true);
    expect(frozen.list().alerts[0]).toMatchObject({ tier: 'orange', version });
  });
  it('[ALR46] resolved by hand stays quiet while the condition lasts, ends with it, and comes back when it gets worse', async () => {
    const kit = await alertsKit();
    kit.facts.disk_used_ratio = 0.75;
    await kit.first.tick();
    const { id } = kit.only();
    await kit.first.commands.run(id, { verb: 'resolve', comment: 'known' }, asked(lin));
    await kit.first.tick();
    await kit.first.tick();
    expect(kit.only()).toMatchObject({ id, handling: 'resolved' });
    expect(kit.first.frame().openCount).toEqual({});
    kit.facts.disk_used_ratio = 0.95;
    await kit.first.tick();
    await pause(2);
    await kit.first.tick();
    expect(kit.only()).toMatchObject({ tier: 'red', handling: 'open' });
    expect(kit.only().id).not.toBe(id);
  });
  it('[ALR47] a rule that a reload takes out ends its alerts; a broken reload keeps the old rules and says so', async () => {
    const kit = await alertsKit();
    const second = await kit.node('n2');
    kit.facts.disk_used_ratio = 0.85;
    await kit.first.tick();
    kit.writeRules('groups:\n  - name: g\n    rules:\n      - alert: Bad\n        expr: kpi("nope", "1m") > 1\n');
    const actor = { kind: 'user', id: 'u', name: 'Admin' } as const;
    await expect(kit.first.reload(actor)).rejects.toMatchObject({ code: 'rules_invalid' });
    await second.followRules();
    expect(second.rules()).toMatchObject({
      rules: [{ id: 'DiskLow' }],
      refused: { problems: expect.arrayContaining([expect.stringContaining('rules/test.yaml:5')]) },
    });
    expect(kit.first.rules()).toMatchObject({
      rules: [{ id: 'DiskLow' }],
      refused: { problems: expect.arrayContaining([expect.stringMatching(/^rules\/test\.yaml:5: expr: /)]) },
    });
    await kit.first.tick();
    expect(kit.only().rule).toBe('DiskLow');
    kit.writeRules(DISK_RULE.replace('DiskLow', 'DiskFull'));
    expect((await kit.first.reload(actor)).refused).toBeNull();
    // the other node takes the very rules, whatever lies on its own disk by now; one that starts later does too
    kit.writeRules(DISK_RULE);
    kit.ageRules();
    await second.followRules();
    expect(second.rules()).toMatchObject({ rules: [{ id: 'DiskFull' }], refused: null });
    expect((await kit.node('n3')).rules()).toMatchObject({ rules: [{ id: 'DiskFull' }] });
    await kit.first.tick();
    expect(kit.only().rule).toBe('DiskFull');
    expect((await kit.entries()).filter((kind) => kind.startsWith('rules.'))).toEqual([
      'rules.refused',
      'rules.reloaded',
    ]);
  });
  it('[ALR48] flapping is counted and muted, not paged for each start', async () => {
    const kit = await alertsKit();
    for (let i = 0; i < 4; i += 1) {
      kit.facts.disk_used_ratio = 0.85;
      await kit.first.tick();
      if (i === 3) break;
      kit.facts.disk_used_ratio = 0.1;
      await kit.first.tick();
      await pause(2);
    }
    expect(kit.only()).toMatchObject({ flapCount: 4, suppressedBy: [{ kind: 'flapping', id: 'DiskLow' }] });
  });
});

describe('storms', () => {
  it('[ALR20] thirty starts of one rule in one look: one line, one escalation, one page; each has its own record', async () => {
    const values = Array.from({ length: 30 }, (_, n) => `v${n}`).join(', ');
    const kit = await alertsKit(
      DISK_RULE.replace('        labels:', `        for_each: { region: [${values}] }\n        labels:`),
    );
    kit.facts.disk_used_ratio = 0.95;
    await kit.first.tick();
    expect(kit.first.list()).toMatchObject({ totalCount: 30, openCount: { red: 20 }, suppressedCount: 10 });
    expect(await kit.entries()).toEqual(['alert.storm']);
    expect(await kit.dueIds(DUE_KINDS.escalate)).toHaveLength(1);
    expect(await kit.dueIds(DUE_KINDS.notify)).toHaveLength(1);
    expect(kit.first.list().alerts.filter(({ suppressedBy }) => suppressedBy[0]?.kind === 'storm')).toHaveLength(10);
    for (const { id } of kit.first.list().alerts)
      expect((await kit.first.detail(id)).history.map(({ type }) => type)).toContain('alert_fired');
    kit.facts.disk_used_ratio = 0.1;
    await kit.first.tick();
    expect(kit.first.list().alerts).toEqual([]);
    expect(await kit.entries()).toEqual(['alert.storm', 'alert.resolved']);
    expect(await kit.dueIds(DUE_KINDS.escalate)).toEqual([]);
  });
});

describe('people', () => {
  it('[ALR50] two acknowledgements at once: one owner, the other is told who; over a hundred races', async () => {
    const kit = await alertsKit();
    kit.facts.disk_used_ratio = 0.85;
    await kit.first.tick();
    const { id } = kit.only();
    for (let race = 0; race < 100; race += 1) {
      const results = await Promise.allSettled(
        [lin, zhao].map((who) => kit.first.commands.run(id, { verb: 'acknowledge' }, asked(who))),
      );
      const won = results.filter((result) => result.status === 'fulfilled');
      const lost = results.find((result) => result.status === 'rejected');
      expect(won).toHaveLength(1);
      const owner = won[0]?.status === 'fulfilled' ? won[0].value.alert.owner : null;
      expect(lost?.status === 'rejected' ? lost.reason : null).toMatchObject({
        code: 'already_acknowledged',
        options: { extra: { owner } },
      });
      await kit.first.commands.run(id, { verb: 'unacknowledge' }, asked(lin));
    }
    const { history, alert } = await kit.first.detail(id);
    // one line: every version once, none left out
    const versions = history.slice(1).map(({ version }) => version);
    expect(versions).toEqual(Array.from({ length: alert.version }, (_, index) => index + 1));
  });
  it('[ALR51] (F41) resolve wins: an acknowledgement that comes late is 409, whoever wins the race; unknown is 404', async () => {
    const kit = await alertsKit();
    for (let race = 0; race < 50; race += 1) {
      kit.facts.disk_used_ratio = 0.85;
      await kit.first.tick();
      const { id } = kit.only();
      kit.facts.disk_used_ratio = 0.1;
      const [ack] = await Promise.allSettled([
        kit.first.commands.run(id, { verb: 'acknowledge' }, asked(lin)),
        kit.first.tick(),
      ]);
      if (ack?.status === 'rejected') expect(ack.reason).toMatchObject({ code: 'already_resolved' });
      await kit.first.tick(); // a refused resolve is tried again
      const { alert, history } = await kit.first.detail(id);
      expect(alert.handling).toBe('resolved');
      expect(history.at(-1)?.type).toBe('alert_resolved');
      expect(await kit.dueIds(DUE_KINDS.ackExpiry)).toEqual([]);
      expect(await kit.dueIds(DUE_KINDS.escalate)).toEqual([]);
      await expect(kit.first.commands.run(id, { verb: 'acknowledge' }, asked(lin))).rejects.toMatchObject({
        code: 'already_resolved',
      });
      await pause(2);
    }
    await expect(kit.first.commands.run('nope', { verb: 'acknowledge' }, asked(lin))).rejects.toMatchObject({
      code: 'not_found',
    });
  });
  it('[ALR52] a repeated command changes nothing; its key with another wish is refused; a version binds', async () => {
    const kit = await alertsKit();
    kit.facts.disk_used_ratio = 0.85;
    await kit.first.tick();
    const { id, version } = kit.only();
    const by = asked(lin, 'same');
    const first = await kit.first.commands.run(id, { verb: 'acknowledge', comment: 'mine' }, by);
    const again = await kit.first.commands.run(id, { verb: 'acknowledge', comment: 'mine' }, by);
    expect([first.replayed, again.replayed, again.alert.version]).toEqual([false, true, first.alert.version]);
    await expect(kit.first.commands.run(id, { verb: 'acknowledge', comment: 'other' }, by)).rejects.toMatchObject({
      code: 'idempotency_body_mismatch',
    });
    await expect(kit.first.commands.run(id, { verb: 'resolve' }, asked(zhao), version)).rejects.toMatchObject({
      code: 'version_conflict',
      options: { extra: { changed: { type: 'alert_acknowledged', by: 'Lin Yue' } } },
    });
    expect((await types(kit, id)).filter((type) => type === 'alert_acknowledged')).toHaveLength(1);
  });
  it('[ALR52] a tier that moved by itself is no conflict; of two people who saw the same, the second gets one', async () => {
    const kit = await alertsKit();
    kit.facts.disk_used_ratio = 0.85;
    await kit.first.tick();
    const { id, version } = kit.only();
    kit.facts.disk_used_ratio = 0.95;
    for (let look = 0; look < 2; look += 1) {
      await pause(2);
      await kit.first.tick();
    }
    expect(kit.only()).toMatchObject({ id, tier: 'red' });
    expect(kit.only().version).toBeGreaterThan(version);
    const results = await Promise.allSettled(
      [lin, zhao].map((who) => kit.first.commands.run(id, { verb: 'escalate', comment: 'x' }, asked(who), version)),
    );
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'version_conflict', options: { extra: { changed: { type: 'alert_escalated' } } } },
    });
  });
  it('[ALR79] a source that never comes back is ended by a person, and told again only after it spoke', async () => {
    const kit = await alertsKit(`
groups:
  - name: sources
    interval: 0s
    rules:
      - alert: OneSourceSilent
        expr: sourceSilent()
        for_each: { source: '*' }
        labels: { tier: orange }
        annotations: { summary: 'The source {{ $labels.source }} went silent', runbook_url: /runbooks/technical-failure }
`);
    const sources = kit.keys[0]?.sources ?? '';
    /** As if it had sent for minutes, and was heard last `agoMs` ago. */
    const heard = (source: string, agoMs: number, minutes: number) =>
      kit.redis.hset(sources, `${source}|heard`, kit.clock.nowMs() - agoMs, `${source}|minutes`, minutes);
    let sent = 0;
    const send = (source: string) => {
      sent += 1;
      return kit.ingest.submit(byId([paidOrder(`o${sent}`, kit.clock.nowMs(), { source })]));
    };
    await send('/shop/1');
    await send('/shop/7');
    await send('/once');
    await heard('/once', 180_000, 4);
    await send('/once'); // after a gap
    expect(await kit.redis.hget(sources, '/once|minutes')).toBe('1');
    await until(async () => {
      await heard('/shop/7', 60_000, 4);
      await send('/shop/7'); // the fifth minute in a row, unless a minute ends just now
      return (await kit.redis.hget(sources, '/shop/7|minutes')) === '5';
    });
    await heard('/shop/7', 45_000, 5);
    await heard('/once', 45_000, 1);
    const node = await kit.node('n2');
    await node.tick();
    const [alert] = node.list().alerts;
    expect(node.list().alerts).toHaveLength(1);
    expect(alert).toMatchObject({
      annotations: { summary: 'The source /shop/7 went silent' },
      limit: 30,
      unit: 'seconds',
    });
    expect(alert?.value).toBeGreaterThanOrEqual(45);
    await node.commands.run(alert?.id ?? '', { verb: 'resolve', comment: 'closed down' }, asked(lin));
    for (let look = 0; look < 3; look += 1) await node.tick();
    expect(node.list().alerts).toMatchObject([{ id: alert?.id, handling: 'resolved' }]);
    await send('/shop/7');
    await until(async () => {
      await node.tick();
      return node.list().alerts.length === 0;
    });
    await send('/shop/7');
    await heard('/shop/7', 45_000, 5);
    await node.tick();
    expect(node.list().alerts).toMatchObject([{ rule: 'OneSourceSilent', handling: 'open' }]);
    expect(node.list().alerts[0]?.id).not.toBe(alert?.id);
  });
  it('[ALR53] an acknowledgement wears off: first the reminder, then it pages again', async () => {
    const kit = await alertsKit();
    kit.facts.disk_used_ratio = 0.95;
    await kit.first.tick();
    const { id } = kit.only();
    const { alert } = await kit.first.commands.run(id, { verb: 'acknowledge' }, asked(lin));
    expect((alert.ackExpiresAt ?? 0) - (alert.acknowledgedAt ?? 0)).toBe(5 * 60_000);
    let atMs = (alert.acknowledgedAt ?? 0) + 4 * 60_000;
    const reminded: string[] = [];
    const handler = ackExpiryHandler({
      store: kit.first.store,
      book: kit.first.book,
      policies: () => [],
      nowMs: () => atMs,
      onReminder: async ({ owner }) => void reminded.push(owner?.name ?? ''),
    });
    const item = {
      kind: DUE_KINDS.ackExpiry,
      id,
      version: '1',
      dueAtMs: atMs,
      payload: JSON.stringify({ alertId: id, stage: 'remind', version: alert.version }),
    };
    const next = await handler(item);
    expect(next).toMatchObject({ kind: 'again', inMs: 60_000 });
    expect(reminded).toEqual(['Lin Yue']);
    atMs += 60_000;
    expect(await handler({ ...item, payload: next.kind === 'again' ? (next.payload ?? '') : '' })).toEqual({
      kind: 'done',
    });
    expect(kit.only()).toMatchObject({ handling: 'open', owner: null, ackExpiresAt: null });
    expect(await types(kit, id)).toEqual([
      'alert_created',
      'alert_fired',
      'alert_acknowledged',
      'alert_ack_reminded',
      'alert_ack_expired',
    ]);
    expect(await handler(item)).toEqual({ kind: 'done' });
  });
  it('[ALR54] many at once: each has its own outcome, and the second person hears who has them', async () => {
    const kit = await alertsKit();
    kit.facts.disk_used_ratio = 0.95;
    await kit.first.tick();
    const { id } = kit.only();
    const { commands } = kit.first;
    const first = await commands.acknowledgeMany([id, 'nope'], undefined, asked(lin));
    expect(first.results.map(({ code }) => code)).toEqual(['acknowledged', 'not_found']);
    const second = await commands.acknowledgeMany([id], undefined, asked(zhao));
    expect(second.results[0]).toMatchObject({ code: 'already_acknowledged', alert: { owner: { name: 'Lin Yue' } } });
  });
  it('[ALR54] a retry that comes late takes nothing from whoever has it by then; its key with other alerts is refused', async () => {
    const kit = await alertsKit();
    kit.facts.disk_used_ratio = 0.95;
    await kit.first.tick();
    const { id } = kit.only();
    const { commands } = kit.first;
    await commands.acknowledgeMany([id], undefined, asked(lin));
    const given = await commands.unacknowledgeMany([id], undefined, asked(lin, 'undo'));
    expect([given.replayed, given.results[0]?.code]).toEqual([false, 'unacknowledged']);
    await commands.run(id, { verb: 'acknowledge' }, asked(zhao));
    const { version } = kit.only();
    const late = await commands.unacknowledgeMany([id], undefined, asked(lin, 'undo'));
    expect(late).toMatchObject({
      replayed: true,
      results: [{ code: 'unacknowledged', alert: { owner: { name: 'Zhao Ming' }, version } }],
    });
    await expect(commands.unacknowledgeMany([id, 'x'], undefined, asked(lin, 'undo'))).rejects.toMatchObject({
      code: 'idempotency_body_mismatch',
    });
  });
  it('[ALR54] a node that dies between the writes and the answer: the retry answers what was done and does only what was not', async () => {
    const kit = await alertsKit();
    kit.facts.disk_used_ratio = 0.95;
    await kit.first.tick();
    const { id } = kit.only();
    const dying = await kit.node('dying');
    dying.store.keepReply = () => Promise.reject(new Error('killed'));
    for (const verb of ['acknowledgeMany', 'unacknowledgeMany'] as const) {
      const by = asked(lin);
      await expect(dying.commands[verb]([id, 'nope'], undefined, by)).rejects.toThrow('killed');
      await kit.first.book.poll(true);
      const { version } = kit.only();
      const again = await kit.first.commands[verb]([id, 'nope'], undefined, by);
      expect(again.replayed).toBe(true);
      expect(again.results.map(({ code }) => code)).toEqual([`${verb.slice(0, -4)}d`, 'not_found']);
      expect(again.results[0]?.alert?.version).toBe(version);
      expect(await kit.first.commands[verb]([id, 'nope'], undefined, by)).toEqual(again);
      await expect(kit.first.commands[verb]([id], undefined, by)).rejects.toMatchObject({
        code: 'idempotency_body_mismatch',
      });
    }
    // the same command twice at once is one
    const by = asked(lin);
    const both = await Promise.all(
      [kit.first, dying]
        .map((node) => node.commands.acknowledgeMany([id], undefined, by))
        .map((one) => one.catch(() => null)),
    );
    expect(both[0]?.results[0]?.code).toBe('acknowledged');
    expect((await types(kit, id)).filter((type) => type === 'alert_acknowledged')).toHaveLength(2);
  });
  it('[ALR55] a silence mutes on every node, says how many, is undone by its end, and the explanation names it', async () => {
    const kit = await alertsKit();
    kit.facts.disk_used_ratio = 0.95;
    await kit.first.tick();
    const other = await kit.node('n2');
    const endsAt = kit.clock.nowMs() + 600_000;
    const matchers = [{ name: 'alertname', op: '=' as const, value: 'DiskLow' }];
    const { silence } = await kit.first.silences.create({ matchers, endsAt, comment: 'planned work' }, asked(lin));
    expect(silence).toMatchObject({ state: 'active', matchedCount: 1, createdBy: 'Lin Yue' });
    expect(kit.first.frame()).toMatchObject({ openCount: {}, silencedCount: 1, top: [] });
    await other.book.poll(true);
    expect(other.list().alerts[0]?.suppressedBy).toEqual([{ kind: 'silence', id: silence.id }]);
    const { explanation } = await kit.first.detail(kit.only().id);
    expect(explanation.length).toBeGreaterThan(0);
    for (const row of explanation.filter(({ step }) => step !== null))
      expect(row).toMatchObject({ paged: false, reason: 'silence' });
    expect(await kit.dueIds(DUE_KINDS.silenceEnding)).toEqual([silence.id]);
    expect(await kit.first.silences.expire(silence.id, asked(lin))).toMatchObject({
      state: 'expired',
      matchedCount: 0,
    });
    expect(kit.first.frame().openCount).toEqual({ red: 1 });
    expect(await kit.dueIds(DUE_KINDS.silenceEnding)).toEqual([]);
    await expect(
      kit.first.silences.update(silence.id, { matchers, endsAt: endsAt + 1, comment: 'x' }, asked(lin)),
    ).rejects.toMatchObject({ code: 'silence_expired' });
    expect((await kit.entries()).slice(-2)).toEqual(['silence.created', 'silence.expired']);
  });
});
