import { describe, expect, it } from 'vitest';
import { cellTier } from './path-tier.ts';

const alert = (rule: string, service: string, tier: 'red' | 'orange' | 'blue') => ({ rule, labels: { service }, tier });

describe('a cell of the path', () => {
  for (const [title, got, want] of [
    ['is plain without figure tier or alert', cellTier(undefined, [], 'cart', 'qps@1m'), undefined],
    ['has its figure’s tier', cellTier('cyan', [], 'cart', 'qps@1m'), 'cyan'],
    ['takes an alert about it', cellTier(undefined, [alert('TrafficDrop', 'cart', 'red')], 'cart', 'qps@1m'), 'red'],
    [
      'not one about another service',
      cellTier(undefined, [alert('TrafficDrop', 'order', 'red')], 'cart', 'qps@1m'),
      undefined,
    ],
    [
      'not one about another figure',
      cellTier(undefined, [alert('ServiceErrors', 'cart', 'red')], 'cart', 'qps@1m'),
      undefined,
    ],
    [
      'the higher one wins',
      cellTier('orange', [alert('CapacityLow', 'cart', 'blue')], 'cart', 'capacity_headroom@1m'),
      'orange',
    ],
  ] as const)
    it(`[PAGE42] ${title}`, () => expect(got).toBe(want));
});
