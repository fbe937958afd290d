import type { Alert, AlertReply } from '#contract/alerts';
import type { CampaignReply } from '#contract/campaign';
import type { DemoPerson } from '#contract/people';
import type { Tier } from '#contract/tiers';
import { type AlertRecord, historyOf } from '../../alerts/record.ts';
import { AlertStore } from '../../alerts/store.ts';
import { anAlert } from '../../server/test/alert-kit.ts';
import { startHouse } from './house.ts';

/** Alerts of one write: a millisecond or two of Redis. */
const BATCH = 100;

/**
 * A house whose pages are the on-call desk, and alerts as a foreign sender raises them.
 * @param socket - of the redis-server to use; the one of the test run when absent
 */
export async function deskHouse(socket?: string) {
  const house = await startHouse({
    ...(socket === undefined ? {} : { socket }),
    page: { path: '/desk', lang: 'zh' },
    isCommand: (request) => /\/api\/v1\/(alerts|silences|runs)/.test(request.url()),
  });
  const admin = house.person('admin');
  const ask = <T>(path: string): Promise<T> => house.ask(admin, 'GET', `/api/v1${path}`);
  const { id: instance } = await ask<CampaignReply>('/campaign');
  const store = new AlertStore(house.redis, house.prefix, instance);

  /** Alerts that fire now, unless their fields say otherwise; ids and fingerprints are theirs. */
  async function raise(wanted: readonly (Partial<Alert> & { readonly id: string })[]): Promise<void> {
    const nowMs = Date.now();
    const records = wanted.map((fields): AlertRecord => {
      const rule = fields.rule ?? `Rule-${fields.id}`;
      return {
        ...anAlert({
          fingerprint: `f-${fields.id}`,
          rule,
          origin: 'test',
          labels: { alertname: rule, service: `service-${fields.id}` },
          annotations: { summary: `Trouble ${fields.id}`, summary_zh: `故障 ${fields.id}` },
          group: `group-${fields.id}`,
          startsAt: nowMs,
          firedAt: nowMs,
          updatedAt: nowMs,
          peakTier: fields.tier ?? 'orange',
          value: 0.9784,
          limit: 0.985,
          ...fields,
        }),
        engine: { sinceMs: nowMs, activeSinceMs: nowMs, starts: [], handTier: null },
      };
    });
    for (let from = 0; from < records.length; from += BATCH) {
      const changes = records.slice(from, from + BATCH).map((record) => ({
        record,
        expected: 0,
        mode: 'open' as const,
        history: [historyOf('alert_fired', record, { kind: 'system', id: 'test' }, nowMs)],
        timeline: [],
        due: [],
      }));
      const { written } = await store.write(changes, { kind: 'command', command: null });
      const missed = written.find(({ ok }) => !ok);
      if (missed !== undefined) throw new Error(`alert ${missed.id} was not written`);
    }
  }
  /** Changes a stored alert as its rule would. */
  async function change(id: string, fields: Partial<Alert>): Promise<void> {
    const found = await store.read(id);
    if (found === null) throw new Error(`there is no alert ${id}`);
    const record = { ...found.record, ...fields, version: found.record.version + 1 };
    const mode = record.endsAt !== null && record.evaluation === 'normal' ? 'closed' : 'open';
    const one = { record, expected: found.record.version, mode, history: [], timeline: [], due: [] } as const;
    await store.write([one], { kind: 'command', command: null });
  }
  /** Everything that was raised is over. */
  async function clear(): Promise<void> {
    const { records } = await store.load();
    const own = records.filter(({ origin }) => origin === 'test');
    for (let from = 0; from < own.length; from += BATCH)
      await store.write(
        own.slice(from, from + BATCH).map((record) => ({
          record: {
            ...record,
            evaluation: 'normal',
            handling: 'resolved',
            endsAt: Date.now(),
            version: record.version + 1,
          },
          expected: record.version,
          mode: 'closed',
          history: [],
          timeline: [],
          due: [],
        })),
        { kind: 'command', command: null },
      );
  }
  return {
    ...house,
    ask,
    oncall: (index: number): DemoPerson => house.person('oncall', index),
    raise,
    change,
    clear,
    detail: (id: string) => ask<AlertReply>(`/alerts/${id}`),
    act: (id: string, verb: string, body: object, as: DemoPerson) =>
      house.ask(as, 'POST', `/api/v1/alerts/${id}/${verb}`, body),
  };
}
export type DeskHouse = Awaited<ReturnType<typeof deskHouse>>;

/** A list as a bad night has it: every tier, some taken, a storm. */
export const badNight = (nowMs: number): (Partial<Alert> & { id: string })[] => {
  const at = (minutes: number) => ({ startsAt: nowMs - minutes * 60_000, firedAt: nowMs - minutes * 60_000 });
  const named = (rule: string, zh: string, en: string, labels: Record<string, string> = {}) => ({
    rule,
    labels: { alertname: rule, ...labels },
    annotations: { summary: en, summary_zh: zh, runbook_url: '/runbooks/payment-risk' },
  });
  const storm = Array.from({ length: 14 }, (_, n) => ({
    id: `cache-${n}`,
    tier: 'blue' as Tier,
    value: 41,
    limit: 20,
    unit: 'ms',
    ...named('CacheJitter', '缓存抖动', 'Cache jitters', { domain: 'technology', pod: `cache-${n}` }),
    ...at(9),
  }));
  return [
    {
      id: 'pay-east',
      tier: 'orange',
      costMinorPerMinute: 86_000_000,
      ...named('PaymentSuccessLow', '支付成功率下降', 'Payments fail', { domain: 'payments', region: 'east' }),
      ...at(3.2),
    },
    {
      id: 'risk',
      tier: 'orange',
      value: 0.061,
      limit: 0.04,
      owner: { id: 'x', name: '值班甲' },
      handling: 'acknowledged',
      acknowledgedAt: nowMs - 300_000,
      ...named('RiskBlockHigh', '风控拦截率升高', 'Risk control blocks many'),
      ...at(6),
    },
    {
      id: 'sms',
      tier: 'yellow',
      value: 41_000,
      limit: 20_000,
      unit: 'ms',
      owner: { id: 'y', name: '值班乙' },
      handling: 'acknowledged',
      acknowledgedAt: nowMs - 600_000,
      ...named('SmsSlow', '短信渠道延迟', 'Text messages are late', { channel: 'sms' }),
      ...at(12),
    },
    {
      id: 'stock',
      tier: 'yellow',
      value: 0.017,
      limit: 0.015,
      ...named('StockOutHigh', '缺货率升高', 'Items sell out', { category: 'home' }),
      ...at(1),
    },
    {
      id: 'hero',
      tier: 'cyan',
      value: 14,
      limit: 30,
      unit: 'minutes',
      ...named('SellOutSoon', '主推单品将售罄', 'A hero item sells out soon', { sku: '80213' }),
      ...at(0.7),
    },
    ...storm,
  ];
};
