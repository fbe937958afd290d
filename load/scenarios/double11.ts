import type { EventType } from '#contract/events';
import type { Json, LoadEvent } from '../load-event.ts';
import { Random, Weighted } from '../random.ts';
import { vocabularyOf } from '../vocabulary.ts';
import { brokenEvent } from './broken.ts';
import { dataFor } from './data.ts';
import { orderData, orderFacts } from './orders.ts';
import type { Scenario, ScenarioOptions, Slot } from './scenario.ts';

/** Share of each type among fresh events: mostly orders and payments, and some of everything else. */
const MIX = new Weighted<EventType>([
  ['order.created', 16],
  ['order.deposited', 4],
  ['order.paid', 27],
  ['order.cancelled', 3],
  ['order.refunded', 4],
  ['order.shipped', 4],
  ['order.delivered', 3],
  ['order.flagged', 0.5],
  ['payment.attempted', 20],
  ['traffic.sampled', 3],
  ['visit.sampled', 3],
  ['stock.counted', 0.6],
  ['stock.moved', 4],
  ['stock.checked', 2],
  ['complaint.opened', 1.2],
  ['complaint.closed', 0.9],
  ['service.sampled', 0.6],
  ['mention.sampled', 0.6],
  ['ad.reported', 0.3],
  ['member.joined', 1.5],
  ['charity.recorded', 0.6],
  ['app.sampled', 0.6],
  ['rating.given', 0.8],
  ['change.recorded', 0.1],
  ['source.heartbeat', 0.2],
]);
const SAMPLED: ReadonlySet<EventType> = new Set<EventType>([
  'traffic.sampled',
  'visit.sampled',
  'service.sampled',
  'mention.sampled',
  'app.sampled',
]);
const UNKNOWN_VALUE = 'never-heard-of';
/** The opening burst: this share of the items comes in this share of the time. */
const BURST = { itemRatio: 0.3, timeRatio: 0.15 } as const;
/** How far back a duplicate may reach, in items: nearby ones race their first copy, far ones meet it in the store. */
const REPEAT_REACH = 50_000;
/** Event time that one body of an unpaced run covers, ms. */
const SPREAD_MS = 1_000;
const SLOT_STREAM = 0x736c6f74;

/** The opening of a mega sale, seeded and pure; every slot can be made again from its number. */
export function double11(options: ScenarioOptions): Scenario {
  const { campaign, seed, runTag, itemCount, bodyItemCount, startMs, spanMs, madeAtMs, shares } = options;
  const vocabulary = vocabularyOf(campaign);
  const formOf = (body: number): 'ndjson' | 'cloudevents' =>
    new Random(seed ^ 0x666f726d, body).chance(shares.cloudEventsRatio) ? 'cloudevents' : 'ndjson';
  const dueMs = (slot: number): number => {
    const body = Math.floor(slot / bodyItemCount);
    if (madeAtMs !== undefined)
      return (madeAtMs[body] ?? 0) - ((bodyItemCount - 1 - (slot % bodyItemCount)) % SPREAD_MS);
    const done = slot / itemCount;
    if (options.isEven === true) return startMs + Math.floor(done * spanMs);
    const { itemRatio, timeRatio } = BURST;
    const ratio =
      done < itemRatio
        ? (done / itemRatio) * timeRatio
        : timeRatio + ((done - itemRatio) / (1 - itemRatio)) * (1 - timeRatio);
    return startMs + Math.floor(ratio * spanMs);
  };
  const kindOf = (slot: number): 'fresh' | 'repeat' | 'broken' => {
    const roll = new Random(seed ^ SLOT_STREAM, slot).next();
    if (roll < shares.brokenRatio) return 'broken';
    return slot > 0 && roll < shares.brokenRatio + shares.duplicateRatio ? 'repeat' : 'fresh';
  };
  const freshAt = (slot: number): LoadEvent => {
    const random = new Random(seed, slot);
    const late = random.chance(shares.lateRatio) ? random.between(5_000, Math.max(5_000, options.lateMaxMs)) : 0;
    let ts = dueMs(slot) - random.below(1_500) - late;
    const drawn = MIX.draw(random);
    const type = options.without?.includes(drawn) === true ? 'order.created' : drawn;
    if (SAMPLED.has(type)) ts = Math.floor(ts / 1_000) * 1_000;
    const data = dataOf(type, random, slot, ts);
    return { id: `${runTag}-${slot.toString(36)}`, source: sourceOf(type, random), type, ts, ...data };
  };
  const sourceOf = (type: EventType, random: Random): string =>
    `/load/${runTag}/${type.slice(0, type.indexOf('.'))}-${random.below(3)}`;
  const dataOf = (type: EventType, random: Random, slot: number, ts: number): Readonly<Record<string, Json>> => {
    // Orders are named a little ahead of and behind the slot, so that refunds and cancels often come before their order.
    const facts = orderFacts(vocabulary, seed, runTag, Math.max(0, slot + random.between(-2_000, 2_000)));
    const data = dataFor(type, { vocabulary, random, facts, slot, ts, options });
    return random.chance(shares.unknownRatio) ? withUnknown(data, random) : data;
  };
  const slotAt = (slot: number): Slot => {
    const kind = kindOf(slot);
    if (kind === 'fresh') return { kind: 'event', event: freshAt(slot), identity: slot };
    const random = new Random(seed ^ 0x72657074, slot);
    if (kind === 'repeat') {
      let first = slot - 1 - random.below(Math.min(slot, random.chance(0.5) ? bodyItemCount : REPEAT_REACH));
      while (first > 0 && kindOf(first) !== 'fresh') first -= 1;
      if (kindOf(first) === 'fresh') return { kind: 'event', event: freshAt(first), identity: first };
      return { kind: 'event', event: freshAt(slot), identity: slot };
    }
    const facts = orderFacts(vocabulary, seed, runTag, slot);
    const good = {
      id: `${runTag}-x${slot.toString(36)}`,
      source: `/load/${runTag}/order-0`,
      type: 'order.paid',
      ts: dueMs(slot),
      ...orderData(facts, vocabulary, random),
    };
    const form = formOf(Math.floor(slot / bodyItemCount));
    return { kind: 'broken', ...brokenEvent(good, form, random, options.horizonMs) };
  };
  return { options, bodyCount: Math.ceil(itemCount / bodyItemCount), slotAt, dueMs, formOf };
}

function withUnknown(data: Readonly<Record<string, Json>>, random: Random): Readonly<Record<string, Json>> {
  const known = ['category', 'region', 'channel', 'service', 'method', 'topic'].filter((field) => field in data);
  return known.length === 0 ? data : { ...data, [random.pick(known)]: UNKNOWN_VALUE };
}
