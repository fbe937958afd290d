import { type Curve, slope } from './curve.ts';

/** A channel with its present spend and the optimiser's, minor units a tick. */
export interface Shift {
  readonly id: string;
  readonly curve: Curve;
  readonly worth: number;
  readonly from: number;
  readonly to: number;
}
/** One donor and one receiver: what a person can say yes to. */
export interface Pair {
  readonly donor: string;
  readonly receiver: string;
  readonly amount: number;
  /** Spends of both ends before and after this pair, in the order in which pairs are carried out. */
  readonly donorFrom: number;
  readonly donorTo: number;
  readonly receiverFrom: number;
  readonly receiverTo: number;
}

/**
 * Splits a change of all channels into donor → receiver pairs, the largest marginal gap first: the worst donor gives to the
 * best receiver until one of them is done. K channels make at most K − 1 pairs.
 */
export function pairsOf(shifts: readonly Shift[], least: number): Pair[] {
  const marginal = ({ curve, worth, from }: Shift): number => worth * slope(curve, from);
  const open = (sign: 1 | -1) =>
    shifts
      .filter(({ from, to }) => sign * (to - from) > 0)
      .map((shift) => ({ shift, at: shift.from, left: sign * (shift.to - shift.from) }))
      .sort((a, b) => sign * (marginal(b.shift) - marginal(a.shift)) || (a.shift.id < b.shift.id ? -1 : 1));
  const receivers = open(1);
  const donors = open(-1);
  const pairs: Pair[] = [];
  for (let r = 0, d = 0; r < receivers.length && d < donors.length; ) {
    const receiver = receivers[r] as (typeof receivers)[number];
    const donor = donors[d] as (typeof donors)[number];
    const amount = Math.min(receiver.left, donor.left);
    if (amount >= least) {
      pairs.push({
        donor: donor.shift.id,
        receiver: receiver.shift.id,
        amount,
        donorFrom: donor.at,
        donorTo: donor.at - amount,
        receiverFrom: receiver.at,
        receiverTo: receiver.at + amount,
      });
      donor.at -= amount;
      receiver.at += amount;
    }
    receiver.left -= amount;
    donor.left -= amount;
    if (receiver.left <= 1e-9) r += 1;
    if (donor.left <= 1e-9) d += 1;
  }
  return pairs;
}
