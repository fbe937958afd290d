import type { EventType } from '#contract/events';
import type { Json } from '../load-event.ts';
import type { Random } from '../random.ts';
import type { Vocabulary } from '../vocabulary.ts';
import { cancelData, fulfilData, type OrderFacts, orderData, paymentData, refundData } from './orders.ts';
import { appData, mentionData, serviceData, trafficData, visitData } from './samples.ts';
import type { ScenarioOptions } from './scenario.ts';

const KINDS = ['logistics', 'quality', 'after_sales', 'promo_rules', 'other'] as const;

export interface DataInput {
  readonly vocabulary: Vocabulary;
  readonly random: Random;
  readonly facts: OrderFacts;
  readonly slot: number;
  readonly ts: number;
  readonly options: ScenarioOptions;
}

/** The `data` of one fresh event. */
export function dataFor(type: EventType, input: DataInput): Readonly<Record<string, Json>> {
  const { vocabulary, random, facts, slot, ts, options } = input;
  const number = `${options.runTag}-${slot.toString(36)}`;
  switch (type) {
    case 'order.created':
    case 'order.deposited':
    case 'order.paid':
      return orderData(facts, vocabulary, random);
    case 'order.cancelled':
      return cancelData(facts, vocabulary, random);
    case 'order.refunded':
      return refundData(facts, random, `r-${number}`, ts);
    case 'order.shipped':
    case 'order.delivered':
      return fulfilData(facts, random, ts);
    case 'order.flagged':
      return { orderId: facts.orderId, reason: random.pick(['wash_trading', 'risk']), stopped: random.chance(0.95) };
    case 'payment.attempted':
      return paymentData(facts, vocabulary, random, `a-${number}`);
    case 'traffic.sampled':
      return trafficData(vocabulary, random);
    case 'visit.sampled':
      return visitData(vocabulary, random);
    case 'stock.counted':
    case 'stock.moved':
    case 'stock.checked':
      return stockData(type, vocabulary, random);
    case 'complaint.opened': {
      const { category, region } = facts;
      return {
        complaintId: `c-${number}`,
        kind: random.pick(KINDS),
        ...(random.chance(0.8) ? { category, region } : {}),
      };
    }
    case 'complaint.closed':
      return { complaintId: `c-${number}`, kind: random.pick(KINDS), satisfied: random.chance(0.92) };
    case 'service.sampled':
      return serviceData(vocabulary, random);
    case 'mention.sampled':
      return mentionData(vocabulary, random);
    case 'ad.reported':
      return adData(vocabulary, random, ts, options);
    case 'member.joined':
      return random.chance(0.7)
        ? { memberId: `m-${number}`, channel: facts.channel, region: facts.region }
        : { memberId: `m-${number}` };
    case 'charity.recorded':
      return random.chance(0.5)
        ? { amountMinor: random.below(5_000), kgCo2: random.below(4_000) / 1_000 }
        : { amountMinor: random.below(5_000) };
    case 'app.sampled':
      return appData(random);
    case 'rating.given':
      return random.chance(0.5)
        ? { score: random.between(0, 10), platform: facts.platform }
        : { score: random.between(0, 10) };
    case 'change.recorded':
      return { kind: 'deploy', title: `Release ${number}`, service: vocabulary.service.draw(random) };
    case 'source.heartbeat':
      return {};
  }
}

function stockData(type: EventType, vocabulary: Vocabulary, random: Random): Readonly<Record<string, Json>> {
  const { sku } = vocabulary.items.draw(random);
  const warehouse = vocabulary.warehouse.draw(random);
  if (type === 'stock.counted') return { sku, onHand: random.below(100_000), warehouse };
  if (type === 'stock.moved')
    return { sku, delta: random.chance(0.9) ? -random.between(1, 4) : random.between(50, 500), warehouse };
  const requested = random.between(1, 5);
  return { sku, requested, unmet: random.chance(0.97) ? 0 : random.between(1, requested), warehouse };
}

/** Cumulative spend of a channel's day grows with event time and with nothing else, so any order of arrival ends alike. */
function adData(
  vocabulary: Vocabulary,
  random: Random,
  ts: number,
  options: ScenarioOptions,
): Readonly<Record<string, Json>> {
  const channel = random.pick(vocabulary.channels);
  const day = new Intl.DateTimeFormat('en-CA', { timeZone: vocabulary.timeZone }).format(ts);
  const elapsedS = Math.max(0, Math.floor((ts - options.startMs + 3_600_000) / 1_000));
  const clicks = elapsedS * 10;
  return { channel, day, revision: elapsedS, spendMinor: elapsedS * 4_500, impressions: clicks * 50, clicks };
}
