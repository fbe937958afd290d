import { describe, expect, it } from 'vitest';
import { TIMELINE_KINDS } from '#contract/timeline';
import {
  groupOf,
  isEmpty,
  KNOWN_GROUPS,
  kindsOf,
  liveFilter,
  NO_FILTER,
  readFilter,
  serverQuery,
  writeFilter,
} from './filter.ts';

describe('the timeline’s filter', () => {
  it('[PAGE12] every kind is in one group, and every group that is offered has kinds', () => {
    expect(kindsOf(KNOWN_GROUPS)).toEqual([...TIMELINE_KINDS]);
    expect([groupOf('alert.storm'), groupOf('run.ended'), groupOf('note'), groupOf('login.refused')]).toEqual([
      'alerts',
      'runs',
      'notes',
      'security',
    ]);
    expect(groupOf('campaign.reloaded')).toBe('changes');
    expect(groupOf('campaign.phase')).toBe('system');
    expect([groupOf('advice.lost'), groupOf('receivers.reloaded')]).toEqual(['money', 'changes']);
  });
  it('[PAGE12] the address holds all of it: written, read back, the same', () => {
    const filter = {
      groups: ['alerts', 'notes'] as const,
      who: 'u-lin',
      tier: 'red',
      text: '支付 & co=1',
      fromMs: 1_700_000_000_000,
      toMs: 1_700_000_900_000,
    };
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(writeFilter(filter))) if (value !== null) query.set(name, value);
    expect(readFilter(new URLSearchParams(query.toString()))).toEqual(filter);
    expect(isEmpty(filter)).toBe(false);
  });
  it('[PAGE12] nonsense in the address is no filter', () => {
    expect(readFilter(new URLSearchParams('kinds=cats&tier=green&from=soon&to=1'))).toEqual(NO_FILTER);
    expect(isEmpty(NO_FILTER)).toBe(true);
  });
  it('[PAGE12] the server and what comes live are asked the same', () => {
    const filter = { ...NO_FILTER, groups: ['notes' as const], tier: 'red', text: 'x' };
    expect(serverQuery(filter).toString()).toBe('kinds=note&tier=red&text=x');
    expect(liveFilter(filter)).toEqual({ kinds: ['note'], tier: 'red', text: 'x' });
  });
});
