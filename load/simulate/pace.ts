import type { CampaignReply, MinuteCurve } from '#contract/campaign';

/** How fast the sale runs at an instant. */
export interface Pace {
  /** Paid value, minor units a second. */
  readonly gmvPerSecondMinor: number;
  readonly paidOrdersPerSecond: number;
  /** 0–1 against the busiest minute of the plan; drives traffic and load. */
  readonly busyRatio: number;
  /** Minutes since the opening; negative before. */
  readonly minutes: number;
  /** Swell around the plan, 1 = on it. */
  readonly swellRatio: number;
}

const MINUTE_MS = 60_000;
/** Ordinary trade before the sale opens, as a share of the opening hour. */
const PREOPEN_RATIO = 0.04;
/** Bounds around the asked event rate, which is that of the plan's busiest minute, so that no plan floods a small machine. */
const RATE_BOUNDS = { least: 0.02, most: 1.5 } as const;

/** Value of the minute that holds an instant: plans are steps of a minute, and some jump on purpose (the opening). */
export function curveAt(curve: MinuteCurve, minutesSinceOpen: number): number {
  const place = Math.floor(minutesSinceOpen - curve.fromMinute);
  return curve.values[Math.min(Math.max(place, 0), curve.values.length - 1)] ?? 0;
}

/**
 * The campaign's plan as a pace. Orders follow the plan at the campaign's mean basket; beyond the bounds of the event rate the
 * amounts carry the rest, so that paid value follows the plan in any case.
 * @param paidShareRatio - share of all events that are paid orders
 */
export class PlannedPace {
  readonly #campaign: CampaignReply;
  readonly #gmv: MinuteCurve;
  readonly #busiestMinor: number;
  readonly #ordersAtRate: number;
  readonly #basketMinor: number;

  constructor(
    campaign: CampaignReply,
    options: { ratePerSecond: number; paidShareRatio: number; basketMinor: number },
  ) {
    this.#campaign = campaign;
    this.#gmv = campaign.plans.gmv_paid_minor ?? { fromMinute: 0, values: [60 * options.basketMinor] };
    this.#busiestMinor = Math.max(1, ...this.#gmv.values);
    this.#ordersAtRate = options.ratePerSecond * options.paidShareRatio;
    this.#basketMinor = options.basketMinor;
  }

  /** @param atMs - event time, ms @param swell - noise around the plan, 1 = on it */
  at(atMs: number, swell = 1): Pace {
    const minutes = (atMs - this.#campaign.opensAt) / MINUTE_MS;
    const open = minutes >= 0 && atMs < this.#campaign.closesAt;
    const plannedMinor = open ? curveAt(this.#gmv, minutes) : 0;
    const openingMinor = this.#meanOfFirstHour();
    const gmvMinor = open ? plannedMinor : openingMinor * PREOPEN_RATIO * (1 + Math.max(0, 1 + minutes / 2));
    const wanted = gmvMinor / 60 / this.#basketMinor;
    const least = open ? this.#ordersAtRate * RATE_BOUNDS.least : this.#ordersAtRate * PREOPEN_RATIO;
    return {
      gmvPerSecondMinor: (gmvMinor / 60) * swell,
      paidOrdersPerSecond: Math.min(Math.max(wanted, least), this.#ordersAtRate * RATE_BOUNDS.most) * swell,
      busyRatio: Math.min(1, gmvMinor / this.#busiestMinor),
      minutes,
      swellRatio: swell,
    };
  }

  #meanOfFirstHour(): number {
    const first = this.#gmv.values.slice(0, 60);
    return first.reduce((sum, value) => sum + value, 0) / Math.max(1, first.length);
  }
}
