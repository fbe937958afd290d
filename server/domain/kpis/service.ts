import { sumTerms } from './cells.ts';
import { divide, kpi, missing, ratio, total } from './define.ts';
import { quantile } from './quantile.ts';
import type { Kpi, KpiInput } from './types.ts';

const complaints = {
  feeds: ['complaints'],
  needs: ['complaint.opened'],
  dimensions: ['kind', 'category', 'region'],
  better: 'low',
} as const;
const desks = { feeds: ['service'], needs: ['service.sampled'], dimensions: ['desk'] } as const;
const delivery = { feeds: ['fulfilment'], dimensions: ['region'], better: 'high' } as const;
const OPENED = ['complaints_opened_count'];

/** The kind with the most complaints in the span; undefined without any, or when they are not stored by kind. */
function firstCause(input: KpiInput): { readonly of: string; readonly count: number } | undefined {
  let first: { of: string; count: number } | undefined;
  for (const { id } of input.campaign.file.dimensions.kind ?? []) {
    const { value, missing: lack } = sumTerms({ ...input, labels: { ...input.labels, kind: id } }, OPENED, input.span);
    if (lack === undefined && value > (first?.count ?? 0)) first = { of: id, count: value };
  }
  return first;
}
const withCause = (base: Kpi): Kpi => ({
  ...base,
  compute: (input) => {
    const result = base.compute(input);
    const cause = input.labels.kind === undefined ? firstCause(input) : undefined;
    return cause === undefined ? result : { ...result, of: cause.of };
  },
});

export const SERVICE: readonly Kpi[] = [
  withCause(
    total(
      {
        id: 'complaints_opened',
        zh: '新增投诉',
        en: 'Complaints opened',
        ...complaints,
        tierRule: 'rise',
        formula: 'Σ complaints_opened_count',
      },
      'count',
      OPENED,
    ),
  ),
  withCause(
    ratio(
      {
        id: 'complaint_rate',
        zh: '投诉率',
        en: 'Complaint rate',
        ...complaints,
        feeds: ['complaints', 'orders'],
        needs: ['complaint.opened', 'order.paid'],
        tierRule: 'rise',
        formula: 'Σ complaints_opened_count ÷ Σ orders_paid_count',
        note: 'Complaints and orders of the same window (the 7-day cohort needs a join); one kind is divided by all orders. Carries the first cause.',
      },
      { over: OPENED, under: ['orders_paid_count'] },
    ),
  ),
  kpi(
    {
      id: 'complaint_share',
      zh: '投诉构成',
      en: 'Share of complaints',
      ...complaints,
      dimensions: ['kind'],
      formula: 'Σ complaints_opened_count of a kind ÷ Σ complaints_opened_count; the total is the first cause',
    },
    {
      unit: 'ratio',
      minDenominator: 20,
      compute: (input) => {
        const all = sumTerms({ ...input, labels: {} }, OPENED, input.span).value;
        if (input.labels.kind === undefined) {
          const cause = firstCause(input);
          return cause === undefined ? divide(0, 0) : { ...divide(cause.count, all), of: cause.of };
        }
        const kind = sumTerms(input, OPENED, input.span);
        return kind.missing ? missing(kind.missing) : divide(kind.value, all);
      },
    },
  ),
  ratio(
    {
      id: 'complaint_resolution_rate',
      zh: '投诉满意结案率',
      en: 'Complaint resolution',
      feeds: ['complaints'],
      needs: ['complaint.closed'],
      dimensions: ['kind'],
      better: 'high',
      formula: 'Σ complaints_satisfied_count ÷ Σ complaints_closed_count',
    },
    { over: ['complaints_satisfied_count'], under: ['complaints_closed_count'], minDenominator: 'none' },
  ),
  kpi(
    {
      id: 'cs_first_response_p90',
      zh: '客服首响 P90',
      en: 'First response p90',
      ...desks,
      dimensions: [],
      needs: ['service.sampled.queue'],
      better: 'low',
      formula: 'p90 of contact_queue_count by its bins, in seconds',
      note: 'Interpolated linearly inside the published bin; the last bin (100 s) says "at least".',
    },
    {
      unit: 'seconds',
      minDenominator: 'campaign',
      compute: (input) => {
        const result = quantile(input, 'contact_queue_count', 0.9);
        return { ...result, value: result.value === null ? null : result.value / 1_000 };
      },
    },
  ),
  ratio(
    {
      id: 'cs_answer_rate',
      zh: '接通率',
      en: 'Answer rate',
      ...desks,
      better: 'high',
      formula: 'Σ contacts_answered_count ÷ Σ contacts_offered_count',
    },
    { over: ['contacts_answered_count'], under: ['contacts_offered_count'] },
  ),
  ratio(
    {
      id: 'ai_containment',
      zh: '智能客服解决率',
      en: 'AI containment',
      ...desks,
      needs: ['service.sampled.byAi'],
      better: 'high',
      formula: 'Σ contacts_by_ai_count ÷ Σ contacts_answered_count',
      note: 'Contacts answered by the machine; whether they came back is not in the event.',
    },
    { over: ['contacts_by_ai_count'], under: ['contacts_answered_count'] },
  ),
  ratio(
    {
      id: 'negative_mention_rate',
      zh: '负面舆情占比',
      en: 'Negative mentions',
      feeds: ['mentions'],
      needs: ['mention.sampled'],
      dimensions: ['topic'],
      windows: ['5m', '1h', 'open'],
      better: 'low',
      tierRule: 'rise',
      formula: 'Σ mentions_negative_count ÷ Σ (positive + neutral + negative)',
    },
    {
      over: ['mentions_negative_count'],
      under: ['mentions_positive_count', 'mentions_neutral_count', 'mentions_negative_count'],
    },
  ),
  ratio(
    {
      id: 'ship_72h_rate',
      zh: '72 小时发货率',
      en: 'Shipped within 72 h',
      ...delivery,
      needs: ['order.shipped.paidAt'],
      formula: 'Σ orders_shipped_72h_count ÷ Σ orders_shipped_known_count',
      note: 'Of the orders shipped in the window with a known payment time; an order that never ships is in neither sum.',
    },
    { over: ['orders_shipped_72h_count'], under: ['orders_shipped_known_count'] },
  ),
  ratio(
    {
      id: 'on_time_delivery_rate',
      zh: '准时送达率',
      en: 'On-time delivery',
      ...delivery,
      needs: ['order.delivered.promisedAt'],
      formula: 'Σ orders_on_time_count ÷ Σ orders_promised_count',
    },
    { over: ['orders_on_time_count'], under: ['orders_promised_count'] },
  ),
  ratio(
    {
      id: 'seller_cancel_rate',
      zh: '卖家取消率',
      en: 'Cancelled by seller',
      feeds: ['orders', 'fulfilment'],
      needs: ['order.cancelled.by', 'order.shipped'],
      dimensions: ['region'],
      better: 'low',
      formula: 'Σ orders_cancelled_by_seller_count ÷ Σ (that + orders_shipped_count)',
    },
    { over: ['orders_cancelled_by_seller_count'], under: ['orders_cancelled_by_seller_count', 'orders_shipped_count'] },
  ),
];
