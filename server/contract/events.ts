import { type Static, type TProperties, type TSchema, Type } from 'typebox';

/**
 * Events in. One schema a type, published as JSON Schema (`GET /api/openapi.json`); PROTOCOL.md EV1–EV40.
 * No coercion anywhere: `"100"` is not 100. Money is integer minor units, times are integer ms since the Unix epoch.
 */

/** Largest amount an event or a cell may hold: below 2^53, so that every reader can hold it exactly. */
export const AMOUNT_MAX_MINOR = 9_000_000_000_000_000;

/** Log-spaced upper edges of latency and queue histograms, ms. The last one also takes all that is longer. */
export const EDGES_MS: readonly number[] = [
  1, 2, 3, 4, 5, 6, 8, 10, 13, 18, 24, 32, 42, 56, 75, 100, 133, 178, 237, 316, 422, 562, 750, 1_000, 1_334, 1_778,
  2_371, 3_162, 4_217, 5_623, 7_499, 10_000, 13_335, 17_783, 23_714, 31_623, 42_170, 56_234, 74_989, 100_000,
];

/** Letters a dimension value may use; anything else is refused, a well-formed but unknown value counts as `other`. */
export const DIMENSION_PATTERN = '^[A-Za-z0-9._:/+\\-\\u4e00-\\u9fff]{1,64}$';
/** Printable ASCII without space, 1–128 characters. */
export const ID_PATTERN = '^[!-~]{1,128}$';
/** Plain text: no control characters, no bidirectional or zero-width marks, no lone surrogates. */
export const TEXT_PATTERN =
  '^[^\\u0000-\\u001f\\u007f-\\u009f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufeff\\ud800-\\udfff]{1,200}$';

const Id = Type.String({ pattern: ID_PATTERN });
const Dimension = Type.String({ pattern: DIMENSION_PATTERN });
const Text = Type.String({ pattern: TEXT_PATTERN });
const AmountMinor = Type.Integer({ minimum: 0, maximum: AMOUNT_MAX_MINOR });
const Count = Type.Integer({ minimum: 0, maximum: 1_000_000_000 });
const TimeMs = Type.Integer({ minimum: 1_000_000_000_000, maximum: 9_999_999_999_999 });
const PeriodMs = Type.Integer({ minimum: 1_000, maximum: 60_000, multipleOf: 1_000 });
const DurationMs = Type.Integer({ minimum: 0, maximum: 86_400_000 });
/** `[[upToMs, count] …]`; every edge is one of EDGES_MS, else `unknown_edge`. */
const Histogram = Type.Array(Type.Tuple([Type.Integer({ minimum: 1 }), Count]), { maxItems: EDGES_MS.length });
const optional = Type.Optional;

const orderFields = {
  orderId: Id,
  amountMinor: AmountMinor,
  category: Dimension,
  region: Dimension,
  channel: Dimension,
  platform: Type.Enum(['mobile', 'web']),
  buyerId: optional(Id),
  newBuyer: optional(Type.Boolean()),
  buyerOrders365d: optional(Count),
  merchant: optional(Dimension),
  items: optional(
    Type.Array(
      Type.Object(
        { sku: Id, quantity: Type.Integer({ minimum: 1, maximum: 100_000 }), amountMinor: optional(AmountMinor) },
        { additionalProperties: false },
      ),
      { maxItems: 200 },
    ),
  ),
  stage: optional(Type.Enum(['full', 'balance'])),
  by: optional(Type.Enum(['buyer', 'seller'])),
} satisfies TProperties;

/** The `data` of every event type: required fields plain, others optional. */
export const EVENT_FIELDS = {
  'order.created': orderFields,
  'order.deposited': orderFields,
  'order.paid': orderFields,
  'order.cancelled': orderFields,
  'order.refunded': {
    orderId: Id,
    refundId: Id,
    amountMinor: AmountMinor,
    category: Dimension,
    region: Dimension,
    channel: Dimension,
    platform: optional(Type.Enum(['mobile', 'web'])),
    paidAt: optional(TimeMs),
    requestedAt: optional(TimeMs),
    reason: optional(Text),
  },
  'order.shipped': {
    orderId: Id,
    region: Dimension,
    merchant: optional(Dimension),
    paidAt: optional(TimeMs),
    promisedAt: optional(TimeMs),
  },
  'order.delivered': {
    orderId: Id,
    region: Dimension,
    merchant: optional(Dimension),
    paidAt: optional(TimeMs),
    promisedAt: optional(TimeMs),
  },
  'order.flagged': { orderId: Id, reason: Type.Enum(['wash_trading', 'risk']), stopped: Type.Boolean() },
  'payment.attempted': {
    orderId: Id,
    attemptId: Id,
    result: Type.Enum(['succeeded', 'failed']),
    method: Dimension,
    latencyMs: optional(DurationMs),
    region: optional(Dimension),
  },
  'traffic.sampled': {
    service: Dimension,
    periodMs: PeriodMs,
    requests: Count,
    errors: Count,
    latency: optional(Histogram),
  },
  'visit.sampled': {
    channel: Dimension,
    periodMs: PeriodMs,
    visits: Count,
    productViews: optional(Count),
    carts: optional(Count),
    checkouts: optional(Count),
    region: optional(Dimension),
    platform: optional(Type.Enum(['mobile', 'web'])),
    organic: optional(Type.Boolean()),
  },
  'stock.counted': { sku: Id, onHand: Count, warehouse: optional(Dimension) },
  'stock.moved': {
    sku: Id,
    delta: Type.Integer({ minimum: -1_000_000_000, maximum: 1_000_000_000 }),
    warehouse: optional(Dimension),
  },
  'stock.checked': { sku: Id, requested: Count, unmet: Count, warehouse: optional(Dimension) },
  'complaint.opened': {
    complaintId: Id,
    kind: Type.Enum(['logistics', 'quality', 'after_sales', 'promo_rules', 'other']),
    category: optional(Dimension),
    region: optional(Dimension),
  },
  'complaint.closed': {
    complaintId: Id,
    kind: Type.Enum(['logistics', 'quality', 'after_sales', 'promo_rules', 'other']),
    satisfied: Type.Boolean(),
  },
  'service.sampled': {
    desk: Type.Enum(['online', 'phone']),
    periodMs: PeriodMs,
    offered: Count,
    answered: Count,
    byAi: optional(Count),
    queue: optional(Histogram),
  },
  'mention.sampled': { topic: Dimension, periodMs: PeriodMs, positive: Count, neutral: Count, negative: Count },
  'ad.reported': {
    channel: Dimension,
    day: Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' }),
    revision: Type.Integer({ minimum: 0, maximum: 1_000_000_000 }),
    spendMinor: AmountMinor,
    impressions: optional(Type.Integer({ minimum: 0, maximum: AMOUNT_MAX_MINOR })),
    clicks: optional(Type.Integer({ minimum: 0, maximum: AMOUNT_MAX_MINOR })),
  },
  'member.joined': { memberId: Id, channel: optional(Dimension), region: optional(Dimension) },
  'charity.recorded': {
    amountMinor: AmountMinor,
    kgCo2: optional(Type.Number({ minimum: 0, maximum: 1_000_000_000 })),
  },
  'app.sampled': {
    platform: Type.Enum(['mobile', 'web']),
    periodMs: PeriodMs,
    sessions: Count,
    crashed: optional(Count),
    playMs: optional(Type.Integer({ minimum: 0, maximum: AMOUNT_MAX_MINOR })),
    stalledMs: optional(Type.Integer({ minimum: 0, maximum: AMOUNT_MAX_MINOR })),
  },
  'rating.given': {
    score: Type.Integer({ minimum: 0, maximum: 10 }),
    platform: optional(Type.Enum(['mobile', 'web'])),
  },
  'change.recorded': {
    kind: Type.Enum(['deploy', 'price', 'coupon', 'page', 'plan']),
    title: Text,
    service: optional(Dimension),
    link: optional(Type.String({ pattern: '^https?://[!-~]{1,500}$' })),
  },
  'source.heartbeat': {},
} as const satisfies Record<string, TProperties>;

export type EventType = keyof typeof EVENT_FIELDS;
export const EVENT_TYPES = Object.keys(EVENT_FIELDS) as EventType[];

/** Envelope of the flat form; `ts` is event time in ms. Sampled events: the end of their period. */
export const FLAT_ENVELOPE = { id: Id, source: Id, ts: TimeMs } satisfies TProperties;

/** Schema of a type's `data` (the CloudEvents form). */
export const dataSchema = (type: EventType): TSchema =>
  Type.Object(EVENT_FIELDS[type], { additionalProperties: false });

/** Schema of a whole event in the flat form. */
export const flatSchema = (type: EventType): TSchema =>
  Type.Object({ ...FLAT_ENVELOPE, type: Type.Literal(type), ...EVENT_FIELDS[type] }, { additionalProperties: false });

/** Which feed an event type belongs to; a feed is what a tile's age is measured by. */
export const FEEDS = [
  'orders',
  'payments',
  'fulfilment',
  'traffic',
  'visits',
  'stock',
  'complaints',
  'service',
  'mentions',
  'ads',
  'members',
  'app',
  'changes',
] as const;
export type Feed = (typeof FEEDS)[number];
export const FEED_OF: Readonly<Record<Exclude<EventType, 'source.heartbeat'>, Feed>> = {
  'order.created': 'orders',
  'order.deposited': 'orders',
  'order.paid': 'orders',
  'order.cancelled': 'orders',
  'order.refunded': 'orders',
  'order.shipped': 'fulfilment',
  'order.delivered': 'fulfilment',
  'order.flagged': 'orders',
  'payment.attempted': 'payments',
  'traffic.sampled': 'traffic',
  'visit.sampled': 'visits',
  'stock.counted': 'stock',
  'stock.moved': 'stock',
  'stock.checked': 'stock',
  'complaint.opened': 'complaints',
  'complaint.closed': 'complaints',
  'service.sampled': 'service',
  'mention.sampled': 'mentions',
  'ad.reported': 'ads',
  'member.joined': 'members',
  'charity.recorded': 'members',
  'app.sampled': 'app',
  'rating.given': 'app',
  'change.recorded': 'changes',
};

export const RejectedItem = Type.Object({ index: Type.Integer(), code: Type.String(), message: Type.String() });
export type RejectedItem = Static<typeof RejectedItem>;
/** Answer of `POST /api/v1/events`; always received = accepted + duplicates + rejected.length. */
export const EventsReply = Type.Object({
  received: Type.Integer(),
  accepted: Type.Integer(),
  duplicates: Type.Integer(),
  rejected: Type.Array(RejectedItem),
});
export type EventsReply = Static<typeof EventsReply>;
