import type { Campaign } from '../../domain/campaign.ts';
import { mostIn, mostOut } from './domain/bounds.ts';
import { nextMultiplier } from './domain/pacing.ts';
import { type ChannelFacts, vetoesOf } from './domain/vetoes.ts';
import type { ChannelMoney } from './money.ts';
import { plannedDemand, plannedSpendOver } from './read-ticks.ts';
import type { Rhythm } from './rhythm.ts';
import type { AdviceState, ChannelState, Context, SeatContext } from './state.ts';

/** Demand further away than this many usual ticks does not count for a move: the curves will have changed. */
const DEMAND_LEFT_MOST = 48;
const HOUR_MS = 3_600_000;

/** Where every channel stands at the end of a tick: money, bounds, vetoes and what the coming ticks are planned to be. */
export function contextAt(
  campaign: Campaign,
  rhythm: Rhythm,
  nowMs: number,
  money: readonly ChannelMoney[],
  facts: ReadonlyMap<string, ChannelFacts>,
): Context {
  const { opensAtMs, closesAtMs } = campaign;
  const fromMs = Math.max(nowMs, opensAtMs);
  const horizonMs = rhythm.horizonTicks * rhythm.tickMs;
  const toMs = Math.min(closesAtMs, fromMs + horizonMs);
  const left = plannedSpendOver(campaign, { fromMs, toMs: closesAtMs });
  const coming = plannedSpendOver(campaign, { fromMs, toMs });
  const ticks = Math.max(1, (toMs - fromMs) / rhythm.tickMs);
  const share = left > 0 ? coming / left / ticks : 0;
  const demand = (spanToMs: number): number =>
    spanToMs <= fromMs
      ? 0
      : (plannedDemand(campaign, { fromMs, toMs: spanToMs }) * (spanToMs - fromMs)) / rhythm.tickMs;
  const phase = nowMs >= closesAtMs ? 'closed' : nowMs < opensAtMs ? 'pre_open' : 'live';
  const given = money.reduce((sum, { allocated }) => sum + allocated, 0);
  const open = { fromMs: opensAtMs, toMs: Math.max(opensAtMs, Math.min(nowMs, closesAtMs)) };
  return {
    atMs: nowMs,
    phase,
    share,
    ticks: toMs > fromMs ? ticks : 0,
    demand: demand(toMs) / ticks,
    demandLeft: Math.min(DEMAND_LEFT_MOST, demand(closesAtMs)),
    seats: money.map((one): SeatContext => {
      const known = facts.get(one.channel);
      return {
        ...moneyOf(one, share),
        vetoes: known === undefined ? [] : vetoesOf(known, nowMs, vetoRules(rhythm)),
        plannedMinor: Math.round(given === 0 ? 0 : (plannedSpendOver(campaign, open) * one.allocated) / given),
      };
    }),
  };
}

/** What money says of a seat. */
const moneyOf = (one: ChannelMoney, share: number) => ({
  channel: one.channel,
  account: one.account,
  allocated: one.allocated,
  version: one.version,
  pendingMinor: one.pendingMinor,
  // what is asked for already counts as given: nobody is advised to ask for it again
  spend: Math.max(0, one.allocated + one.pendingMinor - one.spent) * share,
  out: mostOut(one),
  in: mostIn(one),
  spentMinor: one.spent,
});

/** The same tick with the money of this instant: a move may have settled since. */
export const freshened = (context: Context, money: readonly ChannelMoney[]): Context => ({
  ...context,
  seats: context.seats.map((seat) => {
    const now = money.find(({ account }) => account === seat.account);
    return now === undefined ? seat : { ...seat, ...moneyOf(now, context.share) };
  }),
});

const vetoRules = ({ afterRegimeMs }: Rhythm) => ({ leastUsedRatio: 0.9, leastOrdersCount: 30, afterRegimeMs });

/** Channels whose ticks teach a copy: what they sell now says nothing of what they can. */
export const troubledChannels = (context: Context | null): ReadonlySet<string> =>
  new Set(
    (context?.seats ?? []).flatMap(({ channel, vetoes }) =>
      vetoes.some(({ code }) => code === 'stockout' || code === 'payments' || code === 'faults') ? [channel] : [],
    ),
  );

/** The pacing of each channel, one tick on. */
export function pacedChannels(
  channels: AdviceState['channels'],
  context: Context,
  campaign: Campaign,
): AdviceState['channels'] {
  if (context.phase !== 'live') return channels;
  const hoursLeft = (campaign.closesAtMs - context.atMs) / HOUR_MS;
  return Object.fromEntries(
    Object.entries(channels).map(([channel, state]): [string, ChannelState] => {
      const seat = context.seats.find((one) => one.channel === channel);
      if (seat === undefined) return [channel, state];
      const { spentMinor: spent, plannedMinor: planned, allocated } = seat;
      const remaining = Math.max(0, allocated - spent);
      return [
        channel,
        { ...state, multiplier: nextMultiplier(state.multiplier, { spent, planned, remaining, hoursLeft }) },
      ];
    }),
  );
}

/** Cards that are still true: no veto has come since that their ends forbid, and the allocation of neither end has changed. */
export function openCards(state: AdviceState, context: Context): AdviceState['cards'] {
  const stopped = (account: string, way: 'in' | 'out'): boolean => {
    const vetoes = context.seats.find((seat) => seat.account === account)?.vetoes ?? [];
    return way === 'in' ? vetoes.length > 0 : vetoes.some(({ stops }) => stops === 'move');
  };
  const changed = ({ expected }: AdviceState['cards'][number]): boolean =>
    context.seats.some(({ account, version }) => expected[account] !== undefined && expected[account] !== version);
  return state.cards.filter(
    (card) => !changed(card) && !card.legs.some(({ from, to }) => stopped(from, 'out') || stopped(to, 'in')),
  );
}

/** Cards that nobody has asked for since they were made: no request has taken from the donor or given to the receiver. */
export const unaskedCards = (
  cards: AdviceState['cards'],
  { seats }: Pick<Context, 'seats'>,
  pending: Readonly<Record<string, number>> = {},
): AdviceState['cards'] => {
  const more = (account: string): number =>
    (seats.find((seat) => seat.account === account)?.pendingMinor ?? 0) - (pending[account] ?? 0);
  return cards.filter(({ legs }) => !legs.some(({ from, to }) => more(from) < 0 || more(to) > 0));
};
