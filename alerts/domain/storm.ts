/** A rule with more open alerts than this, or more starts in one look, is a storm: one line, one escalation, one page. */
export const STORM_COUNT = 20;
