import { ADVICE_SETTINGS, type AdviceResult, type AdviceSettings, advise, type Seat } from '../domain/advise.ts';
import { leastGainRatio } from '../domain/attention.ts';
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
/** Decisions of the plan begin so long before the opening. */
const PLAN_TICKS = 48;

/** Runs the product's own functions over a day, saying yes to every card that passes the gate. */
export class Ours {
  readonly cards: ShownCard[] = [];
  /** All cards of one decision together. */
  readonly bundles: ShownCard[] = [];
  private readonly world: World;
  private readonly tuning: Tuning;
  private readonly settled: Memory[];
  private readonly lastMove: { at: number; direction: -1 | 0 | 1 }[];
  /** Ticks whose decision moved money; those of the plan are below 0. */
  readonly movedAt: number[] = [];
  private learntSince = 0;
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
    let demandLeft = 0;
    for (let at = t + 1; at < TICK_COUNT; at += 1) demandLeft += this.world.demandSeen[at] ?? 0;
    return this.act(t, spends, this.advised(t, spends, fits, Math.min(demandLeft, 48)));
  }

  private learnAt(memory: Memory, i: number, at: number, now: number, spent: readonly (readonly number[])[]): Memory {
    const tick = this.tick(at, i, now, spent[at]?.[i] ?? 0);
    return remember(memory, tick, this.world.alarm(at, i), this.tuning.fit).memory;
  }

  /**
   * Warm-up: eight hours of low demand with spends that vary a little. In the last four the desk decides as it does later,
   * within the same rail of 20 % a move.
   */
  preOpen(start: readonly number[]): readonly number[] {
    const draws = new Draws(this.world.seed + 99);
    let spends = start;
    this.learntSince = -WARM_UP_TICKS;
    for (let n = 0; n < WARM_UP_TICKS; n += 1) {
      const t = n - WARM_UP_TICKS;
      for (let i = 0; i < CHANNEL_COUNT; i += 1) {
        const spend = (spends[i] ?? 0) * draws.between(0.85, 1.15);
        const { gain } = this.world.outcome(t, i, spend);
        const tick = { spend, gain, demand: WARM_UP_DEMAND, completeness: 1 };
        this.settled[i] = remember(this.settled[i] as Memory, tick, false, this.tuning.fit).memory;
      }
      if (t + 1 <= -PLAN_TICKS || (t + 1) % DECIDE_TICKS !== 0) continue;
      const fits = this.settled.map(({ fit }) => fit);
      spends = this.act(t, spends, this.advised(t, spends, fits, 48));
    }
    return spends;
  }

  private advised(t: number, spends: readonly number[], fits: readonly Fit[], demandLeft: number): AdviceResult {
    const lately = this.movedAt.filter((at) => t - at < TICK_COUNT).length;
    return advise(
      spends.map((spend, i): Seat => this.seat(t, i, spend, fits[i] as Fit)),
      {
        settings: this.tuning.advice,
        demandLeft,
        seed: Math.abs(t * 977 + 5),
        leastGainRatio: leastGainRatio(lately, t + 1 - this.learntSince),
        recalibrate: this.tuning.recalibrate,
      },
    );
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
    if (acted) this.movedAt.push(t);
    if (together !== null) this.bundles.push({ probability: together.probability, trueGain, acted });
    return next;
  }

  /** Over the time until the next decision, on the true curves; before the opening, over the first such time after it. */
  private trueGain(t: number, spends: readonly number[], donor: number, receiver: number, amount: number): number {
    let gain = 0;
    const from = Math.max(0, t + 1);
    for (let at = from; at < Math.min(from + HORIZON_TICKS, TICK_COUNT); at += 1) {
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
