import type { Principal, Role } from '#contract/permissions';
import type { PlatformLink } from '#contract/platforms';
import type { DueWork } from '../../room/due.ts';

/** A platform that charges up to 1.2 of what was spent. */
export const LINK: PlatformLink = {
  objectId: 'o',
  hook: 'ads',
  quotaCount: 10,
  quotaWindowS: 60,
  minMinor: 0,
  maxMinor: 1e13,
  minStepMinor: 100,
  floorSpentRatio: 1.2,
  floorSpentPlusMinor: 5_000,
  overdeliveryFactor: 1,
  overdeliveryOf: 'present',
};
const ROLES: readonly Role[] = ['marketing', 'finance', 'commander'];
export const PEOPLE: readonly Principal[] = Array.from({ length: 12 }, (_, i) => ({
  kind: 'user',
  id: `u${i}`,
  name: `Person ${i}`,
  role: ROLES[i % 3] as Role,
  sessionId: `s${i}`,
}));
/** Due work is run by the actors themselves. */
export const noDue: DueWork = {
  register: () => undefined,
  schedule: async () => 0,
  cancel: async () => true,
  claim: async () => [],
  settle: async () => true,
  start: () => undefined,
  nudge: () => undefined,
  stop: async () => undefined,
  stats: () => ({
    claimedCount: 0,
    settledCount: 0,
    staleCount: 0,
    failedCount: 0,
    clockJumpCount: 0,
    inFlightCount: 0,
    lastLateByMs: 0,
  }),
};
export const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
