import { Compile } from 'typebox/compile';
import { describe, expect, it } from 'vitest';
import { EVENT_TYPES, type EventType, flatSchema } from '#contract/events';
import { bodyAt } from '../generate.ts';
import { sampleCampaign } from '../sample-campaign.ts';
import { double11 } from './double11.ts';
import type { ScenarioOptions } from './scenario.ts';

const campaign = sampleCampaign();
const options = (over: Partial<ScenarioOptions> = {}): ScenarioOptions => ({
  campaign,
  seed: 42,
  runTag: 'run1',
  itemCount: 20_000,
  bodyItemCount: 500,
  startMs: campaign.opensAt,
  spanMs: 60_000,
  lateMaxMs: 300_000,
  horizonMs: 900_000,
  shares: { duplicateRatio: 0.1, lateRatio: 0.05, brokenRatio: 0.02, unknownRatio: 0.01, cloudEventsRatio: 0.1 },
  ...over,
});

describe('double11', () => {
  const scenario = double11(options());
  const slots = Array.from({ length: 20_000 }, (_, slot) => scenario.slotAt(slot));
  const events = slots.flatMap((slot) => (slot.kind === 'event' ? [slot] : []));

  it('[LOAD2] a slot can be made again from its number, and the seed decides', () => {
    expect(double11(options()).slotAt(777)).toEqual(slots[777]);
    expect(bodyAt(scenario, 3).bytes.equals(bodyAt(double11(options()), 3).bytes)).toBe(true);
    expect(double11(options({ seed: 43 })).slotAt(777)).not.toEqual(slots[777]);
  });
  it('[LOAD3] every event fits its published schema', () => {
    const checks = new Map(EVENT_TYPES.map((type) => [type, Compile(flatSchema(type))]));
    for (const { event } of events) {
      const check = checks.get(event.type);
      if (check?.Check(event) !== true) expect(check?.Errors(event)[0], JSON.stringify(event)).toBeUndefined();
    }
  });
  it('[LOAD3] every type is sent', () => {
    const types = new Set<EventType>(events.map(({ event }) => event.type));
    expect(EVENT_TYPES.filter((type) => !types.has(type))).toEqual([]);
  });
  it('[LOAD4] shares are kept', () => {
    const share = (count: number): number => count / slots.length;
    expect(share(slots.filter(({ kind }) => kind === 'broken').length)).toBeCloseTo(0.02, 2);
    const repeats = events.length - new Set(events.map(({ identity }) => identity)).size;
    expect(share(repeats)).toBeCloseTo(0.1, 1.5);
    const late = slots.filter(
      (slot, n) => slot.kind === 'event' && slot.identity === n && slot.event.ts < scenario.dueMs(n) - 4_000,
    );
    expect(share(late.length)).toBeCloseTo(0.05, 1.5);
  });
  it('[LOAD4] a repeat is the same event, byte for byte', () => {
    for (const { event, identity } of events) {
      const first = slots[identity];
      if (first?.kind === 'event') expect(first.event).toEqual(event);
    }
  });
  it('[LOAD4] refunds come before their orders too', () => {
    const paidAt = new Map<unknown, number>();
    slots.forEach((slot, n) => {
      if (slot.kind === 'event' && slot.event.type === 'order.paid') paidAt.set(slot.event.orderId, n);
    });
    const early = slots.filter(
      (slot, n) =>
        slot.kind === 'event' && slot.event.type === 'order.refunded' && (paidAt.get(slot.event.orderId) ?? -1) > n,
    );
    expect(early.length).toBeGreaterThan(3);
  });
  it('[LOAD5] ids of two runs never meet', () => {
    const other = double11(options({ runTag: 'run2' }));
    const ids = new Set(events.map(({ event }) => event.id));
    for (let slot = 0; slot < 2_000; slot += 1) {
      const planned = other.slotAt(slot);
      if (planned.kind === 'event') expect(ids.has(planned.event.id)).toBe(false);
    }
  });
  it('[LOAD6] the opening is a burst: 30 % of the items in 15 % of the time', () => {
    const early = slots.filter((_, n) => scenario.dueMs(n) < campaign.opensAt + 9_000).length;
    expect(early / slots.length).toBeCloseTo(0.3, 2);
  });
});
