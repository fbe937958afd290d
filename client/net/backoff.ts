/**
 * Own reconnect timing: 0.5 s doubling to 8 s. Jitter only shortens, so that a screen is back within 10 s of its server;
 * three quarters of it, because with half of it twenty screens came back within 1.99 s of each other.
 */
export const FIRST_RETRY_MS = 500;
export const LONGEST_RETRY_MS = 8_000;
export const RETRY_JITTER_RATIO = 0.75;

/**
 * Wait before attempt `attempt` (0 is the first after a loss), ms.
 * @param random - in [0, 1)
 */
export function retryDelayMs(attempt: number, random: number): number {
  const full = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempt, 10));
  return Math.round(full * (1 - RETRY_JITTER_RATIO * random));
}
