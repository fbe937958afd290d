import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bundledCampaign, loadCampaignFile } from '../server/campaigns/load.ts';
import { plannedOpeningMs, resolveCampaign } from '../server/domain/campaign.ts';
import { EXECUTIVE_KPIS, KPIS, OPERATIONS_KPIS } from '../server/domain/kpis/index.ts';
import { fingerprint } from './domain/fingerprint.ts';
import { createFigureTiers } from './figure-tiers.ts';
import { isTest, loadRules, readTexts } from './load-rules.ts';
import { DUTY_FILE, readDutyFile, readDutyText } from './read-duty.ts';
import { problemText, readRuleFile } from './read-rules.ts';
import type { AlertRecord } from './record.ts';
import { alertLabels, canBeUrgent, lookAt } from './rule.ts';
import { expandValues, readRuleTest, runRuleTest } from './rule-test.ts';
import { checkRules, lostRunbooks } from './run-check.ts';

const campaignOf = (name: string) => {
  const file = loadCampaignFile(bundledCampaign(name));
  return resolveCampaign(file, { instance: 'test', opensAtMs: plannedOpeningMs(file), scale: 1 });
};
const double11 = campaignOf('double11');
const RATIOS: ReadonlySet<string> = new Set(['ratio', 'multiple', 'points']);
const RUNBOOKS = [
  'technical-failure',
  'logistics-interruption',
  'payment-risk',
  'public-opinion',
  'policy-change',
  'stockout-oversell',
  'traffic-cost-roi',
  'wash-trading',
];

describe('shipped rules', () => {
  it.each(['double11', 'liquor-launch', 'tiny'])('[ALR34] %s: sound, and the duty file too', (name) =>
    expect(checkRules(campaignOf(name)).problems).toEqual([]),
  );
  it('[ALR34] every figure of the executive and the operations screen has a rule', () => {
    const read = new Set(loadRules(double11).rules.flatMap(({ expr }) => expr.readings.map(({ args }) => args[0])));
    expect([...EXECUTIVE_KPIS, ...OPERATIONS_KPIS].filter((id) => !read.has(id))).toEqual([]);
  });
  it('[ALR34] each of them in five tiers, raised after 2 windows, lowered after 3, over figures that say nothing below so many events', () => {
    const about = new Set<string>([...EXECUTIVE_KPIS, ...OPERATIONS_KPIS]);
    const rows = loadRules(double11).rules.filter(({ rule }) => /^rules\/(executive|operations)/.test(rule.file));
    const held = rows.filter(({ expr }) => about.has(expr.readings[0]?.args[0] ?? ''));
    expect(held.length).toBeGreaterThanOrEqual(29);
    for (const { rule, expr } of held) {
      const [{ name, args } = { name: '', args: [] }] = expr.readings;
      const limits = name === 'tier' ? Object.values(double11.file.tiers[args[0] ?? ''] ?? {}) : [];
      const ladder = /\[([^\]]*)\]/.exec(rule.expr)?.[1]?.split(',') ?? [];
      expect(new Set([...limits, ...ladder]).size, rule.id).toBe(5);
      expect([expr.gives, rule.raiseAfterCount, rule.lowerAfterCount], rule.id).toEqual(['rank', 2, 3]);
    }
    // a ratio of events needs enough of them; money held against money, and what is fitted or no ratio, does not
    const free = new Set(['gmv_growth_rate', 'target_attainment', 'spend_pace', 'reserve_ratio', 'mroas']);
    for (const { expr } of rows)
      for (const { name, args } of expr.readings) {
        const kpi = KPIS.get(args[0] ?? '');
        if (name === 'target' || kpi === undefined || free.has(kpi.id) || !RATIOS.has(kpi.unit)) continue;
        expect(kpi.minDenominator, kpi.id).toBeDefined();
      }
  });
  it('[ALR35] each technical alarm is seen to fire, and not to, by a rule test', () => {
    const named =
      `ServiceErrors ServiceSlow CapacityLow TrafficDrop TrafficSpike PaymentSuccessLow PaymentMethodFails PaymentSlow
      PaidNotUpdated OrderFlowStopped SourceSilent IngestLag DeadLettersRise DuplicatesRise UnmappedRise RedisMemoryHigh RedisSlow
      FsyncSlow EventLoopLag FramesLate WallOffline SocketDrops WebhookFailing OutboxBacklog ClockJump DiskLow`.split(
        /\s+/,
      );
    const rows = Object.entries(readTexts()).flatMap(([name, text]) =>
      isTest(name) ? readRuleTest(text).tests.flatMap((test) => test.alert_rule_test) : [],
    );
    const seen = (fires: boolean): Set<string> =>
      new Set(rows.filter(({ exp_alerts = [] }) => exp_alerts.length > 0 === fires).map(({ alertname }) => alertname));
    expect(named.filter((name) => !seen(true).has(name) || !seen(false).has(name))).toEqual([]);
  });
  it('[ALR34] what can be orange or red names one of the eight runbooks', () => {
    for (const runnable of loadRules(double11).rules.filter(canBeUrgent)) {
      const url = runnable.rule.annotations.runbook_url ?? '';
      expect(
        RUNBOOKS.map((id) => `/runbooks/${id}`),
        runnable.rule.id,
      ).toContain(url);
    }
  });
  it('[ALR34] a rule whose runbook is not there is found, with its line; links to elsewhere are left alone', () => {
    const [one] = loadRules(double11).rules;
    if (one === undefined) throw new Error('no rule');
    const linked = (runbook_url: string) => ({ ...one, rule: { ...one.rule, annotations: { runbook_url } } });
    const links = ['/runbooks/payment-risk', '/runbooks/nothing', 'https://wiki.example/x'].map(linked);
    expect(lostRunbooks(links)).toEqual([expect.stringMatching(/^rules\/.*:\d+: .* there is no runbook nothing$/)]);
  });
  it('[ALR87] a figure over its baseline is told as a share, whatever its unit', () => {
    const looked = (id: string, values: Readonly<Record<string, number>>) => {
      const runnable = loadRules(double11).rules.find(({ rule }) => rule.id === id);
      if (runnable === undefined) throw new Error(id);
      return lookAt(runnable, runnable.matches[0] ?? {}, ({ name, args }) => {
        const value = values[name];
        return value === undefined
          ? { state: 'nodata' }
          : { state: 'value', value, unit: KPIS.get(args[0] ?? '')?.unit ?? '' };
      });
    };
    const fell = looked('TrafficDrop', { kpi: 290, baseline: 1_000 });
    expect(fell).toMatchObject({ value: 0.29, limit: 0.3, unit: 'ratio' });
    expect(looked('AdSpendSpike', { kpi: 600, baseline: 100 })).toMatchObject({ value: 6, limit: 5, unit: 'ratio' });
    expect(looked('PaymentSlow', { kpi: 900 })).toMatchObject({ value: 900, limit: 800, unit: 'ms' });
  });
  it('[ALR34] another sale with posts of its own pages all of them', () => {
    const [policy] = readDutyFile(campaignOf('tiny')).policies;
    expect(policy?.steps[0]?.posts).toEqual(['boss']);
  });
  it('[DLV11] people are reached by numbers with or without +86 and by the ids of each room', () => {
    const text = readFileSync(DUTY_FILE, 'utf8');
    const someone = (how: string) => {
      const { contacts, problems } = readDutyText(
        double11,
        text.replace(/^people:\n/m, `people:\n  - { name: Wu, ${how} }\n`),
      );
      return problems[0] ?? contacts.Wu;
    };
    expect(someone('mobile: "+86-13800000000", dingtalk_id: manager1, wecom_id: wu, feishu_id: ou_1')).toEqual({
      mobile: '+86-13800000000',
      dingtalkId: 'manager1',
      wecomId: 'wu',
      feishuId: 'ou_1',
    });
    expect(someone('mobile: "+8613800000000"')).toEqual({ mobile: '+8613800000000' });
    expect(someone('mobile: "138 0000"')).toMatch(/^duty.yaml: .*mobile/);
    expect(someone('feishu_id: "ou_1\\"><at"')).toMatch(/^duty.yaml: .*feishu_id/);
  });
});

const problems = (text: string) => readRuleFile('rules/x.yaml', text, double11).problems.map(problemText);
const rule = (fields: string) => `groups:\n  - name: g\n    rules:\n      - alert: A\n${fields}`;
const WORDS = '        annotations: { summary: S, runbook_url: /runbooks/x }\n';
describe('alerts:check', () => {
  for (const [title, text, want] of [
    ['no groups', 'x: 1\n', /^rules\/x\.yaml:1: a rule file has a list/],
    ['YAML', 'groups:\n  - name: [\n', /^rules\/x\.yaml:\d+: /],
    [
      'an unknown field',
      rule(`        expr: kpi("qps", "1m") > 1\n        labels: { tier: red }\n        forr: 5m\n${WORDS}`),
      /:7: a rule has no field forr/,
    ],
    [
      'an unknown KPI',
      rule(`        expr: kpi("qpz", "1m") > 1\n        labels: { tier: red }\n${WORDS}`),
      /:5: expr: kpi\("qpz"\): there is no such KPI/,
    ],
    [
      'an unknown window',
      rule(`        expr: kpi("qps", "2m") > 1\n        labels: { tier: red }\n${WORDS}`),
      /:5: expr: .* windows are/,
    ],
    [
      'an unknown dimension',
      rule(
        `        expr: kpi("qps", "1m") > 1\n        for_each: { region: '*' }\n        labels: { tier: red }\n${WORDS}`,
      ),
      /:5: expr: qps has no dimension region/,
    ],
    [
      'a fault on the third line of a block',
      rule(
        `        expr: |\n          kpi("qps", "1m") > 1 &&\n          kpi("qps", "1m") > x\n        labels: { tier: red }\n${WORDS}`,
      ),
      /:7: expr: there is no name x/,
    ],
    [
      'no runbook',
      rule(
        '        expr: kpi("qps", "1m") > 1\n        labels: { tier: orange }\n        annotations: { summary: S }\n',
      ),
      /runbook_url is needed/,
    ],
    ['no summary', rule('        expr: kpi("qps", "1m") > 1\n        labels: { tier: blue }\n'), /summary is needed/],
    ['no tier', rule(`        expr: kpi("qps", "1m") > 1\n${WORDS}`), /labels\.tier is needed/],
    [
      'two tiers',
      rule(`        expr: tier("gmv_paid", "1m")\n        labels: { tier: red }\n${WORDS}`),
      /given by the expression/,
    ],
    [
      'a duration',
      rule(`        expr: kpi("qps", "1m") > 1\n        for: 5 minutes\n        labels: { tier: red }\n${WORDS}`),
      /:6: for: 5 minutes is not a duration/,
    ],
    [
      'an unknown fact',
      rule(`        expr: system("cpu") > 1\n        labels: { tier: red }\n${WORDS}`),
      /there is no such fact/,
    ],
    [
      'a cost that is no money',
      rule(`        expr: kpi("qps", "1m") > 1\n        cost: qps\n        labels: { tier: red }\n${WORDS}`),
      /not a KPI of money/,
    ],
  ] as const)
    it(`[ALR33] ${title} is found, with its line`, () => expect(problems(text).join('\n')).toMatch(want));
});

describe('rule tests', () => {
  const rules = loadRules(double11).rules;
  const file = (values: string, exp: string) =>
    readRuleTest(
      `rule_files: [x]\nevaluation_interval: 10s\ntests:\n  - interval: 10s\n    input_series:\n      - { series: 'kpi:payment_success_rate{window="1m"}', values: '${values}' }\n    alert_rule_test:\n      - { eval_time: 50s, alertname: PaymentSuccessLow, exp_alerts: ${exp} }\n`,
    );
  it('[ALR35] a test that expects the wrong tier, too few or too many says so', () => {
    expect(runRuleTest(file('0.95x9', '[{ exp_labels: { tier: orange } }]'), rules, double11)).toEqual([]);
    for (const [values, exp] of [
      ['0.95x9', '[{ exp_labels: { tier: red } }]'],
      ['0.95x9', '[]'],
      ['1x9', '[{}]'],
    ] as const)
      expect(runRuleTest(file(values, exp), rules, double11)).toHaveLength(1);
    expect(() => readRuleTest('tests: []')).toThrow(/rule_files|tests/);
  });
  it("[ALR35] values in promtool's notation", () => {
    expect(expandValues('1+2x3 _x1 5 4-1x2')).toEqual([1, 3, 5, 7, null, null, 5, 4, 3, 2]);
    expect(() => expandValues('1..2')).toThrow();
  });
});

describe('tiers of figures', () => {
  const text = `groups:
  - name: g
    rules:
      - { alert: Total, expr: 'tier("payment_success_rate", "1m")', annotations: { summary: S, runbook_url: /runbooks/x } }
      - { alert: Method, expr: 'under(kpi("payment_success_rate", "1m"), [0.9])', for_each: { method: '*' }, annotations: { summary: S, runbook_url: /runbooks/x } }
      - { alert: Cart, expr: 'over(kpi("page_latency_p99", "1m", {"service": "cart"}), [900])', annotations: { summary: S, runbook_url: /runbooks/x } }
      - { alert: Sale, expr: 'tier("target_attainment", "open")', annotations: { summary: S, runbook_url: /runbooks/x } }
`;
  const { rules, problems: faults } = readRuleFile('rules/x.yaml', text, double11);
  /** Tiers while these alerts stand. @param ageMs - since rules were evaluated */
  const tiersWith = (open: Readonly<Record<string, Partial<AlertRecord>>>, ageMs: number | null = 200) =>
    createFigureTiers({
      rules: () => rules,
      book: {
        openOf: (print) => {
          const found = rules.flatMap((one) =>
            one.matches.filter((match) => fingerprint(one.rule.id, alertLabels(one, match)) === print).map(() => one),
          )[0];
          return open[found?.rule.id ?? ''] as AlertRecord | undefined;
        },
        frame: () => ({
          state: 'on',
          openCount: {},
          silencedCount: 0,
          ...(ageMs === null ? {} : { evaluatedAgoMs: ageMs }),
        }),
      },
    })();
  it('[FR16] the worst alert about a figure gives it its tier, over whatever rolling window; another label is another figure', () => {
    expect(faults).toEqual([]);
    const tier = tiersWith({ Total: { tier: 'orange', firedAt: 1 }, Cart: { tier: 'red', firedAt: 1 } });
    expect(tier('payment_success_rate@1m')).toBe('orange');
    expect(tier('payment_success_rate@5m')).toBe('orange');
    expect(tier('page_latency_p99@1m|service=cart')).toBe('red');
    expect(tier('payment_success_rate@5m|method=wallet')).toBeNull();
    expect(tier('target_attainment@open')).toBeNull();
    // nobody's business here: they speak for themselves
    expect([tier('page_latency_p99@1m'), tier('payment_success_rate@open'), tier('gmv_paid@1m')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
  it('[FR16] a pending alert gives none; without evaluation figures speak for themselves', () => {
    const pending = { Total: { tier: 'red', firedAt: null } } as const;
    expect(tiersWith(pending)('payment_success_rate@1m')).toBeNull();
    const firing = { Total: { tier: 'red', firedAt: 1 } } as const;
    expect(tiersWith(firing, 11_000)('payment_success_rate@1m')).toBeUndefined();
    expect(tiersWith(firing, null)('payment_success_rate@1m')).toBeUndefined();
  });
});
