/** How urgent, ordered by rank. Machine keys; words, colours and shapes are the client's. */
export const TIERS = ['blue', 'cyan', 'yellow', 'orange', 'red'] as const;
export type Tier = (typeof TIERS)[number];
export const TIER_RANK: Readonly<Record<Tier, number>> = { blue: 1, cyan: 2, yellow: 3, orange: 4, red: 5 };
