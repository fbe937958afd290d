import { type ReactElement, useLayoutEffect, useRef } from 'react';

export const ROLL_MS = 360;
/** Steps a roll is drawn in: more would only repaint a 4K wall more often. */
const STEP_MS = 40;

export interface RollingDigitsProps {
  readonly value: number;
  /** The true digits; what assistive technology and tests read. */
  readonly text: string;
  readonly rolling: boolean;
  readonly format: (value: number) => string;
}

/**
 * Digits that roll from the last received value to the new one. Nothing is ever extrapolated: each drawn value lies between
 * two received ones, and the last is exact. No roll on the first value, on a fall, when stale, or with reduced motion.
 */
export function RollingDigits({ value, text, rolling, format }: RollingDigitsProps): ReactElement {
  const shown = useRef<HTMLSpanElement>(null);
  const from = useRef<number | null>(null);
  const formatRef = useRef(format);
  formatRef.current = format;
  useLayoutEffect(() => {
    const node = shown.current;
    if (!node) return;
    const start = from.current;
    from.current = value;
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    if (!rolling || still || start === null || value <= start) {
      node.textContent = text;
      return;
    }
    const begunAt = performance.now();
    let drawnAt = 0;
    let request = requestAnimationFrame(function step(nowMs) {
      const part = (nowMs - begunAt) / ROLL_MS;
      if (part >= 1) {
        node.textContent = text;
        return;
      }
      if (nowMs - drawnAt >= STEP_MS && part > 0) {
        drawnAt = nowMs;
        const eased = 1 - (1 - part) ** 3;
        node.textContent = formatRef.current(Math.floor(start + (value - start) * eased));
      }
      request = requestAnimationFrame(step);
    });
    return () => {
      cancelAnimationFrame(request);
      node.textContent = text;
    };
  }, [value, text, rolling]);
  return <span ref={shown} className="figure-digits" data-digits={text} />;
}
