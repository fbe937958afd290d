import { ADVICE_SETTINGS, advise, type Seat } from '../domain/advise.ts';
import { FIT_SETTINGS } from '../domain/fit.ts';
import { newMemory, remember } from '../domain/memory.ts';
import { Draws } from '../domain/random.ts';

/** Seats of a campaign with many channels, each after a day of ticks. */
export function manySeats(channelCount: number, seed: number): Seat[] {
  const draws = new Draws(seed);
  return Array.from({ length: channelCount }, (_, i) => {
    const usualSpend = draws.logBetween(1e4, 1e6);
    const roas = draws.logBetween(1, 8);
    let memory = newMemory({ usualSpend, usualReturn: 4 * usualSpend }, FIT_SETTINGS);
    for (let t = 0; t < 60; t += 1) {
      const spend = usualSpend * draws.between(0.6, 1.4);
      const gain = ((roas * 2 * usualSpend * spend) / (spend + usualSpend)) * Math.exp(0.2 * draws.normal());
      memory = remember(memory, { spend, gain, demand: 1, completeness: 1 }, false, FIT_SETTINGS).memory;
    }
    return {
      id: `c${i}`,
      fit: memory.fit,
      worth: 1,
      spend: usualSpend,
      min: 0.8 * usualSpend,
      max: 1.2 * usualSpend,
      lately: 0,
    };
  });
}

/** Times of whole decisions (optimum, pairs, draws, gate), ms, sorted. */
export function decisionTimes(channelCount: number, rounds: number): number[] {
  const seats = manySeats(channelCount, 7);
  return Array.from({ length: rounds }, (_, n) => {
    const startedMs = performance.now();
    advise(seats, { settings: ADVICE_SETTINGS, demandLeft: 48, seed: n });
    return performance.now() - startedMs;
  }).sort((a, b) => a - b);
}
