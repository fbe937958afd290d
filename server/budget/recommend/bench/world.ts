import { Draws } from '../domain/random.ts';

/**
 * A sale day as nobody knows it outside a simulation: true response curves that drift, jump and run out of stock, seen
 * through orders that come by chance and late.
 */
export interface Scenario {
  readonly name: string;
  readonly says: string;
  readonly jumpCount: number;
  /** Sd of a tick's step of each channel's level, log. */
  readonly drift: number;
  /** Sd of the multiplicative noise of a tick's return, log. */
  readonly noise: number;
  /** Highest exponent of x: 1 is concave, more is S-shaped. */
  readonly exponentMax: number;
  /** Curves bend early: what is best on the first yuan is soon full. */
  readonly earlyStars: boolean;
  /** Part of a tick's attributions known after 0, 1, 2 … ticks; 1 from the end on. */
  readonly completeness: readonly number[];
  /** Windows in which one channel sells next to nothing, with an alarm one tick later. */
  readonly stockouts: number;
}
const AT_ONCE = [1];
const base: Scenario = {
  name: 'base',
  says: '2 jumps and drift',
  jumpCount: 2,
  drift: 0.01,
  noise: 0.2,
  exponentMax: 1,
  earlyStars: false,
  completeness: AT_ONCE,
  stockouts: 0,
};
export const SCENARIOS: readonly Scenario[] = [
  base,
  { ...base, name: 'early stars', says: 'curves bend early', earlyStars: true },
  { ...base, name: 'S-shaped', says: 'exponents to 1.6', exponentMax: 1.6 },
  { ...base, name: 'hard', says: '4 jumps, noise 0.4', jumpCount: 4, noise: 0.4 },
  { ...base, name: 'stationary', says: 'nothing changes', jumpCount: 0, drift: 0 },
  {
    ...base,
    name: 'delay',
    says: '35 % of orders known at once, 90 % after 30 min',
    completeness: [0.35, 0.52, 0.65, 0.75, 0.82, 0.87, 0.9, 0.93, 0.95, 0.97, 0.99, 1],
  },
  { ...base, name: 'stock-out', says: 'a leading channel sells nothing for 2 × 2 h', stockouts: 2 },
];

export const TICK_COUNT = 288;
export const TICKS_AN_HOUR = 12;
export const CHANNEL_COUNT = 6;
/** Demand before the opening, against the mean of the day. */
export const WARM_UP_DEMAND = 0.3;
/** Money of one tick, units; a usual tick of a channel is 1. */
export const TOTAL = CHANNEL_COUNT;
export const FLOOR = 0.04 * TOTAL;
export const CAP = 0.5 * TOTAL;
/** Paid orders of a usual tick at a return of 4 to 1, so that one unit of money is some ¥5,000 at a basket of ¥200. */
const ORDERS_A_UNIT = 25;
const STOCKOUT_TICKS = 24;
const STOCKOUT_LEVEL = 0.1;

export interface Seen {
  readonly gain: number;
  readonly orders: number;
}
export class World {
  readonly scenario: Scenario;
  /** True demand of each tick, mean 1; and what the plan and the organic orders say of it. */
  readonly demand = new Float64Array(TICK_COUNT);
  readonly demandSeen = new Float64Array(TICK_COUNT);
  readonly seed: number;
  private readonly tops: number[] = [];
  private readonly nodes: number[] = [];
  private readonly exponents: number[] = [];
  /** Level of each channel in each tick, and the parts of it that are a stock-out. */
  private readonly levels: Float64Array[] = [];
  private readonly soldOut: Uint8Array[] = [];

  constructor(scenario: Scenario, seed: number) {
    this.scenario = scenario;
    this.seed = seed;
    const draws = new Draws(seed * 7_919 + 17);
    this.drawDemand(draws);
    for (let i = 0; i < CHANNEL_COUNT; i += 1) {
      const [top, node] = drawShape(draws, scenario.earlyStars);
      this.nodes.push(node);
      this.tops.push(top);
      this.exponents.push(draws.between(1, scenario.exponentMax));
      this.levels.push(this.drawLevel(draws));
      this.soldOut.push(new Uint8Array(TICK_COUNT));
    }
    for (let n = 0; n < scenario.jumpCount; n += 1) {
      const level = this.levels[Math.floor(draws.next() * CHANNEL_COUNT)] as Float64Array;
      const at = Math.floor(draws.between(12, TICK_COUNT - 12));
      const factor = Math.exp((draws.next() < 0.5 ? -1 : 1) * draws.between(0.4, 0.9));
      for (let t = at; t < TICK_COUNT; t += 1) level[t] = (level[t] ?? 1) * factor;
    }
    for (let n = 0; n < scenario.stockouts; n += 1) this.runOut(n === 0 ? 60 : 170, n);
  }

  /** Peaks at 0 h, 10 h, 20 h and 24 h over a quiet day, and a common swell that the plan does not know. */
  private drawDemand(draws: Draws): void {
    const peak = (t: number, hour: number, height: number, hours: number): number =>
      height * Math.exp(-0.5 * (((t + 0.5) / TICKS_AN_HOUR - hour) / hours) ** 2);
    let swell = 0;
    for (let t = 0; t < TICK_COUNT; t += 1) {
      const planned = 0.5 + peak(t, 0, 2.5, 1.2) + peak(t, 10, 1, 1) + peak(t, 20, 1.6, 1.2) + peak(t, 24, 2.5, 1);
      swell = 0.9 * swell + 0.04 * draws.normal();
      this.demand[t] = planned * Math.exp(swell);
    }
    const mean = this.demand.reduce((sum, value) => sum + value, 0) / TICK_COUNT;
    for (let t = 0; t < TICK_COUNT; t += 1) {
      this.demand[t] = (this.demand[t] ?? 0) / mean;
      this.demandSeen[t] = (this.demand[t] ?? 0) * Math.exp(0.05 * draws.normal());
    }
  }

  private drawLevel(draws: Draws): Float64Array {
    const level = new Float64Array(TICK_COUNT);
    let log = 0;
    for (let t = 0; t < TICK_COUNT; t += 1) {
      level[t] = Math.exp(log);
      log += this.scenario.drift * draws.normal();
    }
    return level;
  }

  /** The channel that earns most (the second best in the second round) loses nearly all for two hours. */
  private runOut(at: number, rank: number): void {
    const order = this.tops.map((_, i) => i).sort((a, b) => this.mean(at, b, 1) - this.mean(at, a, 1));
    const channel = order[rank] ?? 0;
    for (let t = at; t < at + STOCKOUT_TICKS; t += 1) {
      const level = this.levels[channel] as Float64Array;
      level[t] = (level[t] ?? 1) * STOCKOUT_LEVEL;
      (this.soldOut[channel] as Uint8Array)[t] = 1;
    }
  }

  /** True return at demand 1. */
  mean(t: number, i: number, x: number): number {
    const exponent = this.exponents[i] ?? 1;
    const node = this.nodes[i] ?? 1;
    const raised = exponent === 1 ? x : x ** exponent;
    return ((this.levels[i]?.[Math.max(0, t)] ?? 1) * (this.tops[i] ?? 0) * raised) / (raised + node ** exponent);
  }

  /** Mean return on a unit at the usual spend, of all channels: what a plan could have known. */
  planned(): number {
    return this.tops.reduce((sum, _, i) => sum + this.mean(0, i, 1), 0) / CHANNEL_COUNT;
  }

  revenue(t: number, spends: readonly number[]): number {
    return spends.reduce((sum, x, i) => sum + this.mean(t, i, x), 0) * (this.demand[t] ?? 0);
  }

  /** Stock alarms as operations see them: one tick after they begin, and after they end. */
  alarm(t: number, i: number): boolean {
    return t > 0 && this.soldOut[i]?.[t - 1] === 1;
  }

  /** What all orders of a tick come to; the same chance for the same spend, so that rivals live the same day. */
  outcome(t: number, i: number, x: number): Seen {
    const draws = new Draws(this.seed * 1_000_003 + t * 31 + i * 7_001);
    const mean = this.mean(t, i, x) * (t < 0 ? WARM_UP_DEMAND : (this.demand[t] ?? 0));
    const { noise } = this.scenario;
    const orders = poisson(mean * ORDERS_A_UNIT * Math.exp(noise * draws.normal() - (noise * noise) / 2), draws);
    // gamma baskets of shape 2: their sum has shape 2n, which is near normal
    const shape = 2 * orders;
    const gain = orders === 0 ? 0 : Math.max(0, (shape + Math.sqrt(shape) * draws.normal()) / 2 / ORDERS_A_UNIT);
    return { gain, orders };
  }

  /** Part of a tick's outcome that is known `age` ticks later. */
  known(t: number, i: number, age: number): number {
    const planned = this.scenario.completeness[age] ?? 1;
    if (planned >= 1) return 1;
    const draws = new Draws(this.seed * 524_287 + t * 101 + i * 13);
    return planned ** Math.exp(0.15 * draws.normal());
  }
}

/** Height and half-saturation of a channel, both log-uniform; where stars saturate early they bend well before the usual spend. */
function drawShape(draws: Draws, earlyStars: boolean): [number, number] {
  if (earlyStars) return [draws.logBetween(1, 18), draws.logBetween(0.15, 2)];
  const roas = draws.logBetween(1.5, 8);
  const node = draws.logBetween(0.25, 5);
  return [roas * (1 + node), node];
}

function poisson(mean: number, draws: Draws): number {
  if (mean > 40) return Math.max(0, Math.round(mean + Math.sqrt(mean) * draws.normal()));
  let count = 0;
  for (let left = draws.next(), limit = Math.exp(-mean); left > limit; left *= draws.next()) count += 1;
  return count;
}

/** The best that anybody could do in this hour with the floor and the cap, knowing all: greedy on the true curves' chords. */
export function oracle(world: World): number {
  let total = 0;
  for (let start = 0; start < TICK_COUNT; start += TICKS_AN_HOUR) {
    const middle = start + TICKS_AN_HOUR / 2;
    const spends = chordSearch(world, middle);
    for (let t = start; t < start + TICKS_AN_HOUR; t += 1) total += world.revenue(t, spends);
  }
  return total;
}

/** Gives the money out in 100 pieces, each time along the best chord: right for S-shapes too, where the first piece earns nothing. */
function chordSearch(world: World, t: number): number[] {
  const spends = Array.from({ length: CHANNEL_COUNT }, () => FLOOR);
  const piece = (TOTAL - FLOOR * CHANNEL_COUNT) / 100;
  let left = 100;
  while (left > 0) {
    let best = { gain: -1, i: 0, pieces: 1 };
    for (let i = 0; i < CHANNEL_COUNT; i += 1) {
      const at = spends[i] ?? 0;
      const here = world.mean(t, i, at);
      for (let pieces = 1; pieces <= left && at + pieces * piece <= CAP + 1e-9; pieces += pieces < 8 ? 1 : 6) {
        const gain = (world.mean(t, i, at + pieces * piece) - here) / pieces;
        if (gain > best.gain) best = { gain, i, pieces };
      }
    }
    if (best.gain < 0) break;
    spends[best.i] = (spends[best.i] ?? 0) + best.pieces * piece;
    left -= best.pieces;
  }
  return spends;
}
