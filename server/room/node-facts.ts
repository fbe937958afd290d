import type { AwayWall, NodeFacts, ScreenFacts } from '#contract/screens';

export type { AwayWall, NodeFacts, ScreenFacts };

/** Nodes and their screens, as `desk:health` and the list of screens show them. */
export interface HealthFacts {
  readonly nodes: readonly NodeFacts[];
  readonly screens: readonly ScreenFacts[];
  /** Paired walls that were here today and are not now. */
  readonly awayWalls: readonly AwayWall[];
}
