import { type Curve, NODE_MULTIPLES } from './curve.ts';

/** How a curve is learnt; ratios unless named otherwise. */
export interface FitSettings {
  /** Part of what is known of the heights that stays each tick; 0.985 ≈ 67 ticks ≈ 5.5 h at 5 min. */
  readonly forgetting: number;
  /**
   * The same of the shape (log weights ℓ); 0.997 ≈ 333 ticks ≈ a day. How well a channel sells drifts and jumps within hours,
   * where its curve bends does not: forgotten as fast as the height, the shape is never learnt, and slopes are guesses.
   */
  readonly shapeForgetting: number;
  /** Noise of a usual tick, as a part of its return: the prior σ₀ ÷ κ. */
  readonly priorNoiseRatio: number;
  /** Sd of the prior, as a part of its mean. */
  readonly priorSdRatio: number;
  /** Sd of the prior over where a curve bends: natural logarithm of half-saturation ÷ usual spend. */
  readonly shapeSd: number;
  /** CUSUM: drift allowed each tick, and the sum that says "the regime changed", in standard deviations. */
  readonly cusumSlack: number;
  readonly cusumLimit: number;
  /** What stays of P and b when the regime changed; the shape stays. */
  readonly regimeKeep: number;
}
export const FIT_SETTINGS: FitSettings = {
  forgetting: 0.985,
  shapeForgetting: 0.997,
  priorNoiseRatio: 0.3,
  priorSdRatio: 1,
  shapeSd: 0.75,
  cusumSlack: 0.5,
  cusumLimit: 6,
  regimeKeep: 0.15,
};

/** What is believed before any data. */
export interface Prior {
  /** Spend of a usual tick, minor units; nodes lie around it. */
  readonly usualSpend: number;
  /** Return of a usual tick at demand 1, κ: usual spend × planned return on it. */
  readonly usualReturn: number;
}

/** One channel's posterior, node by node: plain numbers, so that it can be kept as JSON and go on after a restart. */
export interface Fit {
  readonly prior: Prior;
  readonly nodes: readonly number[];
  /** Prior mean of V by node. */
  readonly means: readonly number[];
  /** Precision P, b = P·V̂, log weight ℓ, and a, s of the noise (σ² = s ÷ a). */
  readonly p: readonly number[];
  readonly b: readonly number[];
  readonly l: readonly number[];
  readonly a: readonly number[];
  readonly s: readonly number[];
  readonly cusumUp: number;
  readonly cusumDown: number;
  /** Ticks learnt from. */
  readonly tickCount: number;
}

/** One tick of one channel. */
export interface Tick {
  /** Spend, minor units. */
  readonly spend: number;
  /** Attributed return by now, minor units (or counts, for another objective). */
  readonly gain: number;
  /** Demand index of the tick; 1 is the mean of the plan. */
  readonly demand: number;
  /** Part of the attributions expected by now, 0–1. */
  readonly completeness: number;
}

const PRIOR_SHAPE = 2;
const FLOOR_PART = 0.05;
/** Log weight of a node before any data: bends near the usual spend are likelier than far ones. */
const shapePrior = (node: number, { usualSpend }: Prior, { shapeSd }: FitSettings): number =>
  -0.5 * (Math.log(node / usualSpend) / shapeSd) ** 2;

export function priorFit(prior: Prior, settings: FitSettings): Fit {
  const nodes = NODE_MULTIPLES.map((multiple) => multiple * prior.usualSpend);
  // every node's curve goes through the planned point (usual spend, usual return): the nodes differ in shape only
  const means = nodes.map((node) => (prior.usualReturn * (prior.usualSpend + node)) / prior.usualSpend);
  const noise = (settings.priorNoiseRatio * prior.usualReturn) ** 2;
  const p = means.map((mean) => noise / (settings.priorSdRatio * mean) ** 2);
  return {
    prior,
    nodes,
    means,
    p,
    b: p.map((precision, m) => precision * (means[m] ?? 0)),
    l: nodes.map((node) => shapePrior(node, prior, settings)),
    a: nodes.map(() => PRIOR_SHAPE),
    s: nodes.map(() => PRIOR_SHAPE * noise),
    cusumUp: 0,
    cusumDown: 0,
    tickCount: 0,
  };
}

/** Weights of the nodes: softmax of ℓ. */
export function weightsOf(fit: Fit): number[] {
  const top = Math.max(...fit.l);
  const raw = fit.l.map((value) => Math.exp(value - top));
  const sum = raw.reduce((total, value) => total + value, 0);
  return raw.map((value) => value / sum);
}

/** The curve of posterior means. */
export function curveOf(fit: Fit): Curve {
  const weights = weightsOf(fit);
  const tops = fit.nodes.map((_, m) => (weights[m] ?? 0) * Math.max(0, (fit.b[m] ?? 0) / (fit.p[m] ?? 1)));
  return { nodes: fit.nodes, tops };
}

export interface Learnt {
  readonly fit: Fit;
  /** Standardised residual of this tick against what was expected; null when the tick taught nothing. */
  readonly surprise: number | null;
  readonly regimeChanged: boolean;
}

/** Learns from one tick. A tick without demand, spend or attributions teaches nothing but still forgets. */
export function learn(fit: Fit, tick: Tick, settings: FitSettings): Learnt {
  const scale = tick.demand * tick.completeness;
  const taught = scale > 0.01 && tick.spend > 0;
  const z = taught ? tick.gain / scale : 0;
  const weights = weightsOf(fit);
  const phis = fit.nodes.map((node) => tick.spend / (tick.spend + node));
  const expected = phis.reduce((sum, phi, m) => sum + (weights[m] ?? 0) * (fit.b[m] ?? 0) * (phi / (fit.p[m] ?? 1)), 0);
  const { usualReturn } = fit.prior;
  // variance grows with the mean; unseen attributions count as less evidence
  const omega = taught ? (scale * usualReturn) / Math.max(expected, FLOOR_PART * usualReturn) : 0;
  const { forgetting, shapeForgetting } = settings;
  const noise0 = (settings.priorNoiseRatio * usualReturn) ** 2;
  const next = { p: [] as number[], b: [] as number[], l: [] as number[], a: [] as number[], s: [] as number[] };
  let variance = 0;
  for (let m = 0; m < fit.nodes.length; m += 1) {
    const [phi = 0, p = 1, b = 0, a = 1, s = 1, mean = 1] = [
      phis[m],
      fit.p[m],
      fit.b[m],
      fit.a[m],
      fit.s[m],
      fit.means[m],
    ];
    const p0 = noise0 / (settings.priorSdRatio * mean) ** 2;
    const residual = z - (b / p) * phi;
    const sigma2 = s / a;
    const spread = taught ? sigma2 * (1 / omega + (phi * phi) / p) : 1;
    variance += (weights[m] ?? 0) * (spread + ((b / p) * phi - expected) ** 2);
    const likelihood = taught ? -0.5 * (Math.log(spread) + (residual * residual) / spread) : 0;
    const l0 = shapePrior(fit.nodes[m] ?? 1, fit.prior, settings);
    next.l.push(shapeForgetting * (fit.l[m] ?? 0) + (1 - shapeForgetting) * l0 + likelihood);
    next.p.push(forgetting * p + (1 - forgetting) * p0 + omega * phi * phi);
    next.b.push(forgetting * b + (1 - forgetting) * p0 * mean + omega * phi * z);
    next.a.push(forgetting * a + (1 - forgetting) * PRIOR_SHAPE + (taught ? 0.5 : 0));
    next.s.push(forgetting * s + (1 - forgetting) * PRIOR_SHAPE * noise0 + 0.5 * omega * residual * residual);
  }
  const learnt: Fit = { ...fit, ...next, tickCount: fit.tickCount + (taught ? 1 : 0) };
  if (!taught) return { fit: learnt, surprise: null, regimeChanged: false };
  const surprise = (z - expected) / Math.sqrt(variance);
  const cusumUp = Math.max(0, fit.cusumUp + surprise - settings.cusumSlack);
  const cusumDown = Math.max(0, fit.cusumDown - surprise - settings.cusumSlack);
  if (Math.max(cusumUp, cusumDown) <= settings.cusumLimit)
    return { fit: { ...learnt, cusumUp, cusumDown }, surprise, regimeChanged: false };
  return { fit: forgetRegime(learnt, settings), surprise, regimeChanged: true };
}

/** Keeps the shape of what was learnt but little of its certainty: the next ticks decide. */
export function forgetRegime(fit: Fit, { regimeKeep }: FitSettings): Fit {
  return {
    ...fit,
    p: fit.p.map((value) => value * regimeKeep),
    b: fit.b.map((value) => value * regimeKeep),
    cusumUp: 0,
    cusumDown: 0,
  };
}
