import type { BudgetAccount, Leg } from '#contract/budget';
import type { AdviceCard } from '#contract/recommendations';
import { FIT_SETTINGS } from '../../../server/budget/recommend/domain/fit.ts';
import { newMemory } from '../../../server/budget/recommend/domain/memory.ts';
import type { AdviceState } from '../../../server/budget/recommend/state.ts';

const DAY_MS = 86_400_000;

/** What the advisor would keep after it has learnt: curves, where the channels stand, and one card, or one a leg. */
export function adviceOf(
  accounts: readonly BudgetAccount[],
  leg: Leg,
  probability: number,
  nowMs: number,
  more: readonly Leg[] = [],
): { readonly id: string; readonly state: AdviceState } {
  const chans = accounts.filter(({ kind }) => kind === 'chan');
  const id = `rec-gmv-test-${nowMs.toString(36)}-1`;
  const ends = [leg.from, leg.to].map((end) => chans.find((one) => one.id === end) as BudgetAccount);
  const card: AdviceCard = {
    id,
    objective: 'gmv',
    strength: probability >= 0.8 ? 'advised' : 'weak',
    rawProbability: probability,
    legs: [leg],
    effect: {
      low: 2_100_000_000,
      mid: 5_400_000_000,
      high: 8_800_000_000,
      objective: 'gmv',
      horizonMs: 3_600_000,
      probability,
      marginal: [
        { account: leg.from, before: 1.6, after: 1.8 },
        { account: leg.to, before: 3.9, after: 3.5 },
      ],
    },
    reasons: [
      { code: 'marginal_gap', params: { donor: leg.from, receiver: leg.to, from: 1.6, to: 3.9 } },
      ...(probability < 0.8 ? [{ code: 'weak' as const, params: {} }] : []),
    ],
    bounds: [],
    ends: ends.map(({ id: end, allocated }) => ({
      account: end,
      before: allocated,
      after: allocated + (end === leg.to ? leg.amountMinor : -leg.amountMinor),
    })),
    doNothing: 90_000_000_000,
    ifDone: 95_400_000_000,
    untilCloseMid: 40_000_000_000,
    madeAt: nowMs,
    expiresAt: nowMs + 600_000,
    expected: Object.fromEntries(ends.map((end) => [end.id, end.allocationVersion])),
  };
  const share = 0.003;
  const spendOf = (allocated: number): number => allocated * share;
  const state: AdviceState = {
    format: 1,
    learntToMs: nowMs + DAY_MS, // nothing more is learnt while the test runs
    channels: Object.fromEntries(
      chans.map(({ channel, allocated }) => {
        const prior = { usualSpend: spendOf(allocated), usualReturn: 4 * spendOf(allocated) };
        const memory = { gmv: newMemory(prior, FIT_SETTINGS), new_buyers: newMemory(prior, FIT_SETTINGS) };
        return [channel ?? '', { memory, regimeChangedAtMs: null, moved: null, multiplier: 1 }];
      }),
    ),
    context: {
      atMs: nowMs,
      phase: 'live',
      share,
      ticks: 12,
      demand: 1,
      demandLeft: 40,
      seats: chans.map(({ id: seat, channel, allocated, allocationVersion }) => ({
        channel: channel ?? '',
        account: seat,
        allocated,
        version: allocationVersion,
        spend: spendOf(allocated),
        out: { amount: allocated / 5, by: 'step_too_large' },
        in: { amount: allocated / 5, by: 'step_too_large' },
        step: allocated / 5,
        vetoes: [],
        spentMinor: 0,
        plannedMinor: Math.round(allocated * 0.01),
      })),
    },
    decisions: { gmv: { atMs: nowMs, note: null, infeasible: null, target: {}, together: null } },
    decidedAtMs: nowMs,
    cards: [
      card,
      ...more.map((each, at) => ({
        ...card,
        id: id.replace(/1$/, String(at + 2)),
        legs: [each],
        expected: Object.fromEntries(
          chans
            .filter((one) => one.id === each.from || one.id === each.to)
            .map((one) => [one.id, one.allocationVersion]),
        ),
      })),
    ],
    settled: [],
    movesToMs: nowMs,
    shadow: { actual: 0, doNothing: 0, roasProportional: 0, shares: {}, returns: {} },
  };
  return { id, state };
}
