import type { Execution, RunStep } from './runbooks.ts';

/** The execution that can still be taken back: what was sent, also when an undoing of it was cancelled, expired or failed; null: nothing. */
export function undoableId(execution: Execution | null): string | null {
  if (execution === null) return null;
  const { state, direction, id, undoes } = execution;
  if (direction === 'do') return state === 'sent' ? id : null;
  return state === 'cancelled' || state === 'expired' || state === 'failed' ? undoes : null;
}
/** Whether the action of a step has been carried out and not been taken back. */
export const actionRan = ({ execution }: Pick<RunStep, 'execution'>): boolean =>
  execution !== null && (execution.direction === 'do') === (execution.state === 'sent');
/** Since when its owner has had a step, ms; null: nobody has it. */
export const claimedSince = ({ attempts, owner }: Pick<RunStep, 'attempts' | 'owner'>): number | null =>
  owner === null ? null : (attempts.findLast(({ endedAt }) => endedAt === null)?.startedAt ?? null);
