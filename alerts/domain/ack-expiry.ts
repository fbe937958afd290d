import type { Tier } from '#contract/tiers';

const MINUTE_MS = 60_000;
/** How long an acknowledgement holds; then it pages again (an ack nobody acts on is a lost alert). */
export const ACK_HOLDS_MS: Readonly<Record<Tier, number>> = {
  red: 5 * MINUTE_MS,
  orange: 10 * MINUTE_MS,
  yellow: 15 * MINUTE_MS,
  cyan: 30 * MINUTE_MS,
  blue: 60 * MINUTE_MS,
};
/** The owner is asked softly this long before, at most a fifth of the time. */
export const ACK_REMINDER_MS = MINUTE_MS;

export const ackExpiresAtMs = (tier: Tier, atMs: number): number => atMs + ACK_HOLDS_MS[tier];
export const ackReminderAtMs = (tier: Tier, atMs: number): number =>
  atMs + ACK_HOLDS_MS[tier] - Math.min(ACK_REMINDER_MS, ACK_HOLDS_MS[tier] / 5);
