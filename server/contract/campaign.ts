import { type Static, Type } from 'typebox';
import { BudgetPolicyFile } from './budget.ts';
import { FEEDS } from './events.ts';
import { PlatformLink } from './platforms.ts';

/**
 * The campaign file (`server/campaigns/*.yaml`): everything about a sale that is data and not code.
 * Times are offsets from `opensAt` in seconds (negative: before); amounts are minor units at full scale.
 */
const Name = Type.Object({ id: Type.String({ pattern: '^[a-z0-9_]{1,40}$' }), zh: Type.String(), en: Type.String() });
const NamedValue = Type.Object({
  id: Type.String({ pattern: '^[A-Za-z0-9._:-]{1,64}$' }),
  zh: Type.String(),
  en: Type.String(),
});
const closed = { additionalProperties: false } as const;
const Tiers = Type.Object(
  { blue: Type.Number(), cyan: Type.Number(), yellow: Type.Number(), orange: Type.Number(), red: Type.Number() },
  closed,
);

/**
 * A planned or last-year curve: one weight a minute of the sale, from `fromMinute` on; they are normalised to the total.
 * The last point ends the span; two points with the same minute make a step.
 */
export const Curve = Type.Object(
  {
    fromMinute: Type.Integer(),
    /** Total of the span, in the metric's unit. */
    total: Type.Number({ minimum: 0 }),
    /** `[minute, weight]`: minutes since `fromMinute` (the first is 0, they never fall), linear in between. */
    points: Type.Array(Type.Tuple([Type.Integer(), Type.Number({ minimum: 0 })]), { minItems: 2 }),
    /** Dimension → value → its part of the total, which gives the curve of `<cell>|<dimension>=<value>`; sums to 1. */
    shares: Type.Optional(Type.Record(Type.String(), Type.Record(Type.String(), Type.Number({ minimum: 0 })))),
  },
  closed,
);
export type Curve = Static<typeof Curve>;

export const CampaignFile = Type.Object(
  {
    id: Type.String({ pattern: '^[a-z0-9-]{1,40}$' }),
    zh: Type.String(),
    en: Type.String(),
    currency: Type.String({ pattern: '^[A-Z]{3}$' }),
    /** Minor units in one major unit, 100 for CNY. */
    minorPerMajor: Type.Integer({ minimum: 1 }),
    timeZone: Type.String(),
    /** Planned opening in the campaign's zone; the demo replaces it by start + 60 s. */
    opensAt: Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}[+-]\\d{2}:\\d{2}$' }),
    durationMinutes: Type.Integer({ minimum: 1 }),
    /** Event rate the targets are written for, events/s; the demo scales targets by its own rate ÷ this. */
    ratePerSecond: Type.Number({ minimum: 1 }),
    shards: Type.Integer({ minimum: 1, maximum: 64 }),
    minDenominator: Type.Integer({ minimum: 1 }),
    phases: Type.Array(
      Type.Object({ id: Type.String(), zh: Type.String(), en: Type.String(), fromSeconds: Type.Integer() }, closed),
      { minItems: 1 },
    ),
    /** Announced waves, offsets from opening in seconds, for "next wave" and the countdown. */
    waves: Type.Array(
      Type.Object({ id: Type.String(), zh: Type.String(), en: Type.String(), atSeconds: Type.Integer() }, closed),
    ),
    /** Dimension → its known values; a value outside counts as `other`. */
    dimensions: Type.Record(Type.String(), Type.Array(NamedValue, { minItems: 1 })),
    /** Which breakdowns of which metric are stored, besides the total: `gmv_paid_minor: [[category],[category,channel]]`. */
    breakdowns: Type.Record(Type.String(), Type.Array(Type.Array(Type.String(), { minItems: 1, maxItems: 2 }))),
    feeds: Type.Record(Type.Enum([...FEEDS]), Type.Object({ intervalMs: Type.Integer({ minimum: 1_000 }) }, closed)),
    /** KPI id → target; `total` for totals over the campaign, `level` for a level to hold, `unit` as the KPI's. */
    targets: Type.Record(Type.String(), Type.Number()),
    /** Ratio by which a total target may stretch, 0.1 = ±10 %. */
    elasticityRatio: Type.Optional(Type.Number()),
    plans: Type.Record(Type.String(), Curve),
    lastYear: Type.Record(Type.String(), Curve),
    /** KPI id → five levels; direction follows the KPI's `better`. */
    tiers: Type.Record(Type.String(), Tiers),
    services: Type.Array(
      Type.Object(
        {
          id: Type.String(),
          zh: Type.String(),
          en: Type.String(),
          ratedPerSecond: Type.Number(),
          stage: Type.Optional(Type.String()),
        },
        closed,
      ),
    ),
    items: Type.Array(
      Type.Object(
        {
          sku: Type.String(),
          zh: Type.String(),
          en: Type.String(),
          category: Type.String(),
          stock: Type.Integer({ minimum: 0 }),
          hero: Type.Optional(Type.Boolean()),
        },
        closed,
      ),
    ),
    /** Ratio, KPI `roi`. */
    marginRatio: Type.Number({ minimum: 0, maximum: 1 }),
    ltvMinor: Type.Optional(Type.Record(Type.String(), Type.Integer())),
    budgets: Type.Object(
      {
        envelopes: Type.Record(Type.String(), Type.Integer({ minimum: 0 })),
        /** The envelope that the channels share. */
        channelEnvelope: Type.String(),
        channels: Type.Record(
          Type.String(),
          Type.Object(
            {
              shareRatio: Type.Number(),
              roas0: Type.Number(),
              cacMinor: Type.Optional(Type.Integer()),
              ltvMinor: Type.Optional(Type.Integer()),
            },
            closed,
          ),
        ),
        elastic: Type.Record(Type.String(), Type.Number()),
        /** Channel → where its daily budget is set; a channel without one is set by hand, outside the console. */
        platforms: Type.Optional(Type.Record(Type.String(), PlatformLink)),
        /** The envelope held back as `reserve:hq`; `elastic.hq` of all that was funded stays in it. */
        reserveEnvelope: Type.Optional(Type.String()),
        /** Limits of budget moves, where they differ from the defaults. */
        policy: Type.Optional(BudgetPolicyFile),
      },
      closed,
    ),
    organisation: Type.Object(
      {
        warZones: Type.Array(
          Type.Object(
            { id: Type.String(), zh: Type.String(), en: Type.String(), regions: Type.Array(Type.String()) },
            closed,
          ),
        ),
        departments: Type.Array(Name),
        posts: Type.Array(Name),
        roster: Type.Array(Type.Object({ post: Type.String(), a: Type.String(), b: Type.String() }, closed)),
      },
      closed,
    ),
    /** How the simulator makes this sale's events; figures never read it. */
    demo: Type.Optional(
      Type.Object(
        {
          /** Share of all events that are `order.paid`. */
          paidShareRatio: Type.Number({ exclusiveMinimum: 0, maximum: 1 }),
          /** Mean amount of an order by category. */
          basketMinor: Type.Record(Type.String(), Type.Integer({ minimum: 1 })),
          /** Dimension → value → share of its total (GMV for category, orders otherwise); sums to 1. */
          shares: Type.Record(Type.String(), Type.Record(Type.String(), Type.Number({ minimum: 0 }))),
          /** Ratios of one step of the funnel to the step before. */
          funnel: Type.Object(
            { view: Type.Number(), cart: Type.Number(), checkout: Type.Number(), pay: Type.Number() },
            closed,
          ),
          /** Named ratios (`payment_failed`, `refunded`, `complaint`, `new_buyer` …), 0–1 or a multiple. */
          ratios: Type.Record(Type.String(), Type.Number()),
        },
        closed,
      ),
    ),
    /** Contingency plans, by runbook id. */
    contingency: Type.Array(Name),
    /** Facts of the operations plan kept beside the sale, free-form, for people: calendar, rhythm, notes on conflicts. */
    notes: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  },
  closed,
);
export type CampaignFile = Static<typeof CampaignFile>;

/** `GET /api/v1/campaign` */
export interface CampaignReply {
  /** The running instance, `double11-20261111T000000`. */
  readonly id: string;
  readonly campaign: string;
  readonly zh: string;
  readonly en: string;
  readonly opensAt: number;
  readonly closesAt: number;
  readonly currency: string;
  readonly minorPerMajor: number;
  readonly timeZone: string;
  readonly phases: readonly { id: string; zh: string; en: string; fromMs: number }[];
  readonly waves: readonly { id: string; zh: string; en: string; atMs: number }[];
  readonly dimensions: Readonly<Record<string, readonly { id: string; zh: string; en: string }[]>>;
  readonly breakdowns: CampaignFile['breakdowns'];
  readonly feeds: CampaignFile['feeds'];
  readonly targets: Readonly<Record<string, number>>;
  readonly services: CampaignFile['services'];
  readonly items: CampaignFile['items'];
  readonly budgets: CampaignFile['budgets'];
  readonly demo: NonNullable<CampaignFile['demo']> | null;
  /** 1 at the file's own numbers; targets, plans, stock, capacity and budgets here are already multiplied by it. */
  readonly scale: number;
  readonly warZones: CampaignFile['organisation']['warZones'];
  /** Key posts by id, as people call them; who holds them is the duty roster's. */
  readonly posts: CampaignFile['organisation']['posts'];
  readonly edgesMs: readonly number[];
  /** One value a minute, offset from opening: `{fromMinute, values}` per metric. */
  readonly plans: Readonly<Record<string, MinuteCurve>>;
  readonly lastYear: Readonly<Record<string, MinuteCurve>>;
  readonly drill: boolean;
}
export interface MinuteCurve {
  readonly fromMinute: number;
  readonly values: readonly number[];
  /** Dimension → value → its part of every minute. */
  readonly shares?: Readonly<Record<string, Readonly<Record<string, number>>>>;
}
