/**
 * `value / divisor` cut, never rounded up, to `decimals`: 99,999,999 must not print as 1亿. Integers are cut exactly with a
 * remainder; fractions get a nudge far below what is shown, so that 0.07 × 100 does not print as 6.
 */
export function floorTo(value: number, divisor: number, decimals: number): number {
  const tens = 10 ** decimals;
  const step = divisor / tens;
  if (Number.isSafeInteger(value) && Number.isInteger(step)) {
    const rest = ((value % step) + step) % step;
    return (value - rest) / step / tens;
  }
  const scaled = (value / divisor) * tens;
  return Math.floor(scaled + Math.max(1, Math.abs(scaled)) * 1e-12) / tens;
}
