import { describe, expect, it } from 'vitest';
import type { KpiRow } from '#contract/kpis';
import { bundledCampaign, loadCampaignFile } from '../server/campaigns/load.ts';
import { plannedOpeningMs, resolveCampaign } from '../server/domain/campaign.ts';
import { EXECUTIVE_KPIS, OPERATIONS_KPIS } from '../server/domain/kpis/index.ts';
import type { FrameSource } from '../server/realtime/frame-source.ts';
import { type PlainWindows, plainReader } from '../server/test/plain-reader.ts';
import { fingerprint } from './domain/fingerprint.ts';
import { createFigureTiers } from './figure-tiers.ts';
import { isTest, loadRules, readTexts } from './load-rules.ts';
import { readDutyFile } from './read-duty.ts';
import { problemText, readRuleFile } from './read-rules.ts';
import { BaselineBook, readingResolver, robustBand } from './readings.ts';
import type { AlertRecord } from './record.ts';
import { alertLabels, canBeUrgent } from './rule.ts';
import { expandValues, readRuleTest, runRuleTest } from './rule-test.ts';
import { checkRules } from './run-check.ts';

const campaignOf = (name: string) => {
  const file = loadCampaignFile(bundledCampaign(name));
  return resolveCampaign(file, { instance: 'test', opensAtMs: plannedOpeningMs(file), scale: 1 });
};
const double11 = campaignOf('double11');
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
  it('[ALR34] another sale with posts of its own pages all of them', () => {
    const [policy] = readDutyFile(campaignOf('tiny')).policies;
    expect(policy?.steps[0]?.posts).toEqual(['boss']);
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

describe('baseline', () => {
  it('[ALR36] a spike moves neither the middle nor the band much', () => {
    const calm = robustBand([100, 101, 99, 100, 102, 98, 100]);
    const spiked = robustBand([100, 101, 99, 100, 102, 98, 100, 9_000]);
    expect(spiked?.median).toBeCloseTo(calm?.median ?? 0, -0.5);
    expect(spiked?.high).toBeLessThan(115);
    expect(robustBand([1, 2, 3, 4])).toBeNull();
  });
  const row = (toMs: number, value: number, plan?: number): KpiRow =>
    ({
      id: 'x',
      window: '1m',
      labels: {},
      unit: 'count',
      value,
      quality: 'live',
      numerator: value,
      denominator: null,
      fromMs: toMs - 60_000,
      toMs,
      resolutionMs: 1_000,
      ...(plan === undefined ? {} : { plan }),
    }) as KpiRow;
  it('[ALR36] follows the plan: half of the plan all the time is half of the plan now', () => {
    const at = (toMs: number) => row(toMs, toMs / 120_000, toMs / 60_000);
    const band = new BaselineBook().read('x', row(30 * 60_000, 1, 1_000), at, 0);
    expect(band?.median).toBeCloseTo(500);
  });
  it('[ALR36] what was before the opening says nothing about the sale', () => {
    const at = (toMs: number) => row(toMs, toMs <= 20 * 60_000 ? 1 : 1_000);
    expect(new BaselineBook().read('x', row(24 * 60_000, 1_000), at, 20 * 60_000)).toBeNull();
    expect(new BaselineBook().read('x', row(28 * 60_000, 1_000), at, 20 * 60_000)?.median).toBe(1_000);
  });
});

describe('around the opening', () => {
  const openMs = double11.opensAtMs;
  /** What `tier(id, window)` on a channel is, a minute after the opening. */
  const tierOf = (id: string, windows: PlainWindows, toMs = openMs + 60_000, window = '1h') => {
    const source = {
      campaign: double11,
      reader: plainReader(windows),
      asOfMs: toMs,
      watermarkMs: toMs,
      feeds: () => ({}),
      feedWatermarksMs: () => ({}),
    } as unknown as FrameSource;
    const resolve = readingResolver(source, toMs, () => null, new BaselineBook());
    const labels = { channel: 'search' };
    return resolve({ name: 'tier', args: [id, window], labels, key: id }, labels);
  };
  const cells = (orders: number) =>
    ({
      'orders_paid_count|channel=search': [[openMs + 30_000, orders]],
      'gmv_paid_minor|channel=search': [[openMs + 30_000, orders * 20_000]],
    }) as const;
  const ads = (atMs: number, spendMinor: number) => ({ search: [[atMs, { spendMinor }]] }) as const;
  it('[ALR69] a window that reaches back over the opening begins there: what was spent before weighs nothing', () => {
    const before = { cells: cells(1_000), ads: ads(openMs - 600_000, 10_000_000) };
    expect(tierOf('roas', before)).not.toMatchObject({ state: 'value', value: 5 });
    const after = { cells: cells(1_000), ads: ads(openMs + 20_000, 20_000_000) };
    expect(tierOf('roas', after)).toMatchObject({ state: 'value', value: 5, shown: { value: 1 } });
  });
  it('[ALR69] against its plan a figure says nothing before as much of the sale has passed as its window has', () => {
    const few = { cells: { 'gmv_paid_minor|channel=search': [[openMs + 1_000, 1]] } } as const;
    expect(tierOf('gmv_paid', few, openMs + 58_000, '1m')).toEqual({ state: 'insufficient' });
    expect(tierOf('gmv_paid', few, openMs + 60_000, '1m')).toMatchObject({ state: 'value' });
  });
  it('[ALR69] few orders after little spend are no return yet; a hundredth of the budget without orders is', () => {
    const allocated = (double11.budgets.envelopes[double11.budgets.channelEnvelope] ?? 0) * 0.3;
    expect(tierOf('roas', { cells: cells(3), ads: ads(openMs + 20_000, 300_000) })).toEqual({ state: 'insufficient' });
    const spent = ads(openMs + 20_000, Math.ceil(allocated * 0.0101));
    expect(tierOf('roas', { cells: cells(3), ads: spent })).toMatchObject({ state: 'value', value: 5 });
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
