import type { AccountId, Objective } from '#contract/budget';
import type { AdviceCard, AdviceNote, AdviceReply } from '#contract/recommendations';
import type { Limit } from './domain/bounds.ts';
import type { Memory } from './domain/memory.ts';
import type { ChannelVeto } from './domain/vetoes.ts';

/** What curves are fitted to: GMV and profit share one, buyers have their own. */
export const YIELDS = ['gmv', 'new_buyers'] as const;
export type Yield = (typeof YIELDS)[number];
export const yieldOf = (objective: Objective): Yield => (objective === 'new_buyers' ? 'new_buyers' : 'gmv');

export interface ChannelState {
  readonly memory: Readonly<Record<Yield, Memory>>;
  readonly regimeChangedAtMs: number | null;
  /** Direction and time of its last settled move. */
  readonly moved: { readonly atMs: number; readonly direction: -1 | 1 } | null;
  readonly multiplier: number;
}

/** One channel at the last tick: all that a decision, a what-if or a chart needs besides the curve. */
export interface SeatContext {
  readonly channel: string;
  readonly account: AccountId;
  readonly allocated: number;
  readonly version: number;
  /** What requests that are not carried out yet bring, less what they take; absent in what an older server kept. */
  readonly pendingMinor?: number;
  /** Planned spend of a coming tick at its allocation, minor units. */
  readonly spend: number;
  readonly out: Limit;
  readonly in: Limit;
  readonly vetoes: readonly ChannelVeto[];
  readonly spentMinor: number;
  readonly plannedMinor: number;
}
export interface Context {
  readonly atMs: number;
  readonly phase: AdviceReply['phase'];
  /** Part of what is allocated and unspent that goes into a coming tick. */
  readonly share: number;
  /** Ticks of the horizon, fewer at the close, and their mean demand: returns are told at it. */
  readonly ticks: number;
  readonly demand: number;
  /** Demand summed over the ticks that count until the close. */
  readonly demandLeft: number;
  readonly seats: readonly SeatContext[];
}
export interface Decision {
  readonly atMs: number;
  readonly note: AdviceNote | null;
  readonly infeasible: AdviceReply['infeasible'];
  /** Allocation per channel that the curves would have within the bounds, minor units; sums to the present one. */
  readonly target: Readonly<Record<string, number>>;
  readonly together: AdviceReply['together'];
  /** `pendingMinor` of each account that it was decided on; absent: none. */
  readonly pending?: Readonly<Record<AccountId, number>>;
}
/** A settled move that came from a card; judged when its horizon has passed. */
export interface SettledCard {
  readonly id: string;
  readonly moveId: string;
  readonly from: AccountId;
  readonly to: AccountId;
  readonly amountMinor: number;
  readonly settledAtMs: number;
  readonly judgedAtMs: number | null;
  readonly probability: number;
  readonly rawProbability: number;
  readonly predicted: { readonly low: number; readonly mid: number; readonly high: number };
  readonly realised: number | null;
  readonly objective: Objective;
}
export interface Shadow {
  readonly actual: number;
  readonly doNothing: number;
  readonly roasProportional: number;
  /** Absent in what an older server kept. */
  readonly best?: number;
  /** Shares of the money in the line that follows past returns. */
  readonly shares: Readonly<Record<string, number>>;
  readonly returns: Readonly<Record<string, { readonly spend: number; readonly gain: number }>>;
}

/** All that recommendations know, kept in the store as JSON: another node goes on from it. */
export interface AdviceState {
  readonly format: 1;
  /** Every tick that ends here or before has been learnt from. */
  readonly learntToMs: number;
  readonly channels: Readonly<Record<string, ChannelState>>;
  readonly context: Context | null;
  readonly decisions: Readonly<Partial<Record<Objective, Decision>>>;
  readonly decidedAtMs: number | null;
  /** Cards that were shown, newest last; withdrawn ones are gone. */
  readonly cards: readonly AdviceCard[];
  /** Withdrawn ones, newest last: a move that they led to may settle later and is judged by them. Absent in what an older server kept. */
  readonly withdrawn?: readonly AdviceCard[];
  readonly settled: readonly SettledCard[];
  /** Moves that settled before are known. */
  readonly movesToMs: number;
  readonly shadow: Shadow;
}
export const CARDS_KEPT = 120;
export const SETTLED_KEPT = 200;
