import { expect, it } from 'vitest';
import { anAlert } from '../server/test/alert-kit.ts';
import { handlingChange } from './changes.ts';
import { NEW_GROUP } from './domain/group.ts';
import { applyCommand, changeTier, expireAck, type HandlingChange } from './domain/handling.ts';
import type { AlertRecord } from './record.ts';

const lin = { id: 'u-lin', name: 'Lin Yue' };
const zhao = { id: 'u-zhao', name: 'Zhao Ming' };
const held = anAlert({ handling: 'acknowledged', owner: lin, acknowledgedAt: 1, ackExpiresAt: 2 });
const STEP = { waitMs: 0, posts: ['boss'], role: 'A' as const };
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

it('[ALR89] what a raised tier, a person’s escalation, a withdrawal or time takes from its owner says from whom, and to those who were told', () => {
  const record: AlertRecord = { ...held, engine };
  const policies = [
    { id: 'p', tiers: ['orange' as const, 'red' as const], steps: [STEP], repeatCount: 0, repeatWaitMs: 0 },
  ];
  const actor = { kind: 'user' as const, ...zhao, role: 'oncall' as const };
  const written = (change: HandlingChange | null) => {
    if (change === null) throw new Error('nothing changed');
    const { history, timeline, due } = handlingChange(record, change, { actor, policies, group: NEW_GROUP, nowMs: 5 });
    const payload = (queue: string) => due.findLast((one) => one.queue === queue && one.op === 'set');
    const [tell, page] = [payload('tell'), payload('escalate')];
    const [told, paged] = [tell, page].map((one) => (one !== undefined && 'payload' in one ? one.payload : {}));
    const { what } = told as { what?: string };
    const { reason, byHand } = paged as { reason?: string; byHand?: boolean };
    return [history[0]?.from, timeline[0]?.params.from, what, byHand === true ? 'by hand' : reason];
  };
  expect(written(changeTier(record, 'red', 5))).toEqual(['Lin Yue', 'Lin Yue', 'reopened', 'severity raised']);
  expect(written(expireAck(record, 5))).toEqual(['Lin Yue', 'Lin Yue', 'reopened', 'ack expired']);
  const withdrawn = applyCommand(record, { verb: 'unacknowledge' }, zhao, 5);
  expect(written(withdrawn)).toEqual(['Lin Yue', 'Lin Yue', 'reopened', 'ack withdrawn']);
  expect(written(applyCommand(record, { verb: 'escalate' }, zhao, 5))).toEqual([
    'Lin Yue',
    'Lin Yue',
    'reopened',
    'by hand',
  ]);
});
