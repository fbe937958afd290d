import { createHmac } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { DUE_KINDS, type EscalatePayload } from '#contract/alerts';
import { messageAlert } from '../../alerts/delivery/domain/message.ts';
import { planGroup, planPages } from '../../alerts/delivery/plan.ts';
import { NEW_GROUP } from '../../alerts/domain/group.ts';
import { anAlert } from './alert-kit.ts';
import { asked, lin, zhao } from './alerts-kit.ts';
import { deliveryKit, HOOK_SECRET, httpSink, readText } from './delivery-kit.ts';

const hook = (id: string, url: string, more = ''): string =>
  `  - { id: ${id}, kind: webhook, url: "${url}/${id}", secret_env: HOOK_SECRET, sends: [groups, pages, handling]${more} }\n`;
const file = (...entries: string[]): string => `receivers:\n${entries.join('')}`;
const status =
  (code: number, headers: Record<string, string> = {}) =>
  (response: ServerResponse): void =>
    void response.writeHead(code, headers).end();
/** As Standard Webhooks 1.0 says, without the code that signs. */
function isSigned({ headers, text }: { headers: Record<string, unknown>; text: string }): boolean {
  const key = Buffer.from(HOOK_SECRET.slice(6), 'base64');
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${text}`;
  return headers['webhook-signature'] === `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
}
const topics = (sink: { seen: readonly { body: { topic: string } }[] }): string[] =>
  sink.seen.map(({ body }) => body.topic).sort();

describe('receivers as data', () => {
  it.each([
    ['receivers:\n  - id: a\n    kind: fax\n', /^receivers.yaml:3: kind /],
    [
      'receivers:\n  - { id: a, kind: webhook, secret_env: HOOK_SECRET }\n',
      /^receivers.yaml:2: a: a webhook receiver needs url$/,
    ],
    [
      'receivers:\n  - id: a\n    kind: sound\n    url: https://x.example\n',
      /^receivers.yaml:4: a: a sound receiver has no url$/,
    ],
    ['receivers:\n  - id: a\n    kind: wecom\n    url_env: NOT_THERE\n', /:4: a: the environment has no NOT_THERE$/],
    ['receivers:\n  - { id: a, kind: sound }\n  - id: a\n    kind: sound\n', /:3: there are two receivers a$/],
    [
      'receivers:\n  - id: a\n    kind: template\n    url: https://x.example\n    body: "{{nothing}}"\n',
      /:5: a: there is no {{nothing}}/,
    ],
    [
      'receivers:\n  - id: a\n    kind: wecom\n    url: http://169.254.169.254/x\n',
      /:4: a: its address cannot be called: 169.254.169.254 is linkLocal/,
    ],
    [
      'receivers:\n  - id: a\n    kind: wecom\n    url: http://127.0.0.1:9/x\n',
      /:4: a: its address cannot be called: .*OUTBOUND_ALLOW/,
    ],
    ['receivers:\n  - id: a\n    kind: sound\n    match: [\'x=~"(a+)+(?=b)"\']\n', /:4: a: /],
    [
      'receivers:\n  - id: a\n    kind: email\n    smtp: { host: 10.0.0.5, port: 25 }\n    from: a@b.example\n',
      /:4: a: its address cannot be called: 10.0.0.5 is private; list 10.0.0.5:25 in OUTBOUND_ALLOW/,
    ],
    [
      'receivers:\n  - { id: a, kind: email, smtp: { host: "::1", port: 25 }, from: a@b.example }\n',
      /:2: a: its address/,
    ],
    [
      'receivers:\n  - { id: a, kind: email, smtp: { host: h, port: 25 }, from: a@b.example, sends: [groups] }\n',
      /:2: a: groups go to no person/,
    ],
    ['receivers: [\n', /^receivers.yaml:\d+: /],
    [
      'receivers:\n  - { id: a, kind: template, url: "https://x.example", body: x, headers: { Host: y } }\n',
      /Host is not yours to set/,
    ],
  ])('[DLV1] %j is refused with its line', (text, problem) => {
    const { receivers, problems } = readText(text);
    expect(receivers).toEqual([]);
    expect(problems[0]).toMatch(problem);
  });
  it('[DLV1] what the environment holds is taken without the line break of a file; whatever is signed needs a proper secret', () => {
    const text = 'receivers:\n  - { id: a, kind: template, url_env: U, secret_env: S, body: x }\n';
    const read = (secret: string) => readText(text, { U: 'https://x.example/y\n', S: secret });
    expect(read(`${HOOK_SECRET}\n`)).toMatchObject({
      problems: [],
      receivers: [{ url: 'https://x.example/y', secrets: [HOOK_SECRET] }],
    });
    expect(read('plain').problems[0]).toMatch(/:2: a: a template's secret is whsec_/);
    expect(read(' \n').problems[0]).toMatch(/:2: a: the environment has no S$/);
  });
  it('[DLV1] a secret is never told: not in a problem, not in the list', async () => {
    const secret = 'whsec_c2hvcnQ-not-good';
    const { problems } = readText('receivers:\n  - { id: a, kind: webhook, url_env: U, secret_env: S }\n', {
      S: secret,
      U: 'https://user:pass@x.example/token-1',
    });
    expect(problems).toHaveLength(2);
    expect(problems.join()).not.toMatch(/not-good|token-1|pass@/);
    const kit = await deliveryKit('receivers:\n  - { id: room, kind: wecom, url_env: U }\n', {
      U: 'https://x.example/send?key=k-1',
    });
    const text = JSON.stringify(await kit.first.delivery.list());
    expect(text).toContain('x.example');
    expect(text).not.toContain('k-1');
  });
  it('[DLV1] a broken reload keeps the old receivers and says so', async () => {
    const kit = await deliveryKit('receivers:\n  - { id: one, kind: sound }\n');
    const { delivery } = kit.first;
    const actor = { kind: 'system', id: 't' } as const;
    kit.write('receivers:\n  - { id: two, kind: fax }\n');
    let loaded = 0;
    const then = async (): Promise<void> => {
      loaded += 1;
    };
    await expect(delivery.reload(actor, then)).rejects.toMatchObject({ code: 'receivers_invalid' });
    expect(loaded).toBe(0);
    const { receivers, refused } = await delivery.list();
    expect(receivers.map(({ id }) => id)).toEqual(['one']);
    expect(refused?.problems[0]).toMatch(/^receivers.yaml:2: /);
    kit.write('receivers:\n  - { id: two, kind: sound }\n');
    await delivery.reload(actor, then);
    expect((await delivery.list()).receivers.map(({ id }) => id)).toEqual(['two']);
    expect(await kit.entries()).toEqual(expect.arrayContaining(['receivers.refused', 'receivers.reloaded']));
  });
  it('[DLV31] a reload on one node is followed by all, and by one that starts later; a refused one is said on all', async () => {
    const kit = await deliveryKit('receivers:\n  - { id: one, kind: sound }\n');
    const other = await kit.node('d2');
    const actor = { kind: 'system', id: 't' } as const;
    const reload = () => kit.first.delivery.reload(actor, async () => undefined);
    const seen = async ({ delivery } = other) => {
      const { receivers, refused } = await delivery.list();
      return { ids: receivers.map(({ id }) => id), refused: refused?.problems ?? [] };
    };
    kit.write('receivers:\n  - { id: two, kind: sound }\n');
    expect(await seen()).toEqual({ ids: ['one'], refused: [] });
    await reload();
    // what lies on the other's disk is not what counts
    kit.write('receivers:\n  - { id: three, kind: fax }\n');
    expect(await seen()).toEqual({ ids: ['two'], refused: [] });
    await expect(reload()).rejects.toMatchObject({ code: 'receivers_invalid' });
    expect(await seen()).toEqual({ ids: ['two'], refused: [expect.stringMatching(/^receivers.yaml:2: /)] });
    kit.write('receivers:\n  - { id: four, kind: sound }\n');
    kit.ageReceivers();
    expect((await seen(await kit.node('d3'))).ids).toEqual(['two']);
    await reload();
    expect(await seen()).toEqual({ ids: ['four'], refused: [] });
  });
});

describe('from an alert to a receiver', () => {
  it('[DLV2] a red alert is told as a group and paged to a person, signed, each once; its end too', async () => {
    const sink = await httpSink();
    const kit = await deliveryKit(file(hook('ops', sink.url)), {}, [sink.port]);
    const id = await kit.fire();
    await kit.work();
    expect(topics(sink)).toEqual(['group', 'page']);
    expect(sink.seen.every(isSigned)).toBe(true);
    const page = sink.seen.find(({ body }) => body.topic === 'page');
    expect(page?.body).toMatchObject({ tier: 'red', page: { people: [{ person: 'Ann' }], step: 0 }, alerts: [{ id }] });
    await kit.heal();
    await kit.hurry(`due:queue:${DUE_KINDS.notify}`);
    await kit.work();
    const last = sink.seen.filter(({ body }) => body.status === 'resolved');
    expect(last.map(({ body }) => body.topic).sort()).toEqual(['group', 'handling']);
    expect(last[0]?.body).toMatchObject({ alerts: [{ id, status: 'resolved', resolvedValue: 0.1 }] });
    expect((await kit.first.detail(id)).history.filter(({ type }) => type === 'notification')).toHaveLength(1);
  });
  it('[DLV3] a node that dies after it queued a page and before it wrote so: whoever does the step again sends nothing twice', async () => {
    const sink = await httpSink();
    const text = file(hook('ops', sink.url).replace('groups, ', ''));
    const kit = await deliveryKit(text, {}, [sink.port]);
    const { due, paging, delivery } = kit.first;
    const id = await kit.fire();
    const [item] = await due.claim([DUE_KINDS.escalate], 1);
    const payload = JSON.parse(item?.payload ?? '') as EscalatePayload;
    const plan = await paging.planStep(payload);
    if (plan.kind !== 'page') throw new Error(plan.kind);
    const { receivers } = readText(text, { HOOK_SECRET }, [`127.0.0.1:${sink.port}`]);
    await delivery.queue.enqueue(planPages(payload, plan, { receivers, contacts: {}, nowMs: kit.nowMs() }));
    await delivery.pump.turn();
    expect(sink.seen).toHaveLength(1);
    await kit.hurry(`due:queue:${DUE_KINDS.escalate}`); // its claim lapses
    await kit.work();
    expect(sink.seen).toHaveLength(1);
    expect((await kit.first.detail(id)).history.filter(({ type }) => type === 'notification')).toHaveLength(1);
  });
  it('[DLV18] acknowledge, give back and resolve reach those who were paged, and page anew under new ids', async () => {
    const sink = await httpSink();
    const kit = await deliveryKit(
      file(hook('ops', sink.url), hook('calm', sink.url, ', match: [\'alertname="Other"\']')),
      {},
      [sink.port],
    );
    const id = await kit.fire();
    await kit.work();
    const { commands } = kit.first;
    await commands.run(id, { verb: 'acknowledge' }, asked(lin));
    await kit.work();
    await commands.run(id, { verb: 'unacknowledge' }, asked(lin));
    await kit.work();
    await commands.run(id, { verb: 'resolve' }, asked(zhao));
    await kit.work();
    expect(sink.seen.every(({ url }) => url === '/ops')).toBe(true); // the other one was never told of it
    const handled = sink.seen.filter(({ body }) => body.topic === 'handling');
    expect(handled.map(({ body }) => [body.handling, body.by])).toEqual([
      ['acknowledged', 'Lin Yue'],
      ['reopened', 'Lin Yue'],
      ['resolved', 'Zhao Ming'],
    ]);
    const pages = sink.seen.filter(({ body }) => body.topic === 'page').map(({ headers }) => headers['webhook-id']);
    expect(new Set(pages).size).toBe(2);
    expect(sink.seen.map(({ body }) => body.topic)).toEqual(expect.arrayContaining(['page', 'group']));
  });
  it('[DLV10] a page that waits is not sent once the alert is taken; its person is told as not paged, with the reason', async () => {
    const sink = await httpSink(status(500));
    const kit = await deliveryKit(file(hook('ops', sink.url).replace('groups, ', '').replace(', handling', '')), {}, [
      sink.port,
    ]);
    const id = await kit.fire();
    await kit.work();
    expect(sink.seen).toHaveLength(1);
    await kit.first.commands.run(id, { verb: 'acknowledge' }, asked(lin));
    sink.answer(status(204));
    await kit.hurry('deliver:queue:ops');
    await kit.first.delivery.pump.turn();
    expect(sink.seen).toHaveLength(1);
    await expect
      .poll(async () => (await kit.first.detail(id)).history.at(-1))
      .toMatchObject({
        type: 'no_notification',
        reason: 'acknowledged',
        text: 'Ann',
      });
    expect((await kit.first.detail(id)).explanation.find(({ person }) => person === 'Ann')).toMatchObject({
      paged: false,
      reason: 'acknowledged',
    });
    expect((await kit.first.delivery.list()).receivers[0]).toMatchObject({ queueCount: 0 });
  });
  it('[DLV33] a page that two receivers carried is spared once in the history, whichever node finds each of them', async () => {
    const sink = await httpSink(status(500));
    const pages = (id: string): string => hook(id, sink.url).replace('groups, ', '').replace(', handling', '');
    const kit = await deliveryKit(file(pages('one'), pages('two')), {}, [sink.port]);
    const second = await kit.node('d2');
    const id = await kit.fire();
    await kit.work();
    const spared = async (): Promise<unknown[]> =>
      (await kit.first.detail(id)).history.filter(({ type }) => type === 'no_notification').map(({ text }) => text);
    for (const [round, nodes] of [
      [kit.first, second],
      [kit.first, kit.first],
    ].entries()) {
      await kit.first.commands.run(id, { verb: 'acknowledge' }, asked(lin));
      for (const [index, receiver] of ['one', 'two'].entries()) {
        await kit.hurry(`deliver:queue:${receiver}`);
        await nodes[index]?.delivery.pump.turn();
      }
      await expect.poll(spared).toHaveLength(round + 1);
      await kit.first.commands.run(id, { verb: 'unacknowledge' }, asked(lin));
      await kit.work();
    }
    expect(await spared()).toEqual(['Ann', 'Ann']);
  });
  it('[DLV24] who was reached by one receiver is called paged, whatever became of another, whichever is first', async () => {
    const sink = await httpSink((response, { url }) => status(url === '/bad' ? 404 : 503)(response));
    const pages = (id: string): string => hook(id, sink.url).replace('groups, ', '').replace(', handling', '');
    const kit = await deliveryKit(file(pages('bad'), pages('slow')), {}, [sink.port]);
    const id = await kit.fire();
    await kit.work();
    const ann = async () => {
      const { explanation, history } = await kit.first.detail(id);
      const said = history.filter(({ type }) => type === 'no_notification').map(({ text }) => text);
      return { ...explanation.find(({ person }) => person === 'Ann'), said };
    };
    await expect.poll(ann).toMatchObject({ paged: false, reason: 'clientError', said: ['Ann'] });
    sink.answer(status(204));
    await kit.hurry('deliver:queue:slow');
    await kit.first.delivery.pump.turn();
    await expect.poll(ann).toMatchObject({ paged: true, reason: 'first notification' });
    // the next round: the one arrives at once, the other is refused after it
    sink.answer((response, { url }) => status(url === '/bad' ? 503 : 204)(response));
    await kit.first.commands.run(id, { verb: 'acknowledge' }, asked(lin));
    await kit.first.commands.run(id, { verb: 'unacknowledge' }, asked(lin));
    await kit.work();
    sink.answer(status(404));
    await kit.hurry('deliver:queue:bad');
    await kit.first.delivery.pump.turn();
    await expect.poll(ann).toMatchObject({ paged: true, said: ['Ann', 'Ann (bad)'] });
    // and one that was given up by both, until a person sends it again
    await kit.first.commands.run(id, { verb: 'acknowledge' }, asked(lin));
    await kit.first.commands.run(id, { verb: 'unacknowledge' }, asked(lin));
    await kit.work();
    await expect.poll(ann).toMatchObject({ paged: false, said: ['Ann', 'Ann (bad)', 'Ann'] });
    sink.answer(status(204));
    const [letter] = (await kit.first.delivery.deadLetters()).letters;
    await kit.first.delivery.resend(letter?.id ?? '', asked(lin));
    await kit.first.delivery.pump.turn();
    await expect.poll(ann).toMatchObject({ paged: true });
  });
  it('[DLV17] [DLV24] [ALR93] nobody whom no receiver reaches is called paged; one who has had enough goes free, red not', async () => {
    const kit = await deliveryKit('receivers:\n  - { id: bell, kind: sound, least_tier: red }\n');
    kit.facts.disk_used_ratio = 0.85; // orange
    await kit.first.tick();
    await kit.work();
    const id = kit.first.list().alerts[0]?.id ?? '';
    const ann = async () => (await kit.first.detail(id)).explanation.find(({ person }) => person === 'Ann');
    expect(await ann()).toMatchObject({ paged: false, reason: 'quiet tier' });
    kit.write('receivers:\n  - { id: bell, kind: sound }\n');
    await kit.first.delivery.load();
    const calledNext = async () =>
      (await kit.first.detail(id)).explanation.flatMap(({ person, dueAt }) => (dueAt === null ? [] : [person]));
    expect(await calledNext()).toEqual(['Bo']);
    for (let n = 0; n < 20; n += 1) await kit.redis.zadd(`${kit.core}:deliver:paged:Bo`, kit.nowMs(), `other-${n}`);
    expect(await calledNext()).toEqual(['Ann']);
    await kit.hurry(`due:queue:${DUE_KINDS.escalate}`);
    await kit.work();
    const bo = async () => (await kit.first.detail(id)).explanation.find(({ person }) => person === 'Bo');
    expect(await bo()).toMatchObject({ paged: false, reason: 'fatigue limit' });
    // nobody was called, so nobody is waited for; and the last of the chain is called, however often that was
    const { escalation } = (await kit.first.detail(id)).alert;
    expect(escalation?.step).toBe(2);
    expect(escalation?.dueAt).toBeLessThanOrEqual(kit.nowMs());
    for (let n = 0; n < 20; n += 1) await kit.redis.zadd(`${kit.core}:deliver:paged:Ann`, kit.nowMs(), `other-${n}`);
    await kit.work();
    const called = (await kit.first.detail(id)).history.filter(({ type }) => type === 'notification');
    expect(called.map(({ text, reason }) => [text, reason])).toEqual([['Ann', 'escalation step']]);
    kit.facts.disk_used_ratio = 0.95; // red breaks through
    await kit.first.tick();
    await kit.first.tick();
    await kit.work();
    await kit.hurry(`due:queue:${DUE_KINDS.escalate}`);
    await kit.work();
    expect(await bo()).toMatchObject({ paged: true });
  });
  it('[ALR23] a red alert that nobody takes: after the last step the next round is called, five times, each time those who were announced', async () => {
    const sink = await httpSink();
    const kit = await deliveryKit(file(hook('ops', sink.url)), {}, [sink.port]);
    const id = await kit.fire();
    const [policy] = kit.first.dutyConfig().policies;
    if (policy === undefined) throw new Error('there is no policy');
    expect(policy).toMatchObject({ id: 'red', repeatCount: 5, repeatWaitMs: 300_000 });
    const told = async () =>
      (await kit.first.detail(id)).history.flatMap(({ type, text }) => (type === 'notification' ? [text ?? ''] : []));
    const seen: number[][] = [];
    for (;;) {
      await kit.first.book.poll(true);
      const { alert, explanation } = await kit.first.detail(id);
      if (alert.escalation === null) break;
      const { cycle, step, dueAt } = alert.escalation;
      seen.push([cycle, step]);
      // what the desk shows as called next
      const announced = explanation.flatMap(({ person, dueAt: at }) => (at === dueAt ? [person] : []));
      expect(announced.length, `round ${cycle}, step ${step}`).toBeGreaterThan(0);
      if (cycle > 0 && step === 0) expect(dueAt - kit.nowMs()).toBeGreaterThan(policy.repeatWaitMs - 60_000);
      const before = (await told()).length;
      await kit.hurry(`due:queue:${DUE_KINDS.escalate}`);
      await kit.work();
      expect(new Set((await told()).slice(before)), `round ${cycle}, step ${step}`).toEqual(new Set(announced));
    }
    const rounds = policy.steps.map((_, step) => step);
    expect(seen).toEqual([0, 1, 2, 3, 4, 5].flatMap((cycle) => rounds.map((step) => [cycle, step])));
    expect(await kit.dueIds(DUE_KINDS.escalate)).toEqual([]);
  });
  it('[DLV26] a page rings on the screens of every node', async () => {
    const kit = await deliveryKit('receivers:\n  - { id: bell, kind: sound }\n');
    const second = await kit.node('d2');
    const id = await kit.fire();
    await kit.work();
    await second.delivery.list();
    expect(second.delivery.frame().sound).toMatchObject({ tier: 'red', alert: id, people: ['Ann'] });
  });
  it('[DLV19] the owner is reminded before the acknowledgement wears off; the end of a silence is announced', async () => {
    const sink = await httpSink();
    const kit = await deliveryKit(file(hook('ops', sink.url)), {}, [sink.port]);
    const id = await kit.fire();
    await kit.work();
    await kit.first.commands.run(id, { verb: 'acknowledge' }, asked(lin));
    await kit.hurry(`due:queue:${DUE_KINDS.ackExpiry}`);
    const matchers = [{ name: 'alertname', op: '=' as const, value: 'DiskLow' }];
    await kit.first.silences.create({ matchers, endsAt: kit.nowMs() + 600_000, comment: 'deploy' }, asked(lin));
    // whoever silences for five minutes has not forgotten it before it ends
    await kit.first.silences.create({ matchers, endsAt: kit.nowMs() + 290_000, comment: 'short' }, asked(lin));
    expect(await kit.dueIds(DUE_KINDS.silenceEnding)).toHaveLength(1);
    await kit.hurry(`due:queue:${DUE_KINDS.silenceEnding}`);
    await kit.work();
    expect(topics(sink)).toEqual(expect.arrayContaining(['reminder', 'silence']));
    expect((await kit.entries()).filter((kind) => kind === 'silence.ending')).toHaveLength(1);
    expect(sink.seen.find(({ body }) => body.topic === 'reminder')?.body.people).toMatchObject([{ person: 'Lin Yue' }]);
  });
  it('[DLV25] the watchdog is told each minute, while rules are evaluated, to receivers that ask for it, and to nobody else', async () => {
    const sink = await httpSink();
    const rules = `
groups:
  - name: test
    interval: 0s
    rules:
      - { alert: Watchdog, expr: 'system("watchdog") > 0', labels: { tier: blue, domain: console }, annotations: { summary: it works } }
`;
    const kit = await deliveryKit(
      file(hook('ops', sink.url), hook('dead-man', sink.url, ', watchdog: true')),
      {},
      [sink.port],
      rules,
    );
    kit.facts.watchdog = 1;
    await kit.first.tick();
    // it stands and fires, but nobody evaluates rules any more: whoever listens outside must hear nothing
    await kit.first.store.markEvaluated(kit.nowMs() - 31_000);
    await kit.hurry(`due:queue:${DUE_KINDS.notify}`);
    await kit.work();
    expect(sink.seen).toEqual([]);
    await kit.first.store.markEvaluated(kit.nowMs());
    await kit.hurry(`due:queue:${DUE_KINDS.notify}`);
    await kit.work();
    expect(sink.seen.map(({ url }) => url)).toEqual(['/dead-man']);
    // nor of its end
    const { receivers } = readText(
      file(hook('ops', sink.url), hook('dead-man', sink.url, ', watchdog: true')),
      { HOOK_SECRET },
      [`127.0.0.1:${sink.port}`],
    );
    const resolved = [anAlert({ rule: 'Watchdog', endsAt: kit.nowMs() })];
    const reason = 'all alerts resolved' as const;
    const plan = {
      kind: 'send',
      reason,
      notificationId: 'n',
      tier: 'blue',
      firing: [],
      resolved,
      before: NEW_GROUP,
    } as const;
    expect(
      planGroup('alertmanager:Watchdog', plan, { receivers, contacts: {}, nowMs: 0 }).map(
        ({ delivery }) => delivery.receiver,
      ),
    ).toEqual(['dead-man']);
    const [, again] = await kit.redis.zrange(`${kit.core}:due:queue:${DUE_KINDS.notify}`, 0, '0', 'WITHSCORES');
    expect(Number(again) - kit.nowMs()).toBeLessThanOrEqual(60_000);
  });
});

describe('tries', () => {
  it('[DLV2] [DLV5] 500, then 429 with Retry-After, then 204: one id, the wait it asked for, then done', async () => {
    const answers = [status(500), status(429, { 'retry-after': '90' }), status(204)];
    const sink = await httpSink((response) => (answers.shift() ?? status(204))(response));
    const kit = await deliveryKit(file(hook('ops', sink.url).replace('groups, ', '')), {}, [sink.port]);
    await kit.fire();
    await kit.work();
    const queue = `${kit.core}:deliver:queue:ops`;
    const dueInMs = async (): Promise<number> =>
      Number((await kit.redis.zrange(queue, 0, '0', 'WITHSCORES'))[1]) - kit.nowMs();
    expect(await dueInMs()).toBeLessThan(1_000);
    await kit.hurry('deliver:queue:ops');
    await kit.first.delivery.pump.turn();
    expect(await dueInMs()).toBeGreaterThan(80_000);
    expect((await kit.first.delivery.list()).receivers[0]).toMatchObject({
      queueCount: 1,
      failedTriesCount: 2,
      lastError: { reason: 'rateLimited', status: 429 },
    });
    await kit.hurry('deliver:queue:ops');
    await kit.first.delivery.pump.turn();
    expect(new Set(sink.seen.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(sink.seen.map(({ headers }) => headers['x-warroom-attempt'])).toEqual(['1', '2', '3']);
    expect(sink.seen.every(isSigned)).toBe(true);
    expect((await kit.first.delivery.list()).receivers[0]).toMatchObject({
      queueCount: 0,
      deliveredCount: 1,
      state: 'ok',
    });
  });
  it('[DLV4] messages of one alert stay in order; another alert’s do not wait for them', async () => {
    const sink = await httpSink(
      (response, { body }) => void response.writeHead(body.topic === 'page' ? 503 : 204).end(),
    );
    const kit = await deliveryKit(file(hook('ops', sink.url)), {}, [sink.port]);
    const id = await kit.fire();
    await kit.work(); // the page fails, the group passes
    await kit.first.commands.run(id, { verb: 'resolve' }, asked(lin));
    sink.answer(status(204));
    await kit.work();
    expect(sink.seen.some(({ body }) => body.topic === 'handling')).toBe(false); // it stands behind the page
    await kit.hurry('deliver:queue:ops');
    // the page is overtaken by the resolve, and what came of the alert goes out
    for (let turn = 0; turn < 3; turn += 1) await kit.first.delivery.pump.turn();
    expect(sink.seen.at(-1)?.body).toMatchObject({ topic: 'handling', handling: 'resolved' });
  });
  it('[DLV6] [DLV7] what is refused is a dead letter; three in a row disable; a person enables and sends again', async () => {
    const sink = await httpSink(status(404));
    const kit = await deliveryKit(file(hook('ops', sink.url)), {}, [sink.port]);
    const { delivery, commands } = kit.first;
    const id = await kit.fire();
    await kit.work();
    await commands.run(id, { verb: 'acknowledge' }, asked(lin));
    await kit.work();
    const { receivers, deadCount } = await delivery.list();
    expect(receivers[0]).toMatchObject({ state: 'disabled', lastError: { reason: 'clientError', status: 404 } });
    expect(deadCount).toBe(3);
    expect(delivery.frame().receivers).toEqual({ failing: [], disabled: ['ops'] });
    expect(delivery.failingCount()).toBe(1);
    await expect
      .poll(async () => (await kit.banners.current(kit.nowMs()))?.text.en)
      .toBe('Notifications disabled: ops');
    expect(await kit.entries()).toContain('receiver.disabled');
    // nothing is sent while it is disabled; what is for it waits
    await commands.run(id, { verb: 'unacknowledge' }, asked(lin));
    await kit.work();
    expect(sink.seen).toHaveLength(3);
    expect((await delivery.list()).receivers[0]?.queueCount).toBeGreaterThan(0);
    // and whom nothing else reaches is not called paged
    expect((await kit.first.detail(id)).history.at(-1)).toMatchObject({
      type: 'no_notification',
      reason: 'no receiver',
      text: 'Ann',
    });

    sink.answer(status(204));
    expect(await delivery.enable('ops', asked(lin))).toMatchObject({ state: 'ok' });
    expect(await kit.banners.current(kit.nowMs())).toBeNull();
    await kit.first.delivery.pump.turn();
    await kit.first.delivery.pump.turn();
    expect(sink.seen.length).toBeGreaterThan(3);
    const { letters } = await delivery.deadLetters();
    expect(letters).toHaveLength(3);
    const before = sink.seen.length;
    const letter = letters[0];
    const once = asked(lin);
    expect(await delivery.resend(letter?.id ?? '', once)).toEqual({ replayed: false });
    expect(await delivery.resend(letter?.id ?? '', once)).toEqual({ replayed: true });
    await kit.first.delivery.pump.turn();
    expect(sink.seen).toHaveLength(before + 1);
    expect(`ops|${sink.seen.at(-1)?.headers['webhook-id']}`).toBe(letter?.id);
    await expect(delivery.resend(letter?.id ?? '', asked(lin))).rejects.toMatchObject({ code: 'not_found' });
    expect((await delivery.deadLetters()).totalCount).toBe(2);
  });
  it('[DLV7] 410 disables at once; three failed tries in a row are failing, one good one ends it', async () => {
    const sink = await httpSink((response, { url }) => void response.writeHead(url === '/gone' ? 410 : 502).end());
    const kit = await deliveryKit(file(hook('gone', sink.url), hook('weak', sink.url)), {}, [sink.port]);
    await kit.fire();
    await kit.work();
    await kit.hurry('deliver:queue:weak');
    await kit.first.delivery.pump.turn();
    const states = async () =>
      Object.fromEntries((await kit.first.delivery.list()).receivers.map(({ id, state }) => [id, state]));
    expect(await states()).toEqual({ gone: 'disabled', weak: 'failing' });
    const banner = async (inMs = 0) => (await kit.banners.current(kit.nowMs() + inMs))?.text.en;
    await expect.poll(() => banner(30 * 24 * 3_600_000)).toBe('Notifications disabled: gone');
    sink.answer(status(204));
    await kit.hurry('deliver:queue:weak');
    await kit.first.delivery.pump.turn();
    expect(await states()).toEqual({ gone: 'disabled', weak: 'ok' });
    // a receiver that is taken out of the file is nobody's trouble any more
    kit.write(file(hook('weak', sink.url)));
    await kit.first.delivery.reload({ kind: 'system', id: 't' }, async () => undefined);
    await expect.poll(() => banner()).toBeUndefined();
    expect(await kit.entries()).toEqual(
      expect.arrayContaining(['receiver.failing', 'receiver.disabled', 'receiver.back']),
    );
  });
  it('[DLV6] [DLV7] after 24 h of tries it is a dead letter, and the alert says that its person was not told; a receiver to which nothing got through is disabled', async () => {
    const sink = await httpSink((response, { url, body }) =>
      status(url === '/gone' || body.topic === 'page' ? 500 : 204)(response),
    );
    const kit = await deliveryKit(file(hook('gone', sink.url), hook('picky', sink.url)), {}, [sink.port]);
    const id = await kit.fire();
    const again = async (): Promise<void> => {
      for (const name of ['gone', 'picky']) await kit.hurry(`deliver:queue:${name}`);
      await kit.first.delivery.pump.turn();
    };
    await kit.work();
    await again();
    kit.skip(24 * 3_600_000);
    await again();
    const { letters } = await kit.first.delivery.deadLetters();
    expect(letters.map(({ receiver, topic }) => `${receiver} ${topic}`).sort()).toEqual([
      'gone group',
      'gone page',
      'picky page',
    ]);
    for (const letter of letters) expect(letter).toMatchObject({ tries: 3, error: { reason: 'expired' } });
    const { receivers } = await kit.first.delivery.list();
    expect(receivers.map(({ id: name, state }) => [name, state === 'disabled'])).toEqual([
      ['gone', true],
      ['picky', false],
    ]);
    await expect
      .poll(async () => (await kit.first.detail(id)).history.at(-1))
      .toMatchObject({ type: 'no_notification', reason: 'expired', text: 'Ann' });
  });
  it('[DLV8] [DLV21] (F40) a receiver that hangs or redirects inwards delays no other, and nothing is followed', async () => {
    const inner = await httpSink();
    const bad = await httpSink((response, { url }) => {
      if (url === '/redirect') response.writeHead(302, { location: `${inner.url}/x` }).end();
    });
    const good = await httpSink();
    const receivers = file(hook('hang', bad.url), hook('redirect', bad.url), hook('good', good.url));
    const kit = await deliveryKit(receivers, {}, [bad.port, good.port, inner.port]);
    await kit.fire();
    const working = kit.work();
    await bad.until(4);
    const hungAtMs = bad.seen[0]?.atMs ?? 0;
    await good.until(2);
    expect(good.seen[1]?.atMs).toBeLessThan(hungAtMs + 4_500); // the hanging one takes 5 s
    await working;
    const all = Object.fromEntries(
      (await kit.first.delivery.list()).receivers.map((receiver) => [receiver.id, receiver]),
    );
    expect(all.good).toMatchObject({ queueCount: 0, deliveredCount: 2 });
    expect(all.hang).toMatchObject({ queueCount: 2, lastError: { reason: 'contextDeadlineExceeded' } });
    expect(all.redirect).toMatchObject({ queueCount: 2, lastError: { reason: 'redirected', status: 302 } });
    expect(inner.seen).toEqual([]);
  }, 20_000);
  it('[DLV9] a claim that is not settled comes back to another node; the late one’s write is refused', async () => {
    const sink = await httpSink();
    const kit = await deliveryKit(file(hook('ops', sink.url).replace('groups, ', '')), {}, [sink.port]);
    await kit.fire();
    kit.first.due.start();
    await kit.first.due.stop();
    const { queue } = kit.first.delivery;
    const [receiver] = readText(file(hook('ops', sink.url).replace('groups, ', '')), { HOOK_SECRET }, [
      `127.0.0.1:${sink.port}`,
    ]).receivers;
    if (receiver === undefined) throw new Error('no receiver');
    const [stuck] = await queue.claim([{ receiver, most: 5 }]);
    if (stuck === undefined) throw new Error('nothing is due');
    expect(await queue.claim([{ receiver, most: 5 }])).toEqual([]);
    await kit.hurry('deliver:queue:ops'); // its claim lapses
    const second = await kit.node('d2');
    await second.delivery.pump.turn();
    expect(sink.seen).toHaveLength(1);
    expect(sink.seen[0]?.headers['x-warroom-attempt']).toBe('2');
    expect(await queue.settle(stuck, { kind: 'delivered' }, '')).toBe(false);
    expect((await kit.first.delivery.list()).receivers[0]).toMatchObject({ deliveredCount: 1, queueCount: 0 });
  });
  it('[DLV11] [DLV12] Feishu gets five messages a second; that it was too often it says with 400, and nothing is given up for it', async () => {
    const busy = '{"code":9499,"msg":"too many request","data":{}}';
    const sink = await httpSink((response) => void response.writeHead(400).end(busy));
    const room = `receivers:\n  - { id: room, kind: feishu, url: "${sink.url}/hook/token-1" }\n`;
    const kit = await deliveryKit(room, {}, [sink.port]);
    const { delivery } = kit.first;
    const message = {
      topic: 'handling',
      what: 'acknowledged',
      alert: messageAlert(anAlert()),
      by: 'Lin',
      people: [],
    } as const;
    const one = (n: number) => ({
      delivery: {
        id: `m${n}`,
        receiver: 'room',
        orderKey: `o${n}`,
        createdAtMs: kit.nowMs(),
        whileOpen: null,
        message,
      },
      told: null,
    });
    await delivery.queue.enqueue(Array.from({ length: 8 }, (_, n) => one(n)));
    await delivery.pump.turn();
    expect(sink.seen).toHaveLength(5);
    expect((await delivery.list()).receivers[0]).toMatchObject({
      queueCount: 8,
      lastError: { reason: 'rateLimited', status: 400, message: 'the robot answered 9499: too many request' },
    });
    expect((await delivery.deadLetters()).totalCount).toBe(0);
  });
  it('[DLV12] a robot never gets more than 20 messages a minute: what is beyond is folded into summaries', async () => {
    const sink = await httpSink((response) => void response.end('{"errcode":0,"errmsg":"ok"}'));
    const kit = await deliveryKit(`receivers:\n  - { id: room, kind: wecom, url: "${sink.url}/send?key=k" }\n`, {}, [
      sink.port,
    ]);
    const id = await kit.fire();
    await kit.work();
    const { alert } = await kit.first.detail(id);
    const one = (n: number) => ({
      delivery: {
        id: `m${n}`,
        receiver: 'room',
        orderKey: `o${n}`,
        createdAtMs: kit.nowMs(),
        whileOpen: null,
        message: {
          topic: 'handling',
          what: 'acknowledged',
          alert: messageAlert(alert),
          by: 'Lin',
          people: [],
        } as const,
      },
      told: null,
    });
    await kit.first.delivery.queue.enqueue(Array.from({ length: 200 }, (_, n) => one(n)));
    for (let turn = 0; turn < 12; turn += 1) await kit.first.delivery.pump.turn();
    expect(sink.seen.length).toBeLessThanOrEqual(20);
    const summaries = sink.seen.filter(({ body }) => body.text.content.startsWith('[合并]'));
    expect(summaries.length).toBeGreaterThan(0);
    expect((await kit.first.delivery.list()).receivers[0]).toMatchObject({ queueCount: 0, deliveredCount: 201 });
  });
});
