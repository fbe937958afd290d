import { describe, expect, it } from 'vitest';
import { EXECUTION_STATES, RUN_STATES, STEP_STATES, VERIFY_STATES } from '#contract/runbooks';
import {
  assertTransition,
  EXECUTION_TRANSITIONS,
  RUN_TRANSITIONS,
  STEP_TRANSITIONS,
  VERIFY_TRANSITIONS,
} from './states.ts';

/** Written out a second time on purpose: a change of a table must be meant. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  run: ['running→succeeded', 'running→failed', 'running→aborted', 'running→timedout'],
  step: [
    'pending→claimed',
    'pending→skipped',
    'claimed→claimed',
    'claimed→done',
    'claimed→failed',
    'claimed→skipped',
    'claimed→pending',
    'failed→claimed',
    'failed→skipped',
  ],
  action: [
    'awaiting→countdown',
    'awaiting→cancelled',
    'awaiting→expired',
    'countdown→sending',
    'countdown→cancelled',
    'sending→sending',
    'sending→sent',
    'sending→failed',
  ],
  check: ['waiting→passed', 'waiting→failed'],
};
const MACHINES = [
  ['run', RUN_TRANSITIONS, RUN_STATES, 'run_ended'],
  ['step', STEP_TRANSITIONS, STEP_STATES, 'step_settled'],
  ['action', EXECUTION_TRANSITIONS, EXECUTION_STATES, 'conflict'],
  ['check', VERIFY_TRANSITIONS, VERIFY_STATES, 'conflict'],
] as const;

describe.each(MACHINES)('%s', (what, table, states, code) => {
  const pairs = states.flatMap((from) => states.map((to) => [from, to] as const));
  it.each(pairs)('[RUN20] %s → %s', (from, to) => {
    const go = () =>
      assertTransition(what, table as Readonly<Record<string, readonly string[]>>, from as string, to as string);
    if (ALLOWED[what]?.includes(`${from}→${to}`)) expect(go).not.toThrow();
    else expect(go).toThrow(expect.objectContaining({ code }));
  });
});
