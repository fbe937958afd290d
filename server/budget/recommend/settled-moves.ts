import { cardIdsOf, type Leg, type Move } from '#contract/budget';
import type { Campaign } from '../../domain/campaign.ts';
import type { WindowReader } from '../../domain/kpis/types.ts';
import { marginOf } from './decide.ts';
import { curveOf } from './domain/fit.ts';
import { type JudgedTick, realisedAt } from './domain/judge.ts';
import { channelTick, plannedSpendOver } from './read-ticks.ts';
import type { Rhythm } from './rhythm.ts';
import { type AdviceState, type ChannelState, SETTLED_KEPT, type SettledCard, yieldOf } from './state.ts';

const channelOf = (account: string): string | null => (account.startsWith('chan:') ? account.slice(5) : null);

/** Takes in moves that settled: direction and time of both ends, and the card each came from. */
export function takeSettled(state: AdviceState, moves: readonly Move[]): AdviceState {
  let next = state;
  for (const move of moves) {
    const endedAtMs = move.endedAt ?? move.requestedAt;
    next = { ...next, movesToMs: Math.max(next.movesToMs, endedAtMs + 1) };
    if (move.state !== 'settled' && move.state !== 'partially_settled') continue;
    if (next.settled.some(({ moveId }) => moveId === move.id)) continue;
    const posted: Leg[] = move.legs.flatMap(({ from, to, postedMinor, returnedMinor }) =>
      postedMinor - returnedMinor > 0 ? [{ from, to, amountMinor: postedMinor - returnedMinor }] : [],
    );
    for (const { from, to } of posted)
      next = { ...next, channels: moved(moved(next.channels, from, -1, endedAtMs), to, 1, endedAtMs) };
    const settled = cardIdsOf(move.recommendationId ?? '').flatMap((id) =>
      settledCard(next, move.id, id, posted, endedAtMs),
    );
    next = { ...next, settled: [...next.settled, ...settled].slice(-SETTLED_KEPT) };
  }
  return next;
}

function moved(
  channels: AdviceState['channels'],
  account: string,
  direction: -1 | 1,
  atMs: number,
): AdviceState['channels'] {
  const channel = channelOf(account);
  const state: ChannelState | undefined = channel === null ? undefined : channels[channel];
  return channel === null || state === undefined
    ? channels
    : { ...channels, [channel]: { ...state, moved: { atMs, direction } } };
}

/** The card a move carried out, with what was predicted for as much of it as was posted. */
function settledCard(
  { cards, withdrawn = [] }: AdviceState,
  moveId: string,
  cardId: string,
  posted: readonly Leg[],
  settledAtMs: number,
): SettledCard[] {
  const card = [...cards, ...withdrawn].find(({ id }) => id === cardId);
  const asked = card?.legs[0];
  const leg = posted.find(({ from, to }) => from === asked?.from && to === asked?.to);
  if (card === undefined || asked === undefined || leg === undefined) return [];
  const part = leg.amountMinor / asked.amountMinor;
  const { low, mid, high, probability } = card.effect;
  return [
    {
      id: card.id,
      moveId,
      ...leg,
      settledAtMs,
      judgedAtMs: null,
      probability,
      rawProbability: card.rawProbability,
      predicted: { low: Math.round(low * part), mid: Math.round(mid * part), high: Math.round(high * part) },
      realised: null,
      objective: card.objective,
    },
  ];
}

export interface JudgeInput {
  readonly campaign: Campaign;
  readonly read: WindowReader;
  readonly rhythm: Rhythm;
}
/** Judges every settled card whose horizon has been learnt from. */
export function judgeSettled(state: AdviceState, input: JudgeInput): AdviceState {
  const { campaign, rhythm } = input;
  const settled = state.settled.map((card): SettledCard => {
    const fromMs =
      campaign.opensAtMs + Math.ceil((card.settledAtMs - campaign.opensAtMs) / rhythm.tickMs) * rhythm.tickMs;
    const wantedMs = Math.min(campaign.closesAtMs, fromMs + rhythm.horizonTicks * rhythm.tickMs);
    if (card.realised !== null || state.learntToMs < wantedMs) return card;
    const realised = Math.round(
      realisedEnd(state, card, card.from, -1, fromMs, wantedMs, input) +
        realisedEnd(state, card, card.to, 1, fromMs, wantedMs, input),
    );
    return { ...card, realised, judgedAtMs: state.learntToMs };
  });
  return { ...state, settled };
}

function realisedEnd(
  state: AdviceState,
  card: SettledCard,
  account: string,
  sign: -1 | 1,
  fromMs: number,
  toMs: number,
  { campaign, read, rhythm }: JudgeInput,
): number {
  const channel = channelOf(account);
  const rest = plannedSpendOver(campaign, {
    fromMs: Math.max(card.settledAtMs, campaign.opensAtMs),
    toMs: campaign.closesAtMs,
  });
  const ticks: JudgedTick[] = [];
  let kept = 0;
  for (let ms = fromMs; ms + rhythm.tickMs <= toMs; ms += rhythm.tickMs) {
    const span = { fromMs: ms, toMs: ms + rhythm.tickMs };
    const moved = rest > 0 ? (sign * card.amountMinor * plannedSpendOver(campaign, span)) / rest : 0;
    kept += moved;
    if (channel === null) continue;
    const { spend, gmv, newBuyers } = channelTick(read, channel, span);
    ticks.push({ spend, gain: card.objective === 'new_buyers' ? newBuyers : gmv, moved });
  }
  const known = channel === null ? undefined : state.channels[channel];
  if (known === undefined) return kept; // money kept back is worth itself
  return marginOf(card.objective, campaign) * realisedAt(curveOf(known.memory[yieldOf(card.objective)].fit), ticks);
}
