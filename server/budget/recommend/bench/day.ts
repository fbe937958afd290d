import { Ours, type ShownCard, type Tuning } from './ours.ts';
import type { Policy } from './rivals.ts';
import { CHANNEL_COUNT, oracle, type Scenario, TICK_COUNT, World } from './world.ts';

export interface DayResult {
  /** 1 − revenue ÷ what the oracle would have made. */
  readonly regret: number;
  /** Decisions that moved money. */
  readonly moves: number;
  /** Of the plan, before the opening; not among `moves`. */
  readonly planMoves: number;
  readonly cards: readonly ShownCard[];
  readonly bundles: readonly ShownCard[];
  readonly precision: { readonly won: number; readonly of: number };
}
const DECIDE_TICKS = 6;
const oracles = new Map<string, number>();
function oracleOf(world: World, seed: number): number {
  const key = `${world.scenario.name}|${seed}`;
  let total = oracles.get(key);
  if (total === undefined) {
    total = oracle(world);
    oracles.set(key, total);
  }
  return total;
}

function live(
  world: World,
  seed: number,
  decide: (t: number, spends: readonly number[]) => readonly number[],
  start: readonly number[],
): { regret: number; moves: number } {
  let spends: readonly number[] = start;
  let revenue = 0;
  let moves = 0;
  for (let t = 0; t < TICK_COUNT; t += 1) {
    revenue += world.revenue(t, spends);
    const next = decide(t, spends);
    if (next.some((x, i) => Math.abs(x - (spends[i] ?? 0)) > 1e-9)) moves += 1;
    spends = next;
  }
  return { regret: 1 - revenue / oracleOf(world, seed), moves };
}
const equal: readonly number[] = Array.from({ length: CHANNEL_COUNT }, () => 1);

/** A day of a rule that looks at past returns. */
export function rivalDay(scenario: Scenario, seed: number, policy: Policy): DayResult {
  const world = new World(scenario, seed);
  const spent: (readonly number[])[] = [];
  const decide = (t: number, spends: readonly number[]): readonly number[] => {
    spent.push(spends);
    if ((t + 1) % DECIDE_TICKS !== 0) return spends;
    const history = spent.slice(-36).map((row, n, rows) => {
      const at = t - (rows.length - 1 - n);
      return { spends: row, gains: row.map((x, i) => world.outcome(at, i, x).gain * world.known(at, i, t - at)) };
    });
    return policy.decide({ t, spends, history });
  };
  return { ...live(world, seed, decide, equal), planMoves: 0, cards: [], bundles: [], precision: { won: 0, of: 0 } };
}

/** A day of ours. */
export function ourDay(scenario: Scenario, seed: number, tuning: Tuning, preOpen = false): DayResult {
  const world = new World(scenario, seed);
  const spent: (readonly number[])[] = [];
  const ours = new Ours(world, tuning);
  const decide = (t: number, spends: readonly number[]): readonly number[] => {
    spent.push(spends);
    return ours.decide(t, spends, spent);
  };
  const lived = live(world, seed, decide, preOpen ? ours.preOpen(equal) : equal);
  const acted = ours.bundles.filter(({ acted }) => acted);
  return {
    ...lived,
    planMoves: ours.movedAt.filter((t) => t < 0).length,
    cards: ours.cards,
    bundles: ours.bundles,
    precision: { won: acted.filter(({ trueGain }) => trueGain > 0).length, of: acted.length },
  };
}
