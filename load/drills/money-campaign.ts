import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { CampaignFile, Curve } from '#contract/campaign';

const BUNDLED = new URL('../../server/campaigns/double11.yaml', import.meta.url);
/** Events a second that the drill's numbers are written for: a server started at this rate scales nothing. */
export const DRILL_RATE = 1_000;

/** The people that every demo has, on the posts that decide about money; the others of the roster cannot sign in. */
const ROSTER: Readonly<Record<string, { a: string; b: string }>> = {
  marketing_lead: { a: 'marketing-zhao', b: 'marketing' },
  wz1_operations_director: { a: 'commander', b: 'finance-zhou' },
  finance_director: { a: 'finance-sun', b: 'finance' },
  rotating_commander: { a: 'commander', b: 'finance-zhou' },
};
const SHARES: Readonly<Record<string, number>> = { search: 0.4, social: 0.4, kol: 0.1, content: 0.1 };
const PLATFORM = {
  hook: 'ad_platform',
  quotaCount: 40,
  quotaWindowS: 3_600,
  minMinor: 5_000,
  maxMinor: 1_000_000_000_000,
  minStepMinor: 5_000,
  floorSpentRatio: 1.2,
  floorSpentPlusMinor: 5_000,
  overdeliveryFactor: 1,
  overdeliveryOf: 'present',
} as const;

const level = ({ durationMinutes }: CampaignFile, total: number): Curve => ({
  fromMinute: 0,
  total,
  points: [
    [0, 1],
    [durationMinutes, 1],
  ],
});

/**
 * The bundled sale made small for drills: a million yuan of advertising, deadlines of seconds, no rest between moves, the demo's
 * people on the roster. Everything else, alert rules and plans included, is the real thing.
 */
export function moneyCampaign(marketingMinor = 100_000_000): CampaignFile {
  const file = parse(readFileSync(BUNDLED, 'utf8')) as CampaignFile;
  const { organisation, budgets } = file;
  return {
    ...file,
    id: 'drill',
    zh: '预算演练',
    en: 'Budget drill',
    ratePerSecond: DRILL_RATE,
    minDenominator: 5,
    // what is bought and sold is level over the day, so that a minute stands for all of it
    targets: { ...file.targets, gmv_paid: marketingMinor * 4 },
    plans: {
      ad_spend_minor: level(file, marketingMinor),
      gmv_paid_minor: level(file, marketingMinor * 4),
      orders_paid_count: level(file, marketingMinor / 2_500),
    },
    organisation: {
      ...organisation,
      roster: organisation.roster.map((row) => ({ ...row, ...ROSTER[row.post] })),
    },
    budgets: {
      ...budgets,
      channels: Object.fromEntries(
        Object.entries(budgets.channels).map(([id, channel]) => [
          id,
          { ...channel, shareRatio: SHARES[id] ?? 0, roas0: 3.3 },
        ]),
      ),
      envelopes: {
        ...budgets.envelopes,
        marketing: marketingMinor,
        reserve: marketingMinor / 5,
        tech: 1_000_000,
        logistics: 1_000_000,
        service: 1_000_000,
      },
      platforms: {
        search: { ...PLATFORM, objectId: 'drill-search' },
        social: { ...PLATFORM, objectId: 'drill-social' },
        kol: { ...PLATFORM, objectId: 'drill-kol', overdeliveryFactor: 2, overdeliveryOf: 'highest_today' },
      },
      policy: { ...budgets.policy, cooldownMs: 0, slaMs: { T1: 3_000, T2: 3_000, T3: 6_000 } },
    },
  };
}
