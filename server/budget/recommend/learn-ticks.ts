import type { Campaign } from '../../domain/campaign.ts';
import type { WindowReader } from '../../domain/kpis/types.ts';
import { policyOf } from '../domain/policy.ts';
import { allocate } from './domain/allocate.ts';
import { response } from './domain/curve.ts';
import { curveOf, FIT_SETTINGS, type Prior } from './domain/fit.ts';
import { newMemory, remember } from './domain/memory.ts';
import { channelTick, paidChannels, plannedSpendOver, seenDemand } from './read-ticks.ts';
import type { Rhythm } from './rhythm.ts';
import type { AdviceState, ChannelState, Shadow } from './state.ts';

/** Ticks that a node that was away catches up with; older ones are lost to learning, the prior fills in. */
const CATCH_UP_TICKS = 24;
const CAC_MINOR = 4_000;
/** Return of the shadow line that follows it: part of the newest tick in the running sums. */
const SHADOW_KEEP = 11 / 12;

function priorsOf(campaign: Campaign, channel: string, rhythm: Rhythm): { gmv: Prior; new_buyers: Prior } {
  const { budgets, opensAtMs, closesAtMs } = campaign;
  const spec = budgets.channels[channel];
  const planned = plannedSpendOver(campaign, { fromMs: opensAtMs, toMs: closesAtMs }) * (spec?.shareRatio ?? 0);
  const usualSpend = Math.max(1, (planned * rhythm.tickMs) / (closesAtMs - opensAtMs));
  const cac = spec?.cacMinor ?? campaign.targets.cac ?? CAC_MINOR;
  return {
    gmv: { usualSpend, usualReturn: usualSpend * Math.max(0.1, spec?.roas0 ?? 1) },
    new_buyers: { usualSpend, usualReturn: usualSpend / cac },
  };
}

/** What is believed before anything was seen: the plan's returns, with a wide doubt. */
export function newState(campaign: Campaign, rhythm: Rhythm, fromMs: number): AdviceState {
  const channels = paidChannels(campaign).map((channel): [string, ChannelState] => {
    const { gmv, new_buyers } = priorsOf(campaign, channel, rhythm);
    const memory = { gmv: newMemory(gmv, FIT_SETTINGS), new_buyers: newMemory(new_buyers, FIT_SETTINGS) };
    return [channel, { memory, regimeChangedAtMs: null, moved: null, multiplier: 1 }];
  });
  const shares = Object.fromEntries(
    paidChannels(campaign).map((channel) => [channel, campaign.budgets.channels[channel]?.shareRatio ?? 0]),
  );
  return {
    format: 1,
    learntToMs: floorTick(campaign, rhythm, fromMs),
    channels: Object.fromEntries(channels),
    context: null,
    decisions: {},
    decidedAtMs: null,
    cards: [],
    settled: [],
    movesToMs: fromMs,
    shadow: { actual: 0, doNothing: 0, roasProportional: 0, best: 0, shares, returns: {} },
  };
}

/** Ticks are counted from the opening. */
export const floorTick = ({ opensAtMs }: Campaign, { tickMs }: Rhythm, atMs: number): number =>
  opensAtMs + Math.floor((atMs - opensAtMs) / tickMs) * tickMs;

/**
 * Learns from every tick that has ended by `settledToMs`. `troubled` says which channels operations veto now: their ticks
 * teach a copy.
 */
export function learnTicks(
  state: AdviceState,
  input: {
    readonly campaign: Campaign;
    readonly read: WindowReader;
    readonly rhythm: Rhythm;
    readonly settledToMs: number;
    readonly troubled: ReadonlySet<string>;
  },
): AdviceState {
  const { campaign, rhythm } = input;
  const toMs = Math.min(floorTick(campaign, rhythm, input.settledToMs), campaign.closesAtMs);
  let next = state;
  const oldest = toMs - CATCH_UP_TICKS * rhythm.tickMs;
  for (let fromMs = Math.max(state.learntToMs, oldest); fromMs + rhythm.tickMs <= toMs; fromMs += rhythm.tickMs)
    next = learnTick(next, fromMs, input);
  return next;
}

function learnTick(
  state: AdviceState,
  fromMs: number,
  { campaign, read, rhythm, troubled }: Parameters<typeof learnTicks>[1],
): AdviceState {
  const span = { fromMs, toMs: fromMs + rhythm.tickMs };
  const demand = seenDemand(campaign, read, span);
  const seen = Object.keys(state.channels).map((channel) => ({ channel, tick: channelTick(read, channel, span) }));
  const channels = seen.map(({ channel, tick }): [string, ChannelState] => {
    const before = state.channels[channel] as ChannelState;
    const at = { spend: tick.spend, demand, completeness: 1 };
    const gmv = remember(before.memory.gmv, { ...at, gain: tick.gmv }, troubled.has(channel), FIT_SETTINGS);
    const buyers = remember(
      before.memory.new_buyers,
      { ...at, gain: tick.newBuyers },
      troubled.has(channel),
      FIT_SETTINGS,
    );
    return [
      channel,
      {
        ...before,
        memory: { gmv: gmv.memory, new_buyers: buyers.memory },
        regimeChangedAtMs: gmv.regimeChanged ? span.toMs : before.regimeChangedAtMs,
      },
    ];
  });
  const learnt = { ...state, learntToMs: span.toMs, channels: Object.fromEntries(channels) };
  if (span.fromMs < campaign.opensAtMs) return learnt;
  return { ...learnt, shadow: shadowOf(learnt, demand, seen, campaign, rhythm) };
}

/** The lines beside the real one, by the curves as they are known now: nothing moved, and money follows past return. */
function shadowOf(
  { shadow, channels }: AdviceState,
  demand: number,
  seen: readonly { readonly channel: string; readonly tick: { readonly spend: number; readonly gmv: number } }[],
  { budgets }: Campaign,
  { decideMs, tickMs }: Rhythm,
): Shadow {
  const total = seen.reduce((sum, { tick }) => sum + tick.spend, 0);
  const line = (spendOf: (channel: string, spend: number) => number): number =>
    demand *
    seen.reduce((sum, { channel, tick }) => {
      const memory = channels[channel]?.memory.gmv;
      return memory === undefined ? sum : sum + response(curveOf(memory.fit), spendOf(channel, tick.spend));
    }, 0);
  const actual = line((_, spend) => spend);
  const best = bestSplit(
    channels,
    seen.map(({ channel }) => channel),
    total,
    budgets,
  );
  const returns = Object.fromEntries(
    seen.map(({ channel, tick }) => {
      const before = shadow.returns[channel] ?? { spend: 0, gain: 0 };
      return [
        channel,
        { spend: SHADOW_KEEP * before.spend + tick.spend, gain: SHADOW_KEEP * before.gain + tick.gmv },
      ] as const;
    }),
  );
  return {
    actual: shadow.actual + actual,
    doNothing: shadow.doNothing + line((channel) => total * (budgets.channels[channel]?.shareRatio ?? 0)),
    roasProportional: shadow.roasProportional + line((channel) => total * (shadow.shares[channel] ?? 0)),
    best:
      (shadow.best ?? shadow.actual) +
      Math.max(
        actual,
        line((channel, spend) => best.get(channel) ?? spend),
      ),
    shares: followReturns(shadow.shares, returns, (0.2 * tickMs) / decideMs),
    returns,
  };
}

/** The split of a tick's spend that returns most by the curves, within floors and caps of the opening; what a perfect desk would have. */
function bestSplit(
  channels: AdviceState['channels'],
  names: readonly string[],
  total: number,
  budgets: Campaign['budgets'],
): ReadonlyMap<string, number> {
  const { floorRatio, capRatio } = policyOf(budgets.policy);
  const known = names.filter((channel) => channels[channel] !== undefined);
  const split = allocate(
    known.map((channel) => {
      const opening = total * (budgets.channels[channel]?.shareRatio ?? 0);
      const curve = curveOf((channels[channel] as ChannelState).memory.gmv.fit);
      return { curve, worth: 1, min: floorRatio * opening, max: capRatio * opening };
    }),
    total,
  );
  return split.kind === 'optimal' ? new Map(known.map((channel, i) => [channel, split.spends[i] ?? 0])) : new Map();
}

/** Shares in proportion to returns, at most `step` of each share nearer a tick, summing to 1. */
function followReturns(
  shares: Shadow['shares'],
  returns: Shadow['returns'],
  step: number,
): Readonly<Record<string, number>> {
  const roas = Object.entries(returns).map(
    ([channel, { spend, gain }]) => [channel, spend > 0 ? gain / spend : 0] as const,
  );
  const sum = roas.reduce((all, [, value]) => all + value, 0);
  if (sum === 0) return shares;
  const moved = roas.map(([channel, value]) => {
    const share = shares[channel] ?? 0;
    return [channel, Math.min(share * (1 + step), Math.max(share * (1 - step), value / sum))] as const;
  });
  const all = moved.reduce((total, [, value]) => total + value, 0) || 1;
  return Object.fromEntries(moved.map(([channel, value]) => [channel, value / all]));
}
