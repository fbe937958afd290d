import { ADVICE_SETTINGS, type AdviceResult, type AdviceSettings, advise, type Seat } from '../domain/advise.ts';
import { FIT_SETTINGS, type Fit, type FitSettings, type Tick } from '../domain/fit.ts';
import { type Memory, newMemory, remember } from '../domain/memory.ts';
import { Draws } from '../domain/random.ts';
import { PRIOR_CALIBRATION, recalibrated } from '../domain/recalibrate.ts';
import { STEP } from './rivals.ts';
import { CAP, CHANNEL_COUNT, FLOOR, TICK_COUNT, TOTAL, WARM_UP_DEMAND, type World } from './world.ts';

export interface Tuning {
  readonly fit: FitSettings;
  readonly advice: AdviceSettings;
  /** What a decision's cards must reach together, and each alone, to be carried out. */
  readonly actFrom: number;
  readonly weakFrom: number;
  readonly recalibrate: (probability: number) => number;
}
export const TUNING: Tuning = {
  fit: FIT_SETTINGS,
  advice: ADVICE_SETTINGS,
  actFrom: ADVICE_SETTINGS.probability,
  weakFrom: ADVICE_SETTINGS.weakProbability,
  recalibrate: (probability) => recalibrated(PRIOR_CALIBRATION, probability),
};
/** A card that was shown, and what carrying it out alone would truly have done. */
export interface ShownCard {
  readonly probability: number;
  readonly trueGain: number;
  readonly acted: boolean;
}
const DECIDE_TICKS = 6;
const HORIZON_TICKS = 6;
const REVERSE_TICKS = 12;
const WARM_UP_TICKS = 96;
/** Bounds of the plan, multiples of the present spend. */
const PLAN_MIN = 0.4;
const PLAN_MAX = 2.5;

/** Runs the product's own functions over a day, saying yes to every card that passes the gate. */
export class Ours {
  readonly cards: ShownCard[] = [];
  /** All cards of one decision together. */
  readonly bundles: ShownCard[] = [];
  private readonly world: World;
  private readonly tuning: Tuning;
  private readonly settled: Memory[];
  private readonly lastMove: { at: number; direction: -1 | 0 | 1 }[];
  private settledTicks = 0;
  constructor(world: World, tuning: Tuning = TUNING) {
    this.world = world;
    this.tuning = tuning;
    const usualReturn = world.planned();
    this.settled = Array.from({ length: CHANNEL_COUNT }, () => newMemory({ usualSpend: 1, usualReturn }, tuning.fit));
    this.lastMove = Array.from({ length: CHANNEL_COUNT }, () => ({ at: Number.NEGATIVE_INFINITY, direction: 0 }));
  }

  private tick(t: number, i: number, now: number, spend: number): Tick {
    const { demandSeen, scenario } = this.world;
    const age = now - t;
    const gain = this.world.outcome(t, i, spend).gain * this.world.known(t, i, age);
    return { spend, gain, demand: demandSeen[t] ?? 1, completeness: scenario.completeness[age] ?? 1 };
  }

  /** `spent[t][i]`: what was spent so far. Called at the end of tick `t`. */
  decide(t: number, spends: readonly number[], spent: readonly (readonly number[])[]): readonly number[] {
    const keep = this.world.scenario.completeness.length - 1;
    for (; this.settledTicks <= t - keep; this.settledTicks += 1)
      for (let i = 0; i < CHANNEL_COUNT; i += 1)
        this.settled[i] = this.learnAt(this.settled[i] as Memory, i, this.settledTicks, t, spent);
    if ((t + 1) % DECIDE_TICKS !== 0 || t + 1 >= TICK_COUNT) return spends;
    const fits = this.settled.map((memory, i) => {
      let current = memory;
      for (let at = this.settledTicks; at <= t; at += 1) current = this.learnAt(current, i, at, t, spent);
      return current.fit;
    });
    const seats = spends.map((spend, i): Seat => this.seat(t, i, spend, fits[i] as Fit));
    let demandLeft = 0;
    for (let at = t + 1; at < TICK_COUNT; at += 1) demandLeft += this.world.demandSeen[at] ?? 0;
    const result = advise(seats, {
      settings: this.tuning.advice,
      demandLeft: Math.min(demandLeft, 48),
      seed: t * 977 + 5,
      recalibrate: this.tuning.recalibrate,
    });
    return this.act(t, spends, result);
  }

  private learnAt(memory: Memory, i: number, at: number, now: number, spent: readonly (readonly number[])[]): Memory {
    const tick = this.tick(at, i, now, spent[at]?.[i] ?? 0);
    return remember(memory, tick, this.world.alarm(at, i), this.tuning.fit).memory;
  }

  /** Warm-up: eight hours of low demand with spends that vary a little, then one approved plan with wide bounds. */
  preOpen(spends: readonly number[]): readonly number[] {
    const draws = new Draws(this.world.seed + 99);
    for (let n = 0; n < WARM_UP_TICKS; n += 1) {
      for (let i = 0; i < CHANNEL_COUNT; i += 1) {
        const spend = draws.between(0.85, 1.15);
        const { gain } = this.world.outcome(n - WARM_UP_TICKS, i, spend);
        const tick = { spend, gain, demand: WARM_UP_DEMAND, completeness: 1 };
        this.settled[i] = remember(this.settled[i] as Memory, tick, false, this.tuning.fit).memory;
      }
    }
    const seats = spends.map((spend, i): Seat => {
      const { fit } = this.settled[i] as Memory;
      const [min, max] = [Math.max(FLOOR, PLAN_MIN * spend), Math.min(CAP, PLAN_MAX * spend)];
      return { id: String(i), fit, worth: 1, spend, min, max, lately: 0 };
    });
    const result = advise(seats, {
      settings: this.tuning.advice,
      demandLeft: 48,
      seed: 1,
      recalibrate: this.tuning.recalibrate,
    });
    const planned = this.act(-1, spends, result);
    for (const last of this.lastMove) last.at = Number.NEGATIVE_INFINITY;
    return planned;
  }

  private seat(t: number, i: number, spend: number, fit: Fit): Seat {
    const step = Math.max(STEP * spend, 0.01 * TOTAL);
    const vetoed = this.world.alarm(t, i);
    const last = this.lastMove[i];
    return {
      id: String(i),
      fit,
      worth: 1,
      spend,
      min: Math.min(spend, Math.max(FLOOR, spend - step)),
      max: vetoed ? spend : Math.max(spend, Math.min(CAP, spend + step)),
      lately: last !== undefined && t - last.at < REVERSE_TICKS ? last.direction : 0,
    };
  }

  private act(t: number, spends: readonly number[], { advice, together }: AdviceResult): readonly number[] {
    const next = [...spends];
    const taken = advice.filter(
      ({ strength, probability }) =>
        strength === 'advised' || (strength === 'weak' && probability >= this.tuning.weakFrom),
    );
    const acted = together !== null && together.probability >= this.tuning.actFrom && taken.length > 0;
    let trueGain = 0;
    for (const one of advice) {
      const { donor, receiver, amount } = one.pair;
      const yes = acted && taken.includes(one);
      const gain = this.trueGain(t, next, Number(donor), Number(receiver), amount);
      if (one.strength !== 'none') this.cards.push({ probability: one.probability, trueGain: gain, acted: yes });
      if (!yes) continue;
      trueGain += gain;
      next[Number(donor)] = (next[Number(donor)] ?? 0) - amount;
      next[Number(receiver)] = (next[Number(receiver)] ?? 0) + amount;
      this.lastMove[Number(donor)] = { at: t, direction: -1 };
      this.lastMove[Number(receiver)] = { at: t, direction: 1 };
    }
    if (together !== null) this.bundles.push({ probability: together.probability, trueGain, acted });
    return next;
  }

  /** Over the time until the next decision, on the true curves. */
  private trueGain(t: number, spends: readonly number[], donor: number, receiver: number, amount: number): number {
    let gain = 0;
    for (let at = t + 1; at <= Math.min(t + HORIZON_TICKS, TICK_COUNT - 1); at += 1) {
      const [d = 0, r = 0] = [spends[donor], spends[receiver]];
      const own =
        this.world.mean(at, donor, d - amount) -
        this.world.mean(at, donor, d) +
        this.world.mean(at, receiver, r + amount) -
        this.world.mean(at, receiver, r);
      gain += own * (this.world.demand[at] ?? 0);
    }
    return gain;
  }
}
