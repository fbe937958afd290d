import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FEEDS } from '#contract/events';
import { resolveCampaign } from '../domain/campaign.ts';
import { evaluateKpi, KPIS } from '../domain/kpis/index.ts';
import type { Kpi } from '../domain/kpis/types.ts';
import { METRICS } from '../domain/metrics.ts';
import { plainReader } from '../test/plain-reader.ts';
import { bundledCampaign, loadCampaignFile } from './load.ts';

const root = new URL('../../', import.meta.url).pathname;
const double11 = loadCampaignFile(bundledCampaign('double11'));
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const at = (scale: number) =>
  resolveCampaign(double11, { instance: 'x', opensAtMs: Date.parse(double11.opensAt), scale });

describe('double11.yaml', () => {
  const { demo } = double11;
  if (demo === undefined) throw new Error('double11.yaml has no demo part');
  const ordersPerMinor = sum(
    Object.entries(demo.shares.category ?? {}).map(([id, share]) => share / (demo.basketMinor[id] ?? 0)),
  );
  it('[CAM10] a demo at 2,000 events/s that follows the GMV plan sends 2,000 events/s in the planned peak minute', () => {
    const peakMinor = Math.max(...(at(2_000 / double11.ratePerSecond).plans.gmv_paid_minor?.values ?? []));
    const eventsPerSecond = ((peakMinor / 60) * ordersPerMinor) / demo.paidShareRatio;
    expect(eventsPerSecond).toBeGreaterThan(1_980);
    expect(eventsPerSecond).toBeLessThan(2_020);
  });
  it('[CAM10] the plans agree with each other: basket ¥198, orders, visits through the funnel, 5.8M requests a second at the peak', () => {
    const { plans, targets } = at(1);
    expect(1 / ordersPerMinor).toBeGreaterThan(19_700);
    expect(1 / ordersPerMinor).toBeLessThan(19_900);
    const orders = sum(plans.orders_paid_count?.values ?? []);
    expect(orders * (1 / ordersPerMinor)).toBeCloseTo(targets.gmv_paid ?? 0, -12);
    const { view, cart, checkout, pay } = demo.funnel;
    const visitsFromOpening = sum((plans.visits_count?.values ?? []).slice(60));
    expect((visitsFromOpening * view * cart * checkout * pay) / orders).toBeCloseTo(1, 2);
    expect(visitsFromOpening / (targets.uv ?? 0)).toBeCloseTo(1, 3);
    expect(Math.max(...(plans.requests_count?.values ?? [])) / 60 / 5_800_000).toBeCloseTo(1, 3);
    expect(sum(double11.services.map(({ ratedPerSecond }) => ratedPerSecond))).toBe(7_000_000);
  });
  it('[CAM11] has the peaks at 0, 10, 20 and 24 h over a valley at night', () => {
    const values = at(1).plans.gmv_paid_minor?.values ?? [];
    const minute = (m: number): number => values[m] ?? 0;
    for (const peak of [2, 606, 1_206, 1_439]) expect(minute(peak)).toBeGreaterThan(3 * minute(360));
    expect(Math.max(...values)).toBe(Math.max(minute(1), minute(2)));
    for (const [before, after] of [
      [595, 606],
      [1_190, 1_206],
      [1_320, 1_439],
    ] as const)
      expect(minute(after)).toBeGreaterThan(1.3 * minute(before));
  });
  it('[CAM11] says what the plan says: budget split, five war zones of 31 regions, six plans, two people a post, apparel +35 and home +18', () => {
    expect(Object.values(double11.budgets.envelopes)).toEqual([4e11, 2.5e11, 1.5e11, 1e11, 1e11]);
    expect(double11.organisation.warZones.flatMap(({ regions }) => regions).length).toBe(31);
    expect(double11.organisation.warZones.length).toBe(5);
    expect(double11.organisation.roster.map(({ post }) => post).sort()).toEqual(
      double11.organisation.posts.map(({ id }) => id).sort(),
    );
    const plans = [
      'tech_fault',
      'logistics_break',
      'payment_risk',
      'opinion_crisis',
      'policy_change',
      'stockout_oversell',
    ];
    expect(double11.contingency.map(({ id }) => id)).toEqual(expect.arrayContaining(plans));
    expect(double11.items.filter(({ hero }) => hero).length).toBe(12);
    expect(double11.items.length).toBe(48);
    const grows = (id: string): number => {
      const plan = double11.plans.gmv_paid_minor;
      const last = double11.lastYear.gmv_paid_minor;
      return (
        ((plan?.total ?? 0) * (plan?.shares?.category?.[id] ?? 0)) /
          ((last?.total ?? 1) * (last?.shares?.category?.[id] ?? 1)) -
        1
      );
    };
    expect(grows('apparel')).toBeCloseTo(0.35, 2);
    expect(grows('home')).toBeCloseTo(0.18, 2);
  });
  it('[CAM11] every KPI of the catalogue that has a rule for tiers has its five levels, or is named here', () => {
    const without = [...KPIS.keys()].filter((id) => !(id in double11.tiers));
    expect(without.sort()).toEqual([...WITHOUT_TIERS].sort());
  });
});

/** Catalogue rows with "none", a band of their own, or words instead of levels; and the KPIs the catalogue only implies. */
const WITHOUT_TIERS: readonly string[] = [
  'gmv_placed',
  'gmv_growth_rate',
  'items_paid',
  'view_to_pay_rate',
  'organic_share',
  'ad_spend',
  'cvr_click',
  'paid_not_updated',
  'stock_at_risk_count',
  'complaint_share',
  'ai_containment',
  'risk_block_rate',
  'new_customer_share',
  'repurchase_rate',
  'nps',
  'public_benefit',
  'public_benefit_co2',
  'mroas',
  'availability',
  'data_accuracy',
  'approval_lead_s',
  'move_precision',
  'live_regret',
];

describe('liquor-launch.yaml', () => {
  const launch = loadCampaignFile(bundledCampaign('liquor-launch'));
  it('[CAM13] says what its plan says: budget split, KOL returns 1 : 3 : 5, regions, levels; and shares nothing with Double 11', () => {
    const { crisis_fund: crisisFund, ...split } = launch.budgets.envelopes;
    expect(Object.values(split)).toEqual([1.5e8, 2e8, 1e8, 0.5e8]); // R&D 30, supply 40, marketing 20, running 10 of ¥5M
    expect(crisisFund).toBe(1e8);
    const { kol_head: head, kol_waist: waist, kol_tail: tail } = launch.budgets.channels;
    expect(
      [(waist?.roas0 ?? 0) / (head?.roas0 ?? 1), (tail?.roas0 ?? 0) / (head?.roas0 ?? 1)].map((n) =>
        Math.round(n * 10),
      ),
    ).toEqual([30, 50]);
    expect(launch.plans.gmv_paid_minor?.shares?.region).toMatchObject({ east: 0.42, south: 0.31, north: 0.19 });
    expect(sum(launch.services.map(({ ratedPerSecond }) => ratedPerSecond))).toBe(5_000);
    for (const dimension of ['category', 'region', 'channel', 'service'] as const) {
      const ids = new Set(double11.dimensions[dimension]?.map(({ id }) => id));
      expect(launch.dimensions[dimension]?.filter(({ id }) => ids.has(id))).toEqual([]);
    }
  });
  it('[CAM13] without a last year there is no growth figure instead of a made-up one', () => {
    const campaign = resolveCampaign(launch, { instance: 'x', opensAtMs: 0, scale: 1 });
    const row = evaluateKpi(KPIS.get('gmv_growth_rate') as Kpi, {
      campaign,
      read: plainReader({}),
      window: 'open',
      asOfMs: 9_999_999,
      watermarkMs: 9_999_999,
    });
    expect(row).toMatchObject({ value: null, denominator: null, quality: 'live' });
  });
});

describe('nothing is hard-coded', () => {
  /** Words that are ours: names of feeds and dimensions, and the values that the contract fixes. */
  const OURS = new Set<string>([
    ...FEEDS,
    ...METRICS.flatMap(({ dimensions }) => dimensions),
    ...['mobile', 'web', 'yes', 'no', 'other', 'online', 'phone', 'logistics', 'quality', 'after_sales', 'promo_rules'],
  ]);
  const code = (text: string): string => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  const sources = readdirSync(join(root, 'server/domain'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => [name, code(readFileSync(join(root, 'server/domain', name), 'utf8'))] as const);
  const files = readdirSync(join(root, 'server/campaigns')).filter((name) => name.endsWith('.yaml'));
  for (const name of files) {
    it(`[CAM12] no value of ${name} occurs in the domain as a string, no target as a number`, () => {
      const file = loadCampaignFile(join(root, 'server/campaigns', name));
      const ids = [
        ...Object.values(file.dimensions)
          .flat()
          .map(({ id }) => id),
        ...file.services.map(({ id }) => id),
        ...file.items.map(({ sku }) => sku),
        ...Object.keys(file.budgets.envelopes),
        ...file.organisation.warZones.map(({ id }) => id),
        ...file.organisation.posts.map(({ id }) => id),
        ...file.phases.map(({ id }) => id),
      ].filter((id) => !OURS.has(id));
      const amounts = [...Object.values(file.targets), ...Object.values(file.budgets.envelopes)].filter(
        (amount) => amount >= 100_000,
      );
      const found: string[] = [];
      for (const [path, text] of sources) {
        for (const id of ids) if (new RegExp(`(['"\`=])${id}['"\`|]`).test(text)) found.push(`${path}: ${id}`);
        const numbers = new Set(
          [...text.matchAll(/\b\d[\d_]*(?:e\d+)?\b/g)].map(([digits]) => Number(digits.replaceAll('_', ''))),
        );
        for (const amount of amounts) if (numbers.has(amount)) found.push(`${path}: ${amount}`);
      }
      expect(found).toEqual([]);
    });
  }
});
