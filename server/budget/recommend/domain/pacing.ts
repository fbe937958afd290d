const ETA = 0.5;
const LEAST = 0.25;
const MOST = 4;

/**
 * Multiplicative pacing within a channel: m ← clip(m · exp(−η · (spent − planned) ÷ remaining), 0.25, 4); spend then runs at
 * plan × m. In the last hour the step is damped, as what is corrected then is over before it works.
 * @param multiplier - the one before; 1 at the opening
 * @param remaining - money that is left to spend, minor units
 * @param hoursLeft - until the close
 */
export function nextMultiplier(
  multiplier: number,
  { spent, planned, remaining, hoursLeft }: { spent: number; planned: number; remaining: number; hoursLeft: number },
): number {
  if (remaining <= 0) return LEAST;
  const damping = Math.min(1, Math.max(0, hoursLeft));
  const next = multiplier * Math.exp((-ETA * damping * (spent - planned)) / remaining);
  return Math.min(MOST, Math.max(LEAST, next));
}
