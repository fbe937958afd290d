import type { NodeFacts, ScreenFacts } from '#contract/screens';

export type { NodeFacts, ScreenFacts };

/** Nodes and their screens, as `desk:health` and the list of screens show them. */
export interface HealthFacts {
  readonly nodes: readonly NodeFacts[];
  readonly screens: readonly ScreenFacts[];
}
