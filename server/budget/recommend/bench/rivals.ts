import { CAP, CHANNEL_COUNT, FLOOR, TOTAL } from './world.ts';

/** What a policy sees when it may decide. */
export interface Desk {
  readonly t: number;
  readonly spends: readonly number[];
  /** Spend and return of each past tick by channel, as known now. */
  readonly history: readonly { readonly spends: readonly number[]; readonly gains: readonly number[] }[];
}
export interface Policy {
  readonly name: string;
  decide(desk: Desk): readonly number[];
}
/** A channel may change by 20 % a decision, as everybody's rail says. */
export const STEP = 0.2;
/** A shift of less than this part of the money is not made. */
const LEAST = 0.01;

/** Brings a wish inside floor, cap and step, with the exact sum: what one takes back another gets, in proportion. */
export function within(spends: readonly number[], wish: readonly number[]): number[] {
  const min = spends.map((x) => Math.max(FLOOR, x * (1 - STEP)));
  const max = spends.map((x) => Math.min(CAP, Math.max(x * (1 + STEP), FLOOR)));
  const next = wish.map((x, i) => Math.min(max[i] ?? x, Math.max(min[i] ?? x, x)));
  for (let round = 0; round < 30; round += 1) {
    const gap = TOTAL - next.reduce((sum, x) => sum + x, 0);
    if (Math.abs(gap) < 1e-9) break;
    const room = next.map((x, i) => (gap > 0 ? (max[i] ?? x) - x : x - (min[i] ?? x)));
    const all = room.reduce((sum, value) => sum + value, 0);
    if (all <= 0) break;
    for (let i = 0; i < next.length; i += 1)
      next[i] = (next[i] ?? 0) + Math.sign(gap) * Math.min(room[i] ?? 0, (Math.abs(gap) * (room[i] ?? 0)) / all);
  }
  const moved = next.reduce((sum, x, i) => sum + Math.abs(x - (spends[i] ?? 0)), 0) / 2;
  return moved < LEAST * TOTAL ? [...spends] : next;
}

function returns({ history }: Desk, ticks: number): number[] {
  const recent = history.slice(-ticks);
  return Array.from({ length: CHANNEL_COUNT }, (_, i) => {
    const spend = recent.reduce((sum, { spends }) => sum + (spends[i] ?? 0), 0);
    const gain = recent.reduce((sum, { gains }) => sum + (gains[i] ?? 0), 0);
    return gain / spend;
  });
}

export const stay: Policy = { name: 'static', decide: ({ spends }) => spends };

/** Money in proportion to the return of the last `ticks`. */
export const roasProportional = (ticks: number): Policy => ({
  name: 'ROAS-proportional',
  decide: (desk) => {
    const roas = returns(desk, ticks);
    const sum = roas.reduce((total, value) => total + value, 0);
    return within(
      desk.spends,
      roas.map((value) => (TOTAL * value) / sum),
    );
  },
});

/** Raises whoever returns more than the average by the whole step and cuts the others: what eager people do. */
export const chaseWinner = (ticks: number): Policy => ({
  name: 'chase the winner',
  decide: (desk) => {
    const roas = returns(desk, ticks);
    const average =
      roas.reduce((sum, value, i) => sum + value * (desk.spends[i] ?? 0), 0) / desk.spends.reduce((a, b) => a + b, 0);
    return within(
      desk.spends,
      desk.spends.map((x, i) => x * ((roas[i] ?? 0) >= average ? 1 + STEP : 1 - STEP)),
    );
  },
});
