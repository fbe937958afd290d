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
}

/** Named ratios and what they are when the campaign does not say. */
export const RATIOS = {
  payment_failed: 0.0006,
  refunded: 0.03,
  cancelled: 0.035,
  cancelled_by_seller: 0.08,
  flagged: 0.003,
  flagged_stopped: 0.96,
  complaint: 0.004,
  complaint_satisfied: 0.93,
  new_buyer: 0.36,
  repeat_buyer: 0.41,
  mobile: 0.83,
  organic: 0.3,
  member: 0.14,
  charity: 0.05,
  rating: 0.03,
  promoter: 0.86,
  detractor: 0.035,
  shipped: 0.45,
  shipped_72h: 0.993,
  delivered: 0.15,
  on_time: 0.978,
  stock_unmet: 0.004,
  contact: 0.02,
  contact_answered: 0.968,
  contact_ai: 0.8,
  crashed: 0.0042,
  stalled: 0.0007,
  request_error: 0.00008,
  negative: 0.045,
  late: 0.008,
} as const;

const BASKET_MINOR = 19_800;
const FUNNEL = { view: 1 / 3, cart: 0.25, checkout: 0.6, pay: 0.7 } as const;
const KIND_SHARES = { logistics: 0.35, quality: 0.25, after_sales: 0.2, promo_rules: 0.15, other: 0.05 } as const;

export function settingsOf(campaign: CampaignReply): SaleSettings {
  const { demo } = campaign;
  const categories = valuesOf(campaign, 'category');
  const shares = (dimension: string): Readonly<Record<string, number>> | undefined =>
    demo?.shares[dimension] ?? (dimension === 'kind' ? KIND_SHARES : undefined);
  const basketMinor = new Map(categories.map((id) => [id, demo?.basketMinor[id] ?? BASKET_MINOR]));
  const orderWeights = categories.map((id, rank) => {
    const share = shares('category')?.[id] ?? 1 / (rank + 2);
    return [id, share / (basketMinor.get(id) ?? BASKET_MINOR)] as const;
  });
  const weight = orderWeights.reduce((sum, [, orders]) => sum + orders, 0);
  const value = orderWeights.reduce((sum, [id, orders]) => sum + orders * (basketMinor.get(id) ?? 0), 0);
  const choices = new Map<string, Weighted<string>>([['category', new Weighted(orderWeights)]]);
  return {
    paidShareRatio: demo?.paidShareRatio ?? 0.215,
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
