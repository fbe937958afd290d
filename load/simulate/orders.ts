import type { Json, LoadEvent } from '../load-event.ts';
import type { Random } from '../random.ts';
import type { Agenda } from './agenda.ts';
import type { Pace } from './pace.ts';
import type { SaleSettings } from './settings.ts';
import type { Trouble } from './troubles.ts';

export interface OrderStreamOptions {
  readonly settings: SaleSettings;
  readonly random: Random;
  readonly agenda: Agenda;
  /** Part of every id, new in each life of the simulator. */
  readonly runTag: string;
  /** Source of an order system / a warehouse, by region. */
  readonly zoneOf: (region: string) => string;
  readonly skuFor: (category: string, random: Random) => string;
  readonly isPaidChannel: (channel: string) => boolean;
  /** Where a buyer came from after all, when ads bring more or less than planned; absent: as drawn. */
  readonly reroute?: (channel: string, random: Random) => string;
}
interface Order {
  readonly orderId: string;
  readonly amountMinor: number;
  readonly category: string;
  readonly region: string;
  readonly channel: string;
  readonly platform: 'mobile' | 'web';
}
/** When an order whose callback was lost is found: from then on, within so long. */
const FOUND_AFTER_MS = 150_000;
const FOUND_WITHIN_MS = 1_350_000;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const BUYERS_COUNT = 4_000_000;
const UNKNOWN_CHANNEL = 'mini-game';

/** Deposits come before the sale: this many times as many for each paid order. */
const PREOPEN_DEPOSITS = 25;

/** The life of orders, from placed to refunded, as separate systems see it. */
export class OrderStream {
  readonly #options: OrderStreamOptions;
  #number = 0;

  constructor(options: OrderStreamOptions) {
    this.#options = options;
  }

  /** Everything that starts in `[fromMs, toMs)`. */
  tick(fromMs: number, toMs: number, pace: Pace, trouble: Trouble, open: boolean): void {
    const { random, settings } = this.#options;
    const seconds = (toMs - fromMs) / 1_000;
    const paid = random.poisson(pace.paidOrdersPerSecond * seconds);
    const meanMinor = pace.gmvPerSecondMinor / pace.paidOrdersPerSecond;
    const at = (): number => fromMs + random.below(toMs - fromMs);
    for (let n = 0; n < paid; n += 1) this.#paidOrder(at(), meanMinor, trouble, open);
    const each = (ratio: number, act: (order: Order, atMs: number) => void): void => {
      for (let n = random.poisson(paid * ratio); n > 0; n -= 1) act(this.#order(meanMinor), at());
    };
    const { ratio } = settings;
    const balanceRatio = open ? ratio('deposited') * ratio('balance_per_deposit') : 0;
    each(Math.max(0, ratio('created_per_paid') - 1 + balanceRatio), (order, atMs) =>
      this.#send('orders', order, atMs, 'order.created', this.#details(order)),
    );
    each(ratio('deposited') * (open ? 1 : PREOPEN_DEPOSITS), (order, atMs) => {
      const amountMinor = Math.ceil(order.amountMinor / 10);
      this.#send('orders', order, atMs, 'order.deposited', { ...order, amountMinor });
    });
    each(ratio('cancelled'), (order, atMs) => this.#cancelled(order, atMs));
    each(ratio('refunded'), (order, atMs) => this.#refunded(order, atMs));
    each(ratio('shipped'), (order, atMs) => this.#shipped(order, atMs));
    each(ratio('delivered'), (order, atMs) => this.#delivered(order, atMs, trouble));
    each(ratio('flagged') * trouble.flaggedFactor, (order, atMs) => this.#flagged(order, atMs, trouble));
  }

  #paidOrder(atMs: number, meanMinor: number, trouble: Trouble, open: boolean): void {
    const { settings, random, agenda } = this.#options;
    const order = this.#order(meanMinor);
    // Balances of presale orders: these were placed and part paid days ago.
    const balance = open && random.chance(settings.ratio('deposited') * settings.ratio('balance_per_deposit'));
    const placedMs = atMs;
    const payMs = placedMs + (balance ? 0 : Math.round(400 + 2_600 * random.next() ** 2));
    if (!balance) this.#send('orders', order, placedMs, 'order.created', this.#details(order));
    const failing = settings.ratio('payment_failed');
    const method = settings.choice('method').draw(random);
    let attemptMs = payMs;
    for (let attempt = 0; ; attempt += 1) {
      const failed = random.chance(
        method === trouble.paymentMethod ? Math.max(failing, trouble.paymentFailedRatio) : failing,
      );
      const latencyMs = Math.round(
        settings.ratio('payment_latency_ms') * Math.exp(0.55 * random.normal()) * (failed ? 12 : 1),
      );
      attemptMs += latencyMs;
      this.#payment(order, attemptMs, method, failed, latencyMs);
      if (!failed) break;
      if (attempt === 2) return;
      attemptMs += 1_500 + random.below(2_500);
    }
    const lost = random.chance(trouble.callbacksLostRatio);
    const data = { ...this.#details(order), ...this.#buyer(order.channel), stage: balance ? 'balance' : 'full' };
    // Paid at the instant its payment succeeded, and known a little later. A callback that is lost is found by hand or by polling,
    // minutes later, and dated when it is found: one by one, so that as many found as lost do not hide a trouble that lasts.
    const paidMs = attemptMs + (lost ? FOUND_AFTER_MS + random.below(FOUND_WITHIN_MS) : 0);
    const late = random.chance(settings.ratio('late')) ? 5_000 + random.below(40_000) : 20 + random.below(80);
    const source = `/orders/${this.#options.zoneOf(order.region)}`;
    agenda.add(paidMs + late, source, this.#event('order.paid', source, paidMs, data));
  }

  #payment(order: Order, atMs: number, method: string, failed: boolean, latencyMs: number): void {
    const { random, agenda } = this.#options;
    const event = this.#event('payment.attempted', '/payments', atMs, {
      orderId: order.orderId,
      attemptId: `a${this.#nextNumber()}`,
      result: failed ? 'failed' : 'succeeded',
      method,
      latencyMs,
      region: order.region,
    });
    agenda.add(atMs, '/payments', event);
    // Payment providers repeat some of their callbacks: the same event, a little later.
    if (random.chance(0.003)) agenda.add(atMs + 2_000, '/payments', event);
  }

  #cancelled(order: Order, atMs: number): void {
    const { random, settings } = this.#options;
    const by = random.chance(settings.ratio('cancelled_by_seller')) ? 'seller' : 'buyer';
    this.#send('orders', order, atMs, 'order.cancelled', { ...order, by });
  }

  #refunded(order: Order, atMs: number): void {
    const { random } = this.#options;
    const requestedAt = atMs - Math.round((2 + 14 * random.next()) * HOUR_MS);
    const refundId = `r${this.#nextNumber()}`;
    const paidAt = atMs - 1_000 - random.below(60_000);
    const reason = random.pick(['七天无理由', 'size', 'arrived late', 'changed my mind']);
    this.#send('orders', order, atMs, 'order.refunded', { ...order, refundId, paidAt, requestedAt, reason });
  }

  #shipped({ orderId, region }: Order, atMs: number): void {
    const { random, settings } = this.#options;
    const hours = random.chance(settings.ratio('shipped_72h')) ? 70 * random.next() : 73 + 20 * random.next();
    this.#send('warehouse', { region }, atMs, 'order.shipped', {
      orderId,
      region,
      paidAt: atMs - Math.round(hours * HOUR_MS),
    });
  }

  #delivered({ orderId, region }: Order, atMs: number, trouble: Trouble): void {
    const { random, settings } = this.#options;
    const troubled = trouble.onTimeRatio !== null && trouble.complaintRegion === region;
    const onTime = random.chance(troubled ? (trouble.onTimeRatio ?? 1) : settings.ratio('on_time'));
    const promisedAt = atMs + (onTime ? 1 : -1) * random.between(1, 20) * HOUR_MS;
    const paidAt = atMs - 2 * DAY_MS;
    this.#send('warehouse', { region }, atMs, 'order.delivered', { orderId, region, paidAt, promisedAt });
  }

  #flagged({ orderId, region }: Order, atMs: number, trouble: Trouble): void {
    const { random, settings } = this.#options;
    const stopped = random.chance(trouble.flaggedStoppedRatio ?? settings.ratio('flagged_stopped'));
    const reason = random.chance(0.3) ? 'wash_trading' : 'risk';
    this.#send('orders', { region }, atMs, 'order.flagged', { orderId, reason, stopped });
  }

  #order(meanMinor: number): Order {
    const { settings, random } = this.#options;
    const category = settings.choice('category').draw(random);
    const basket = ((settings.basketMinor.get(category) ?? meanMinor) / settings.meanBasketMinor) * meanMinor;
    return {
      orderId: `o${this.#nextNumber()}`,
      // Log-normal around the category's basket; exp(σ²/2) keeps the mean.
      amountMinor: Math.max(1, Math.round(basket * Math.exp(0.5 * random.normal() - 0.125))),
      category,
      region: settings.choice('region').draw(random),
      channel: random.chance(0.0008) ? UNKNOWN_CHANNEL : this.#channel(),
      platform: settings.choice('platform').draw(random) === 'web' ? 'web' : 'mobile',
    };
  }

  #channel(): string {
    const { random, settings, reroute } = this.#options;
    const drawn = settings.choice('channel').draw(random);
    return reroute === undefined ? drawn : reroute(drawn, random);
  }

  #details(order: Order): Readonly<Record<string, Json>> {
    const { random, settings, skuFor } = this.#options;
    if (!random.chance(settings.ratio('listed_item'))) return { ...order };
    return { ...order, items: [{ sku: skuFor(order.category, random), quantity: random.chance(0.8) ? 1 : 2 }] };
  }

  #buyer(channel: string): Readonly<Record<string, Json>> {
    const { random, settings, isPaidChannel } = this.#options;
    const newBuyer = random.chance(settings.ratio(isPaidChannel(channel) ? 'new_buyer_ads' : 'new_buyer'));
    const repeat = random.chance(settings.ratio('repeat_buyer'));
    return {
      buyerId: `b${random.below(BUYERS_COUNT).toString(36)}`,
      newBuyer,
      buyerOrders365d: repeat ? random.between(2, 30) : 1,
    };
  }

  #send(
    system: 'orders' | 'warehouse',
    { region }: { region: string },
    atMs: number,
    type: LoadEvent['type'],
    data: Readonly<Record<string, Json>>,
  ): void {
    const source = `/${system}/${this.#options.zoneOf(region)}`;
    this.#options.agenda.add(atMs, source, this.#event(type, source, atMs, data));
  }

  #event(type: LoadEvent['type'], source: string, ts: number, data: Readonly<Record<string, Json>>): LoadEvent {
    return { id: `${this.#nextNumber()}`, source, type, ts, ...data };
  }

  #nextNumber(): string {
    this.#number += 1;
    return `${this.#options.runTag}-${this.#number.toString(36)}`;
  }
}
