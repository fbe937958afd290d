import type { Runbook } from './runbooks.ts';

/** Where carrying a plan out begins: desk, run page and wall name this step and no other, since steps are kept in order. */
export const firstStepOf = ({ steps }: Pick<Runbook, 'steps'>): Runbook['steps'][number] | undefined => steps[0];
