import type { Json } from '../load-event.ts';
import { Random } from '../random.ts';
import type { Vocabulary } from '../vocabulary.ts';

type Data = Readonly<Record<string, Json>>;

/** Facts of an order that all its events repeat: a pure function of the seed and the order's number. */
export interface OrderFacts {
  readonly orderId: string;
  readonly amountMinor: number;
  readonly category: string;
  readonly region: string;
  readonly channel: string;
  readonly platform: 'mobile' | 'web';
  readonly buyerId: string;
}

/** Orders draw from a stream of their own: several events name the same order. */
const ORDER_STREAM = 0x6f726465;
const REASONS = ['size', 'late delivery', 'changed my mind', '质量问题', 'not as described'];

export function orderFacts(vocabulary: Vocabulary, seed: number, runTag: string, number: number): OrderFacts {
  const random = new Random(seed ^ ORDER_STREAM, number);
  return {
    orderId: `${runTag}-o${number.toString(36)}`,
    // Around 198 yuan, long tail, whole fen; a handful are free of charge.
    amountMinor: random.chance(0.001) ? 0 : Math.max(1, Math.round(16_000 * Math.exp(0.65 * random.normal()))),
    category: vocabulary.category.draw(random),
    region: vocabulary.region.draw(random),
    channel: vocabulary.channel.draw(random),
    platform: random.chance(0.82) ? 'mobile' : 'web',
    buyerId: `${runTag}-b${random.below(50_000).toString(36)}`,
  };
}

/** Fields of `order.created`, `order.deposited`, `order.paid`, `order.cancelled`. */
export function orderData(facts: OrderFacts, vocabulary: Vocabulary, random: Random): Data {
  const data: Record<string, Json> = { ...facts };
  if (random.chance(0.2)) delete data.buyerId;
  if (random.chance(0.6)) data.newBuyer = random.chance(0.35);
  if (random.chance(0.6)) data.buyerOrders365d = random.below(5);
  if (random.chance(0.3)) data.merchant = `m-${random.below(400)}`;
  if (random.chance(0.5)) {
    data.items = Array.from({ length: random.between(1, 3) }, () => {
      const item = { sku: vocabulary.items.draw(random).sku, quantity: random.between(1, 3) };
      return random.chance(0.5) ? { ...item, amountMinor: random.below(20_000) } : item;
    });
  }
  if (random.chance(0.25)) data.stage = random.chance(0.5) ? 'full' : 'balance';
  return data;
}

export const cancelData = (facts: OrderFacts, vocabulary: Vocabulary, random: Random): Data =>
  random.chance(0.7)
    ? { ...orderData(facts, vocabulary, random), by: random.chance(0.2) ? 'seller' : 'buyer' }
    : orderData(facts, vocabulary, random);

/** A refund of some order, which may not have arrived yet. */
export function refundData(facts: OrderFacts, random: Random, refundId: string, atMs: number): Data {
  const { buyerId: _, platform, ...order } = facts;
  const data: Record<string, Json> = { ...order, refundId };
  if (random.chance(0.7)) data.platform = platform;
  data.amountMinor = random.chance(0.8) ? facts.amountMinor : Math.floor(facts.amountMinor / 2);
  if (random.chance(0.8)) data.paidAt = atMs - random.below(120_000);
  if (random.chance(0.6)) data.requestedAt = atMs - random.below(80 * 3_600_000);
  if (random.chance(0.5)) data.reason = random.pick(REASONS);
  return data;
}

/** `order.shipped` and `order.delivered`. */
export function fulfilData({ orderId, region }: OrderFacts, random: Random, atMs: number): Data {
  const data: Record<string, Json> = { orderId, region };
  if (random.chance(0.8)) data.paidAt = atMs - random.below(90 * 3_600_000);
  if (random.chance(0.8)) data.promisedAt = atMs + random.between(-6, 48) * 3_600_000;
  if (random.chance(0.3)) data.merchant = `m-${random.below(400)}`;
  return data;
}

export function paymentData(
  { orderId, region }: OrderFacts,
  vocabulary: Vocabulary,
  random: Random,
  attemptId: string,
): Data {
  const data: Record<string, Json> = {
    orderId,
    attemptId,
    result: random.chance(0.985) ? 'succeeded' : 'failed',
    method: vocabulary.method.draw(random),
  };
  if (random.chance(0.9)) data.latencyMs = Math.round(120 * Math.exp(0.8 * random.normal()));
  if (random.chance(0.7)) data.region = region;
  return data;
}
