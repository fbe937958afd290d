import type { ErrorCode } from '#contract/errors';
import type { BodyItem, Json } from '../load-event.ts';
import type { Random } from '../random.ts';

type Fields = Readonly<Record<string, Json>>;
interface BrokenKind {
  readonly title: string;
  /** Any of these is a right answer. */
  readonly codes: readonly ErrorCode[];
  /** CloudEvents ignore unknown attributes as extensions, so some faults exist in the flat form only. */
  readonly flatOnly?: true;
  readonly spoil: (good: Fields, times: { readonly horizonMs: number }) => BodyItem;
}

const order = (change: Fields) => (good: Fields) => ({ ...good, ...change });
const without = (field: string) => (good: Fields) => {
  const { [field]: _, ...rest } = good;
  return rest;
};
const HOUR_MS = 3_600_000;
const amount: readonly ErrorCode[] = ['validation', 'out_of_range'];

/** Ways to spoil a good `order.paid` event; the server must refuse each by itself and keep its neighbours. */
export const BROKEN_KINDS: readonly BrokenKind[] = [
  { title: 'line cut off', codes: ['bad_json'], flatOnly: true, spoil: (good) => JSON.stringify(good).slice(0, -9) },
  { title: 'no object', codes: ['validation'], flatOnly: true, spoil: () => '[1,2]' },
  { title: 'bare NaN', codes: ['bad_json'], flatOnly: true, spoil: ({ id }) => `{"id":"${id}","amountMinor":NaN}` },
  { title: 'amount as text', codes: ['validation'], spoil: order({ amountMinor: '100' }) },
  { title: 'amount null', codes: ['validation'], spoil: order({ amountMinor: null }) },
  { title: 'amount true', codes: ['validation'], spoil: order({ amountMinor: true }) },
  { title: 'amount in a list', codes: ['validation'], spoil: order({ amountMinor: [100] }) },
  { title: 'amount with a fraction', codes: ['validation'], spoil: order({ amountMinor: 1.5 }) },
  { title: 'amount below zero', codes: amount, spoil: order({ amountMinor: -1 }) },
  { title: 'amount of 2^53', codes: amount, spoil: order({ amountMinor: 9_007_199_254_740_992 }) },
  { title: 'no order id', codes: ['validation'], spoil: without('orderId') },
  { title: 'no category', codes: ['validation'], spoil: without('category') },
  { title: 'no id', codes: ['validation'], spoil: without('id') },
  { title: 'empty id', codes: ['validation'], spoil: order({ id: '' }) },
  { title: 'id of 200 characters', codes: ['validation'], spoil: order({ id: 'x'.repeat(200) }) },
  { title: 'space in the order id', codes: ['validation'], spoil: order({ orderId: 'a b' }) },
  { title: 'control character in the category', codes: ['validation'], spoil: order({ category: 'be\u0007auty' }) },
  { title: 'bidirectional override in the region', codes: ['validation'], spoil: order({ region: 'zhe\u202ejiang' }) },
  { title: 'unknown platform', codes: ['validation'], spoil: order({ platform: 'tv' }) },
  { title: 'unknown stage', codes: ['validation'], spoil: order({ stage: 'half' }) },
  { title: 'new buyer as text', codes: ['validation'], spoil: order({ newBuyer: 'yes' }) },
  { title: 'no units in an item', codes: ['validation'], spoil: order({ items: [{ sku: 'a', quantity: 0 }] }) },
  { title: 'items as an object', codes: ['validation'], spoil: order({ items: { sku: 'a', quantity: 1 } }) },
  { title: 'unknown field', codes: ['validation'], flatOnly: true, spoil: order({ colour: 'red' }) },
  { title: 'unknown type', codes: ['validation'], spoil: order({ type: 'order.payed' }) },
  { title: 'no time', codes: ['validation'], flatOnly: true, spoil: without('ts') },
  {
    title: 'seconds instead of milliseconds',
    codes: ['validation', 'too_late'],
    flatOnly: true,
    spoil: (good) => ({ ...good, ts: Math.floor(Number(good.ts) / 1_000) }),
  },
  {
    title: 'hours in the future',
    codes: ['in_future'],
    spoil: (good) => ({ ...good, ts: Number(good.ts) + 3 * HOUR_MS }),
  },
  {
    title: 'older than the horizon',
    codes: ['too_late'],
    spoil: (good, { horizonMs }) => ({ ...good, ts: Number(good.ts) - horizonMs - HOUR_MS }),
  },
  {
    title: 'edge that is not published',
    codes: ['unknown_edge', 'validation'],
    spoil: ({ id, source, ts }) => ({
      id: id ?? '',
      source: source ?? '',
      type: 'traffic.sampled',
      ts: ts ?? 0,
      service: 'search',
      periodMs: 1_000,
      requests: 3,
      errors: 0,
      latency: [[123, 3]],
    }),
  },
  {
    title: 'period of a second and a half',
    codes: ['validation'],
    spoil: ({ id, source, ts }) => ({
      id: id ?? '',
      source: source ?? '',
      type: 'traffic.sampled',
      ts: ts ?? 0,
      service: 'search',
      periodMs: 1_500,
      requests: 3,
      errors: 0,
    }),
  },
  {
    title: 'score of eleven',
    codes: ['validation'],
    spoil: ({ id, source, ts }) => ({
      id: id ?? '',
      source: source ?? '',
      type: 'rating.given',
      ts: ts ?? 0,
      score: 11,
    }),
  },
];

const flatOnlyExcluded = BROKEN_KINDS.filter(({ flatOnly }) => flatOnly !== true);

export function brokenEvent(
  good: Fields,
  form: 'ndjson' | 'cloudevents',
  random: Random,
  horizonMs: number,
): { item: BodyItem; codes: readonly ErrorCode[] } {
  const kind = random.pick(form === 'ndjson' ? BROKEN_KINDS : flatOnlyExcluded);
  return { item: kind.spoil(good, { horizonMs }), codes: kind.codes };
}
