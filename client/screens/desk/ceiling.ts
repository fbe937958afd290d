/** A figure that is bad when it is low may be endless when all is well: it is drawn up to this many limits and not beyond. */
const LIMITS_SHOWN = 6;
/** The highest value that is drawn, where a limit would otherwise lie on the floor; null: all of it is drawn. */
export function ceilingOf(values: readonly number[], limit: number | null, unit: string): number | null {
  if (unit !== 'minutes' || limit === null || limit <= 0) return null;
  const ceiling = LIMITS_SHOWN * limit;
  return values.some((value) => value > ceiling) ? ceiling : null;
}
