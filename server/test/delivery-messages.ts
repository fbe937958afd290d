import { type Message, messageAlert } from '../../alerts/delivery/domain/message.ts';
import type { Links } from '../../alerts/delivery/domain/words.ts';
import { anAlert } from './alert-kit.ts';

/** Messages as rules of words and bodies are tested with. */
export const links: Links = {
  timeZone: 'Asia/Shanghai',
  names: {
    services: [{ id: 'payment', zh: '支付', en: 'Payment', ratedPerSecond: 1 }],
    items: [],
    dimensions: { channel: [{ id: 'search', zh: '搜索', en: 'Search' }] },
    posts: [{ id: 'technology_lead', zh: '技术负责人', en: 'Technology lead' }],
  },
  alert: (id) => `https://war.example/desk?alert=${id}`,
  silences: () => 'https://war.example/silences',
  runbook: ({ annotations: { runbook_url } }) =>
    runbook_url === undefined ? null : `https://war.example${runbook_url}`,
};
export const NOW = Date.UTC(2026, 10, 10, 16, 0, 0);
export const alert = messageAlert(
  anAlert({
    tier: 'red',
    startsAt: NOW - 60_000,
    annotations: { summary: 'Payments fail', summary_zh: '支付失败', runbook_url: '/runbooks/payment-risk' },
  }),
);
export const people = [
  {
    person: 'Guo Rui',
    post: 'technology_lead',
    role: 'A' as const,
    contact: { mobile: '10000000001', feishuId: 'ou_1' },
  },
];
export const page: Extract<Message, { topic: 'page' }> = {
  topic: 'page',
  reason: 'first notification',
  alert,
  people,
  cycle: 0,
  step: 0,
  openInGroupCount: 3,
};
export const over = { ...alert, endsAt: NOW, resolvedValue: 0.995 };
export const group = (firingCount: number, resolvedCount: number): Message => ({
  topic: 'group',
  reason: firingCount === 0 ? 'all alerts resolved' : 'new alerts added',
  tier: 'red',
  group: 'PaymentSuccessLow',
  firing: Array.from({ length: Math.min(firingCount, 30) }, () => alert),
  resolved: Array.from({ length: resolvedCount }, () => over),
  firingCount,
  resolvedCount,
});
export const chat = {
  url: 'https://robot.example/send?access_token=t',
  secret: 's3',
  language: 'zh' as const,
  links,
  nowMs: NOW,
};
