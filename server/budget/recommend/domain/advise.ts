import { type Allocation, allocate } from './allocate.ts';
import { type Gain, gainOf } from './confidence.ts';
import { type Curve, KEPT, response, slope } from './curve.ts';
import { curveOf, type Fit } from './fit.ts';
import { type Pair, pairsOf, type Shift } from './pairs.ts';

/** One channel at the desk; money in minor units a tick. */
export interface Seat {
  readonly id: string;
  /** null: money kept back. */
  readonly fit: Fit | null;
  readonly worth: number;
  readonly spend: number;
  readonly min: number;
  readonly max: number;
  /** Direction of its last settled move while a reverse needs more certainty; 0 when none does. */
  readonly lately: -1 | 0 | 1;
}
export interface AdviceSettings {
  /** A card is advised from here on; weaker ones are shown as such from `weakProbability` on and never alone (T0). */
  readonly probability: number;
  readonly weakProbability: number;
  readonly reverseProbability: number;
  /** Least that all pairs together move, as a part of the money. */
  readonly leastMovedRatio: number;
  /** Least of one pair, same. */
  readonly leastPairRatio: number;
  /** What a move costs (learning phase and lag): so many ticks of what the moved money brought where it was. */
  readonly moveCostTicks: number;
  /** A gain must be this many times the cost. */
  readonly costFactor: number;
}
export const ADVICE_SETTINGS: AdviceSettings = {
  probability: 0.8,
  weakProbability: 0.65,
  reverseProbability: 0.9,
  leastMovedRatio: 0.01,
  leastPairRatio: 0.003,
  moveCostTicks: 4,
  costFactor: 3,
};

export interface AdviseOptions {
  readonly settings: AdviceSettings;
  readonly demandLeft: number;
  readonly seed: number;
  /** Least that all pairs together gain, as a part of what the money returns now (`attention.ts`); 0: anything. */
  readonly leastGainRatio?: number;
  readonly recalibrate?: (probability: number) => number;
}
export interface Advice {
  readonly pair: Pair;
  readonly gain: Gain;
  /** The draws' probability after recalibration. */
  readonly probability: number;
  readonly strength: 'advised' | 'weak' | 'none';
  /** Marginal returns of both ends before and after. */
  readonly slopes: {
    readonly donorBefore: number;
    readonly donorAfter: number;
    readonly receiverBefore: number;
    readonly receiverAfter: number;
  };
}
export interface AdviceResult {
  readonly allocation: Allocation;
  readonly curves: ReadonlyMap<string, Curve>;
  readonly advice: readonly Advice[];
  /** All advised and weak pairs carried out together: surer than each alone; null when there is none. */
  readonly together: (Gain & { readonly advised: boolean }) | null;
}

/**
 * What to move now. `demandLeft` is the demand index summed over the ticks that are left, so that a gain can be held against
 * the cost of moving; `recalibrate` turns the draws' probability into one that settled cards bear out.
 */
export function advise(seats: readonly Seat[], options: AdviseOptions): AdviceResult {
  const { settings, demandLeft, seed, recalibrate = (probability) => probability } = options;
  const total = seats.reduce((sum, { spend }) => sum + spend, 0);
  const curves = new Map(seats.map(({ id, fit }) => [id, fit === null ? KEPT : curveOf(fit)]));
  const curve = (id: string): Curve => curves.get(id) as Curve;
  const allocation = allocate(
    seats.map(({ id, worth, min, max }) => ({ curve: curve(id), worth, min, max })),
    total,
  );
  if (allocation.kind === 'infeasible') return { allocation, curves, advice: [], together: null };
  const shifts = seats.map(
    ({ id, worth, spend }, i): Shift => ({
      id,
      curve: curve(id),
      worth,
      from: spend,
      to: allocation.spends[i] ?? spend,
    }),
  );
  const pairs = pairsOf(shifts, settings.leastPairRatio * total);
  if (pairs.reduce((sum, { amount }) => sum + amount, 0) < settings.leastMovedRatio * total)
    return { allocation, curves, advice: [], together: null };
  const byId = new Map(seats.map((seat) => [seat.id, seat]));
  const advice = pairs.map((pair, n): Advice => {
    const donor = byId.get(pair.donor) as Seat;
    const receiver = byId.get(pair.receiver) as Seat;
    const gain = gainOf(
      [
        { fit: donor.fit, worth: donor.worth, from: pair.donorFrom, to: pair.donorTo },
        { fit: receiver.fit, worth: receiver.worth, from: pair.receiverFrom, to: pair.receiverTo },
      ],
      seed + n,
    );
    const probability = recalibrate(gain.probability);
    const slopes = {
      donorBefore: donor.worth * slope(curve(donor.id), pair.donorFrom),
      donorAfter: donor.worth * slope(curve(donor.id), pair.donorTo),
      receiverBefore: receiver.worth * slope(curve(receiver.id), pair.receiverFrom),
      receiverAfter: receiver.worth * slope(curve(receiver.id), pair.receiverTo),
    };
    const reverse = donor.lately === 1 || receiver.lately === -1;
    const cost = settings.moveCostTicks * pair.amount * slopes.donorBefore;
    const worthIt = gain.mean * demandLeft >= settings.costFactor * cost;
    const needed = reverse ? settings.reverseProbability : settings.probability;
    const strength =
      worthIt && probability >= needed
        ? 'advised'
        : worthIt && !reverse && probability >= settings.weakProbability
          ? 'weak'
          : 'none';
    return { pair, gain, probability, strength, slopes };
  });
  const together = togetherOf(seats, advice, options);
  const returned = seats.reduce((sum, { id, worth, spend }) => sum + worth * response(curve(id), spend), 0);
  if (together !== null && together.mean < (options.leastGainRatio ?? 0) * returned)
    return { allocation, curves, advice: [], together: null };
  return { allocation, curves, advice, together };
}

function togetherOf(
  seats: readonly Seat[],
  advice: readonly Advice[],
  { settings, seed, recalibrate = (probability) => probability }: AdviseOptions,
): AdviceResult['together'] {
  const chosen = advice.filter(({ strength }) => strength !== 'none');
  if (chosen.length === 0) return null;
  const moved = (id: string): number =>
    chosen.reduce(
      (sum, { pair }) => sum + (pair.receiver === id ? pair.amount : pair.donor === id ? -pair.amount : 0),
      0,
    );
  const changes = seats
    .map(({ id, fit, worth, spend }) => ({ fit, worth, from: spend, to: spend + moved(id) }))
    .filter(({ from, to }) => from !== to);
  const gain = gainOf(changes, seed);
  const probability = recalibrate(gain.probability);
  return { ...gain, probability, advised: probability >= settings.probability };
}
