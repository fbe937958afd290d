/**
 * Rescales the probability that cards carry from what became of those that were carried out: logit p′ = a + b·logit p.
 * With few settled cards it stays near the prior, which is what the simulated days of the offline proof say.
 */
export interface Calibration {
  readonly shift: number;
  readonly scale: number;
  /** Settled cards it was learnt from. */
  readonly count: number;
}
/** A settled card: the probability the draws gave, and whether it then earned more than doing nothing would have. */
export interface Settled {
  readonly raw: number;
  readonly gained: boolean;
}
/**
 * Logistic regression of what came true on what the draws said, over all cards shown on the days of seeds 1–30: the draws
 * take the curves and the chance for what they are in the model, so they are too sure (said 0.85, came true 0.76).
 */
export const PRIOR_CALIBRATION: Calibration = { shift: 0.26, scale: 0.5, count: 0 };
const SHIFT_SD = 0.5;
const SCALE_SD = 0.3;
const NEWTON_STEPS = 20;

const logit = (p: number): number => {
  const inside = Math.min(0.999, Math.max(0.001, p));
  return Math.log(inside / (1 - inside));
};
const inverse = (value: number): number => 1 / (1 + Math.exp(-value));

/** Probability as settled cards bear it out; rising in `raw`, as `scale` is never below 0.05. */
export const recalibrated = ({ shift, scale }: Calibration, raw: number): number => inverse(shift + scale * logit(raw));

/** Most probable shift and scale given the settled cards (Newton's method on two numbers; the posterior is concave). */
export function calibrate(settled: readonly Settled[]): Calibration {
  let { shift, scale } = PRIOR_CALIBRATION;
  for (let step = 0; step < NEWTON_STEPS; step += 1) {
    let g0 = (PRIOR_CALIBRATION.shift - shift) / SHIFT_SD ** 2;
    let g1 = (PRIOR_CALIBRATION.scale - scale) / SCALE_SD ** 2;
    let [h00, h01, h11] = [1 / SHIFT_SD ** 2, 0, 1 / SCALE_SD ** 2];
    for (const { raw, gained } of settled) {
      const x = logit(raw);
      const p = inverse(shift + scale * x);
      const miss = (gained ? 1 : 0) - p;
      g0 += miss;
      g1 += miss * x;
      h00 += p * (1 - p);
      h01 += p * (1 - p) * x;
      h11 += p * (1 - p) * x * x;
    }
    const det = h00 * h11 - h01 * h01;
    const [d0, d1] = [(h11 * g0 - h01 * g1) / det, (h00 * g1 - h01 * g0) / det];
    shift += d0;
    scale = Math.max(0.05, scale + d1);
    if (Math.abs(d0) + Math.abs(d1) < 1e-9) break;
  }
  return { shift, scale, count: settled.length };
}
