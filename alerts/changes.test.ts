import { expect, it } from 'vitest';
import { anAlert } from '../server/test/alert-kit.ts';
import { handlingChange } from './changes.ts';
import { NEW_GROUP } from './domain/group.ts';
import { applyCommand } from './domain/handling.ts';
import type { AlertRecord } from './record.ts';

const lin = { id: 'u-lin', name: 'Lin Yue' };
const zhao = { id: 'u-zhao', name: 'Zhao Ming' };
const held = anAlert({ handling: 'acknowledged', owner: lin, acknowledgedAt: 1, ackExpiresAt: 2 });
const engine = { sinceMs: 0, activeSinceMs: 0, starts: [], handTier: null };

it('[ALR85] what is taken over, or given on, says on timeline and history from whom; what was nobody’s, or is renewed, does not', () => {
  const written = (alert: typeof held, command: Parameters<typeof applyCommand>[1]) => {
    const record: AlertRecord = { ...alert, engine };
    const actor = { kind: 'user' as const, ...zhao, role: 'oncall' as const };
    const context = { actor, policies: [], group: NEW_GROUP, nowMs: 5 };
    const { history, timeline } = handlingChange(record, applyCommand(record, command, zhao, 5), context);
    return [history[0]?.from, timeline[0]?.params.from];
  };
  expect(written(held, { verb: 'acknowledge', takeOver: true })).toEqual(['Lin Yue', 'Lin Yue']);
  expect(written(held, { verb: 'assign', owner: zhao })).toEqual(['Lin Yue', 'Lin Yue']);
  expect(written({ ...held, owner: zhao }, { verb: 'acknowledge' })).toEqual([undefined, undefined]);
  expect(written(anAlert(), { verb: 'acknowledge' })).toEqual([undefined, undefined]);
});
