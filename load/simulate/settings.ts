import type { CampaignReply } from '#contract/campaign';
import { ranked, Weighted } from '../random.ts';
import { valuesOf } from '../vocabulary.ts';

/** How this sale behaves: the campaign's `demo` section, with ordinary values where it says nothing. */
export interface SaleSettings {
  readonly paidShareRatio: number;
  readonly basketMinor: ReadonlyMap<string, number>;
  /** Mean amount of an order over all categories, minor units. */
  readonly meanBasketMinor: number;
  readonly funnel: { readonly view: number; readonly cart: number; readonly checkout: number; readonly pay: number };
  readonly ratio: (name: keyof typeof RATIOS) => number;
  /** Draws by number of orders (category: by value, corrected for its basket). */
  readonly choice: (dimension: string) => Weighted<string>;
  readonly shareOf: (dimension: string, value: string) => number;
  /** Share of a category in the number of orders. */
  readonly orderShareOf: (category: string) => number;
}

/** Named ratios and means, and what they are when the campaign does not say. Orders means paid orders. */
export const RATIOS = {
  created_per_paid: 1.35,
  deposited: 0.1,
  balance_per_deposit: 0.86,
  cancelled: 0.04,
  cancelled_by_seller: 0.08,
  refunded: 0.03,
  payment_failed: 0.0004,
  payment_latency_ms: 180,
  request_fault: 0.00004,
  request_latency_ms: 95,
  new_buyer: 0.35,
  new_buyer_ads: 0.9,
  repeat_buyer: 0.36,
  listed_item: 0.02,
  hero_weight: 6,
  stock_unmet: 0.005,
  complaint: 0.002,
  complaint_closed: 0.95,
  complaint_satisfied: 0.93,
  contact: 0.02,
  contact_answered: 0.96,
  contact_by_ai: 0.72,
  queue_ms: 9_000,
  mention_negative: 0.05,
  mention_positive: 0.45,
  flagged: 0.001,
  flagged_stopped: 0.96,
  member: 0.0165,
  charity: 0.02,
  charity_minor: 100,
  app_crashed: 0.004,
  play_stalled: 0.0007,
  promoter: 0.86,
  detractor: 0.04,
  ctr: 0.02,
  cpc_minor: 125,
  rating: 0.03,
  shipped: 0.3,
  shipped_72h: 0.993,
  delivered: 0.12,
  on_time: 0.978,
  late: 0.008,
} as const;

const BASKET_MINOR = 19_800;
const FUNNEL = { view: 1 / 3, cart: 0.25, checkout: 0.6, pay: 0.7 } as const;
const SHARES: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  kind: { logistics: 0.35, quality: 0.25, after_sales: 0.2, promo_rules: 0.15, other: 0.05 },
  platform: { mobile: 0.82, web: 0.18 },
  desk: { online: 0.85, phone: 0.15 },
};

export function settingsOf(campaign: CampaignReply): SaleSettings {
  const { demo } = campaign;
  const categories = valuesOf(campaign, 'category');
  const shares = (dimension: string): Readonly<Record<string, number>> | undefined =>
    demo?.shares[dimension] ?? SHARES[dimension];
  const usualMinor = campaign.targets.aov ?? BASKET_MINOR;
  const basketMinor = new Map(categories.map((id) => [id, demo?.basketMinor[id] ?? usualMinor]));
  const orderWeights = categories.map((id, rank) => {
    const share = shares('category')?.[id] ?? 1 / (rank + 2);
    return [id, share / (basketMinor.get(id) ?? usualMinor)] as const;
  });
  const weight = orderWeights.reduce((sum, [, orders]) => sum + orders, 0);
  const value = orderWeights.reduce((sum, [id, orders]) => sum + orders * (basketMinor.get(id) ?? 0), 0);
  const choices = new Map<string, Weighted<string>>([['category', new Weighted(orderWeights)]]);
  return {
    paidShareRatio: demo?.paidShareRatio ?? 0.25,
    orderShareOf: (category) => (new Map(orderWeights).get(category) ?? 0) / weight,
    basketMinor,
    meanBasketMinor: value / weight,
    funnel: demo?.funnel ?? FUNNEL,
    ratio: (name) => demo?.ratios[name] ?? RATIOS[name],
    choice: (dimension) => {
      const made = choices.get(dimension) ?? choiceOf(valuesOf(campaign, dimension), shares(dimension));
      choices.set(dimension, made);
      return made;
    },
    shareOf: (dimension, id) => {
      const values = valuesOf(campaign, dimension);
      return shares(dimension)?.[id] ?? 1 / Math.max(1, values.length);
    },
  };
}

function choiceOf(values: readonly string[], shares: Readonly<Record<string, number>> | undefined): Weighted<string> {
  if (shares === undefined) return ranked(values);
  return new Weighted(values.map((id) => [id, shares[id] ?? 0.001] as const));
}
