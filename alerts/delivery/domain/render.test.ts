import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { TIERS } from '#contract/tiers';
import { alert, chat, group, links, NOW, over, page, people } from '../../../server/test/delivery-messages.ts';
import type { Message } from './message.ts';
import { softLimit } from './receiver.ts';
import { dingtalkRequest, feishuRequest, robotProblem, wecomRequest } from './render-chat.ts';
import { pagerDutyBody } from './render-pagerduty.ts';
import { templateBody, webhookBody } from './render-webhook.ts';
import { escapeFor, fillTemplate, readTemplate, type Template } from './template.ts';
import { foldedWords } from './words.ts';

describe('webhook and template', () => {
  it('[DLV2] the body is Alertmanager’s, version 4, with counts, values and whom it pages', () => {
    const body = JSON.parse(webhookBody(page, 'ops', links, 56_320)) as Record<string, unknown>;
    expect(body).toMatchObject({
      version: '4',
      receiver: 'ops',
      status: 'firing',
      notification_reason: 'first notification',
      groupKey: 'PaymentSuccessLow',
      groupLabels: { alertname: 'PaymentSuccessLow' },
      commonLabels: { alertname: 'PaymentSuccessLow', service: 'payment', severity: 'critical', tier: 'red' },
      truncatedAlerts: 0,
      counts: { firing: 1, resolved: 0 },
      page: { people: [{ person: 'Guo Rui', post: 'technology_lead', role: 'A' }], step: 0, cycle: 0 },
      alerts: [
        { status: 'firing', endsAt: '0001-01-01T00:00:00Z', values: { value: 0.9, limit: 0.97 }, fingerprint: 'f1' },
      ],
    });
    expect(JSON.stringify(body)).not.toContain('10000000001'); // how people are reached is not for hooks
    const resolved = JSON.parse(webhookBody(group(0, 1), 'ops', links, 56_320)) as {
      status: string;
      alerts: unknown[];
    };
    expect(resolved).toMatchObject({ status: 'resolved', alerts: [{ status: 'resolved', resolvedValue: 0.995 }] });
    // those of the group's key, as Alertmanager has them
    const one = { ...alert, labels: { ...alert.labels, region: 'east' }, group: 'PaymentSuccessLow/service=payment' };
    expect(JSON.parse(webhookBody({ ...page, alert: one }, 'ops', links, 56_320))).toMatchObject({
      groupKey: one.group,
      groupLabels: { alertname: 'PaymentSuccessLow', service: 'payment' },
      commonLabels: { region: 'east' },
    });
  });
  it('[DLV2] a body over the limit lists fewer alerts and says how many are missing', () => {
    const text = webhookBody(group(1_000, 0), 'ops', links, 6_000);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(6_000);
    const body = JSON.parse(text) as { alerts: unknown[]; truncatedAlerts: number };
    expect(body.alerts.length + body.truncatedAlerts).toBe(1_000);
  });
  it('[DLV14] a template fills in what it names, escaped for its content type', () => {
    const template = readTemplate(
      '{"t":"{{title}}","a":[{{#alerts ", "}}"{{labels.service}} {{valueText}}"{{/alerts}}]}',
    ) as Template;
    const nasty: Message = { ...page, alert: { ...alert, labels: { service: 'a"},{{id}}\\' } } };
    const options = { id: 'i', template, contentType: 'application/json', language: 'en' as const };
    const body = JSON.parse(templateBody(nasty, options, links)) as { a: string[] };
    expect(body.a).toEqual(['a"},{{id}}\\ 90 %']);
    expect(escapeFor('application/x-www-form-urlencoded')('a&b=c')).toBe('a%26b%3Dc');
    expect(escapeFor('text/html')('<b>')).toBe('&#60;b&#62;');
  });
  it.each([
    '{{constructor}}',
    '{{title.length}}',
    '{{#alerts}}{{title}}{{/alerts}}',
    '{{#alerts}}',
    '{{/alerts}}',
    '{{ 1+1 }}',
    '{{labels.x}}',
  ])('[DLV14] %s is refused in words', (text) => expect(typeof readTemplate(text)).toBe('string'));
  it('[DLV14] nothing but its own values is ever read', () => {
    const template: Template = { parts: [{ kind: 'value', path: 'toString' }] };
    expect(fillTemplate(template, {}, [], (text) => text)).toBe('');
  });
});

describe('robots', () => {
  it('[DLV11] DingTalk: signed in the address, people @ by mobile number', () => {
    const { url, body } = dingtalkRequest([page], chat);
    const query = new URL(url).searchParams;
    expect(query.get('access_token')).toBe('t');
    expect(query.get('sign')).toBe(createHmac('sha256', 's3').update(`${NOW}\ns3`).digest('base64'));
    expect(query.get('timestamp')).toBe(String(NOW));
    const said = JSON.parse(body) as { text: { content: string }; at: unknown };
    expect(said.at).toEqual({ atMobiles: ['10000000001'], atUserIds: [], isAtAll: false });
    expect(said.text.content).toContain('@10000000001');
  });
  it('[DLV11] whoever has a user id is @ by it, in the text too; numbers of the mainland stand without +86', () => {
    const [who] = people;
    const reach = (contact: object): Message => ({ ...page, people: [{ ...who!, contact }] });
    const ding = (contact: object) => JSON.parse(dingtalkRequest([reach(contact)], chat).body) as Said;
    interface Said {
      at: unknown;
      text: { content: string };
    }
    const known = ding({ mobile: '10000000001', dingtalkId: 'manager1' });
    expect(known.at).toEqual({ atMobiles: [], atUserIds: ['manager1'], isAtAll: false });
    expect(known.text.content).toMatch(/\n@manager1$/);
    for (const mobile of ['+8613800000000', '+86-13800000000', '13800000000']) {
      expect(ding({ mobile })).toMatchObject({ at: { atMobiles: ['13800000000'] } });
      expect(JSON.parse(wecomRequest([reach({ mobile })], chat).body)).toMatchObject({
        text: { mentioned_mobile_list: ['13800000000'] },
      });
    }
    expect(ding({ mobile: '+852-12345678' }).text.content).toContain('@+852-12345678');
  });
  it('[DLV11] WeCom: 2,048 bytes of text, @ by mobile number or user id', () => {
    const { body } = wecomRequest([group(30, 0)], chat);
    expect(Buffer.byteLength((JSON.parse(body) as { text: { content: string } }).text.content)).toBeLessThanOrEqual(
      2_048,
    );
    expect(JSON.parse(wecomRequest([page], chat).body)).toMatchObject({
      text: { mentioned_mobile_list: ['10000000001'] },
    });
    const known: Message = { ...page, people: [{ ...people[0]!, contact: { mobile: '1', wecomId: 'guo' } }] };
    const { text } = JSON.parse(wecomRequest([known], chat).body) as { text: Record<string, unknown> };
    expect(text).toMatchObject({ mentioned_list: ['guo'] });
    expect(text).not.toHaveProperty('mentioned_mobile_list');
    // WeCom reads <@name> in any text as a mention
    const nasty: Message = { ...page, alert: { ...alert, labels: { service: '<@all><@boss>' } } };
    const { text: said } = JSON.parse(wecomRequest([nasty], chat).body) as { text: { content: string } };
    expect(said.content).toContain('@boss');
    expect(said.content).not.toContain('<@');
  });
  it('[DLV11] Feishu: signed in the body, @ by open id, and a label cannot mention anybody', () => {
    const nasty: Message = { ...page, alert: { ...alert, labels: { service: '<at user_id="all">x</at>' } } };
    const body = JSON.parse(feishuRequest([nasty], chat).body) as {
      sign: string;
      timestamp: string;
      content: { text: string };
    };
    expect(body.sign).toBe(
      createHmac('sha256', `${NOW / 1_000}\ns3`)
        .update('')
        .digest('base64'),
    );
    expect(body.timestamp).toBe(String(NOW / 1_000));
    expect(body.content.text.match(/<at /g)).toHaveLength(1);
    expect(body.content.text).toContain('<at user_id="ou_1">Guo Rui</at>');
  });
  it('[DLV11] only a page rings: that it was acknowledged mentions nobody', () => {
    const handling: Message = { topic: 'handling', what: 'acknowledged', alert, by: 'Lin', people };
    expect(JSON.parse(dingtalkRequest([handling], chat).body)).toMatchObject({ at: { atMobiles: [] } });
  });
  it.each([
    ['{"errcode":0,"errmsg":"ok"}', null],
    ['{"code":0,"msg":"success"}', null],
    ['{"StatusCode":0}', null],
    ['{"errcode":310000,"errmsg":"sign not match"}', 'refused'],
    ['{"errcode":130101,"errmsg":"send too fast"}', 'limited'],
    ['{"errcode":45009,"errmsg":"api freq out of limit"}', 'limited'],
    ['{"code":19021,"msg":"sign match fail"}', 'refused'],
    ['{"code":11232,"msg":"frequency limited"}', 'limited'],
    ['{"code":9499,"msg":"too many request","data":{}}', 'limited'],
    ['{"code":9499,"msg":"Bad Request","data":{}}', 'refused'],
    ['{"errcode":-1,"errmsg":"system busy"}', 'busy'],
    ['<html>', 'refused'],
    ['{}', 'refused'],
  ])('[DLV11] a robot’s answer %s is %s', (answer, kind) => expect(robotProblem(answer)?.kind ?? null).toBe(kind));
  it('[DLV32] what waited a minute or longer for its receiver says so first, in a summary and on a robot, too', () => {
    const after = (ms: number) => ({ ...links, sent: { dueAtMs: NOW - ms, atMs: NOW } });
    expect(foldedWords([page, page], 'en', after(59_999)).lines).toHaveLength(2);
    const { lines } = foldedWords([page, page], 'en', after(20 * 60_000 + 1));
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^20 min late: this is how it was at 2026-\d\d-\d\d \d\d:\d\d:\d\d$/);
    const { body } = wecomRequest([page], { ...chat, language: 'zh', links: after(125_000) });
    expect(body).toContain('迟发 2 分钟：以下为 ');
  });
  it('[DLV12] a summary tells how many, the most urgent first; a robot’s last messages of a minute are kept for it', () => {
    const low: Message = { ...page, alert: { ...alert, tier: 'cyan', annotations: { summary: 'low' } } };
    const { title, lines } = foldedWords([low, page, low], 'en', links);
    expect(title).toBe('[Summary] 3 notifications');
    expect(lines[0]).toContain('Payments fail');
    expect(lines).toHaveLength(3);
    expect([softLimit({ kind: 'dingtalk', perMinute: 20 }), softLimit({ kind: 'pagerduty', perMinute: 120 })]).toEqual([
      15, 120,
    ]);
  });
});

describe('PagerDuty', () => {
  const event = (message: Message) =>
    JSON.parse(pagerDutyBody(message, 'key', 'en', links) ?? 'null') as Record<string, unknown> | null;
  it('[DLV13] trigger, acknowledge and resolve share the dedup_key of the alert’s life', () => {
    const handled = (what: 'acknowledged' | 'reopened' | 'resolved') =>
      event({ topic: 'handling', what, alert, by: 'Lin', people });
    expect(event(page)).toMatchObject({
      routing_key: 'key',
      event_action: 'trigger',
      dedup_key: 'a1',
      payload: { severity: 'critical', source: 'payment', timestamp: '2026-11-10T15:59:00.000Z' },
      links: [{ href: 'https://war.example/desk?alert=a1' }, { href: 'https://war.example/runbooks/payment-risk' }],
    });
    expect(event(page)).toMatchObject({ payload: { custom_details: { value: '90 %', open_in_group: 3 } } });
    expect(handled('acknowledged')).toEqual({ routing_key: 'key', event_action: 'acknowledge', dedup_key: 'a1' });
    expect(event({ topic: 'handling', what: 'resolved', alert: over, by: '', people })).toMatchObject({
      event_action: 'resolve',
      dedup_key: 'a1',
      payload: { custom_details: { resolved_value: '99.5 %' } },
    });
    expect(handled('reopened')).toMatchObject({ event_action: 'trigger' });
    expect(event(group(1, 0))).toBeNull();
  });
  it('[DLV13] every tier has a severity, and the summary is at most 1,024 bytes', () => {
    for (const tier of TIERS) expect(event({ ...page, alert: { ...alert, tier } })?.payload).toHaveProperty('severity');
    const long: Message = {
      ...page,
      alert: { ...alert, annotations: { summary: '支'.repeat(900) }, labels: { x: '付'.repeat(900) } },
    };
    const { payload } = event(long) as { payload: { summary: string } };
    expect(Buffer.byteLength(payload.summary)).toBeLessThanOrEqual(1_024);
  });
});
