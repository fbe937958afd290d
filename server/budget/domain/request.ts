import { createHash } from 'node:crypto';
import {
  type AccountId,
  type ApprovalTier,
  type Card,
  cardIdsOf,
  type Leg,
  type RailsChange,
  type TransferBody,
} from '#contract/budget';
import { AppError } from '#contract/errors';
import type { Tier } from '#contract/tiers';
import { chan, keptShare, kindOf, nameOf } from './accounts.ts';
import type { Guard } from './plan.ts';
import { envelopeMinor, type Policy, tierLimits } from './policy.ts';
import { precedenceOf, refusal } from './refusals.ts';
import type { World } from './world.ts';

/** What somebody wants changed, checked for form: amounts above 0, two accounts that exist. */
export interface Wanted {
  readonly legs: readonly Leg[];
  readonly rails: readonly RailsChange[];
  readonly expected: Readonly<Record<AccountId, number>>;
  readonly emergency: boolean;
  readonly undoOf: string | null;
}

/** The refusals that need no look at the money. @throws {AppError} 400, 422 `validation` for a request of nothing */
export function readRequest(body: TransferBody, world: World): Wanted {
  const { legs, rails = [], expected } = body;
  if (legs.length + rails.length === 0)
    throw new AppError(
      'validation',
      'nothing is asked for: name at least one leg, or the floor, cap and pin of an account',
      {
        field: '/legs',
      },
    );
  // of two the last would hold, and whoever approves would have read the first
  if (new Set(rails.map(({ account }) => account)).size < rails.length)
    throw new AppError('validation', 'an account is named twice in rails; name each once', { field: '/rails' });
  if (legs.some(({ amountMinor }) => amountMinor <= 0)) throw refusal('amount_not_positive');
  if (legs.some(({ from, to }) => from === to)) throw refusal('same_account');
  const named = [...legs.flatMap(({ from, to }) => [from, to]), ...rails.map(({ account }) => account)];
  const strange = named.find((id) => !world.accounts.has(id));
  if (strange !== undefined) throw refusal('unknown_channel', { account: strange });
  if (body.currency !== undefined && body.currency !== world.currency) throw refusal('currency_mismatch');
  const missing = named.find((id) => expected[id] === undefined);
  if (missing !== undefined) throw refusal('version_stale', { account: missing });
  const touched = Object.fromEntries([...new Set(named)].sort().map((id) => [id, expected[id] ?? 0]));
  return { legs, rails, expected: touched, emergency: body.emergency === true, undoOf: null };
}

/** What an approval is bound to: any other amount, account, policy or allocation gives another one. */
export function termsOf(wanted: Wanted, policyVersion: number): string {
  const { legs, rails, expected, emergency, undoOf } = wanted;
  const exact = [
    legs.map(({ from, to, amountMinor }) => [from, to, amountMinor]),
    rails.map(({ account, floor, cap, pinned }) => [account, floor, cap, pinned]),
    Object.entries(expected).sort(([a], [b]) => (a < b ? -1 : 1)),
    policyVersion,
    emergency,
    undoOf,
  ];
  return createHash('sha256').update(JSON.stringify(exact)).digest('hex');
}

/** Money that leaves or reaches each account. */
export function flows(legs: readonly Leg[]): { out: Map<AccountId, number>; in: Map<AccountId, number> } {
  const sums = { out: new Map<AccountId, number>(), in: new Map<AccountId, number>() };
  for (const { from, to, amountMinor } of legs) {
    sums.out.set(from, (sums.out.get(from) ?? 0) + amountMinor);
    sums.in.set(to, (sums.in.get(to) ?? 0) + amountMinor);
  }
  return sums;
}
export const totalOf = (legs: readonly Leg[]): number => legs.reduce((sum, { amountMinor }) => sum + amountMinor, 0);

/** Only takes money out of ads: allowed in every freeze. */
export const isDecrease = ({ to }: Leg): boolean => kindOf(to) === 'env';

/** Gives another account than an envelope something. */
const isGiving = (legs: readonly Leg[], id: AccountId): boolean =>
  legs.some((leg) => leg.from === id && !isDecrease(leg));

/** Rolling sums that a move counts in, against splitting one big move into many. */
export function dimensions(legs: readonly Leg[], personId: string): Map<string, number> {
  const sums = new Map<string, number>([[`by:${personId}`, totalOf(legs)]]);
  const add = (name: string, amountMinor: number): void => void sums.set(name, (sums.get(name) ?? 0) + amountMinor);
  for (const { from, to, amountMinor } of legs) {
    if (kindOf(from) === 'chan') add(`out:${nameOf(from)}`, amountMinor);
    if (kindOf(to) === 'chan') add(`in:${nameOf(to)}`, amountMinor);
    add(`pair:${from}>${to}`, amountMinor);
  }
  return sums;
}

/** The lowest tier that the move alone allows; rolling sums may raise it. */
export function firstTier(
  wanted: Wanted,
  world: World,
  { card, confirmed }: { card: Card | null; confirmed: boolean },
): ApprovalTier {
  const { legs, rails } = wanted;
  const touchesOther = legs.some(({ from, to }) =>
    [from, to].some((id) => kindOf(id) !== 'chan' && id !== world.channelEnvelope),
  );
  if (rails.length > 0 || touchesOther || (wanted.emergency && !legs.every(isDecrease))) return 'T3';
  if (wanted.emergency) return 'T4';
  const limits = tierLimits(world.policy, world.envelopeMinor);
  const total = totalOf(legs);
  if (confirmed && card !== null && total <= limits.T0 && covers(card, wanted, world.policy)) return 'T0';
  if (total <= limits.T1) return 'T1';
  return total <= limits.T2 ? 'T2' : 'T3';
}
const between = (legs: readonly Leg[], from: AccountId, to: AccountId): number =>
  totalOf(legs.filter((leg) => leg.from === from && leg.to === to));
/** Inside a card that was shown: the same pairs, no more money, and likely enough to be right. */
export function covers({ legs, effect }: Card, wanted: Wanted, policy: Policy): boolean {
  return (
    effect.probability >= policy.t0Probability &&
    wanted.legs.every(({ from, to }) => between(wanted.legs, from, to) <= between(legs, from, to))
  );
}

/** Tiers of alerts that cover a channel stop increases on it: yellow and above. */
const STOPS: ReadonlySet<Tier> = new Set<Tier>(['yellow', 'orange', 'red']);
const ratio = (value: number): string => String(value);

/**
 * Everything a request must meet, in order of precedence. Judged inside the script that holds the money, and by the same
 * script for a preview.
 */
export function requestGuards(wanted: Wanted, world: World, personId: string, tier: ApprovalTier): Guard[] {
  const { policy } = world;
  const { legs, expected, rails } = wanted;
  const isUndo = wanted.undoOf !== null;
  const moved = flows(legs);
  const guards: Guard[] = [];
  for (const [account, version] of Object.entries(expected))
    guards.push(['version', 'version_stale', account, String(version)]);
  if (world.nowMs >= world.closesAtMs) guards.push(['never', 'campaign_closed', '', '']);
  for (const account of moved.out.keys()) {
    guards.push(['available', 'insufficient_available', account]);
    guards.push(['floor', 'below_floor', account]);
  }
  for (const account of moved.in.keys()) guards.push(['cap', 'above_cap', account]);
  if (!wanted.emergency) for (const account of moved.out.keys()) guards.push(...keptGuards(account, world.budgets));
  for (const account of moved.out.keys()) if (moved.in.has(account)) guards.push(['never', 'infeasible', account, '']);
  for (const { account, floor, cap } of rails)
    guards.push(['within', 'infeasible', account, String(floor), cap === null ? '' : String(cap)]);
  for (const [side, amounts] of [
    ['out', moved.out],
    ['in', moved.in],
  ] as const) {
    for (const [account, amountMinor] of amounts) {
      if (kindOf(account) !== 'chan') continue;
      const link = world.links.get(nameOf(account));
      const amount = String(amountMinor);
      if (!isUndo && !wanted.emergency) {
        const hard = side === 'out' ? policy.cutRatio : policy.increaseRatio;
        const step = String(Math.floor(policy.stepEnvelopeRatio * world.envelopeMinor));
        guards.push(['step', 'step_too_large', account, amount, ratio(policy.stepChannelRatio), step, ratio(hard)]);
        guards.push(['cooldown', 'cooldown', account]);
      }
      if (side === 'out') guards.push(...releasableGuards(account, world));
      if (link !== undefined)
        guards.push([
          'platform',
          'platform_floor',
          account,
          String(link.minMinor),
          String(link.maxMinor),
          String(link.minStepMinor),
          amount,
        ]);
      const nextAt = link === undefined ? null : world.nextChangeAt(nameOf(account));
      // what must not wait for people (money out of ads, taking back, an emergency) waits for its turn in the outbox, if there will be one
      const mayWait = isUndo || wanted.emergency || (side === 'out' && !isGiving(legs, account));
      if (nextAt !== null && (!mayWait || nextAt >= world.closesAtMs))
        guards.push(['never', 'platform_quota', account, String(nextAt)]);
    }
  }
  guards.push(...standstillGuards(wanted, world));
  // taking money out of ads at once is what T4 is for: no sum stands in its way (I7), but it counts for what comes after
  if (!isUndo && tier !== 'T4') guards.push(...sumGuards(wanted, world, personId, tier));
  return guards.sort((a, b) => rank(a) - rank(b));
}
/** I5: what a level keeps back, whoever asks. */
function keptGuards(account: AccountId, budgets: World['budgets']): Guard[] {
  const kept = keptShare(account, budgets);
  if (kept === null) return [];
  const { ofMinor } = kept;
  return [['reserve', 'reserve_breach', account, ratio(kept.ratio), ofMinor === null ? '' : String(ofMinor)]];
}
/** A card counts once; judged before anything about money. */
export const cardGuards = (card: string | null): Guard[] =>
  card === null ? [] : cardIdsOf(card).map((id) => ['card', 'card_taken', id]);
const rank = ([, code]: Guard): number => (code === 'tier' ? Number.MAX_SAFE_INTEGER : precedenceOf(code));

/**
 * What stands still (I7), at the request and again when the money is posted: a freeze, an alert that names the receiver, a silent
 * feed. On a silent feed nobody sees what a channel costs or brings, so typed amounts wait; what is left is taking money out of ads,
 * taking a move back, and what commander and finance sign as an emergency. `never` guards name who stops it behind the time.
 */
export function standstillGuards(
  { legs, emergency, undoOf }: Omit<Wanted, 'rails' | 'expected'>,
  world: World,
): Guard[] {
  const guards: Guard[] = [];
  const moved = flows(legs);
  const giving = [...moved.out.keys()].filter((id) => isGiving(legs, id));
  const isChannel = (id: AccountId): boolean => kindOf(id) === 'chan';
  for (const account of [...moved.in.keys()].filter(isChannel)) {
    guards.push(['frozen', 'frozen', account, 'increase']);
    const alarm = world.alarm(nameOf(account));
    if (alarm !== null && STOPS.has(alarm.tier)) guards.push(['never', 'frozen', account, '', 'tier', alarm.rule]);
  }
  for (const account of giving.filter(isChannel)) guards.push(['frozen', 'frozen', account, 'decrease']);
  const feed = emergency || undoOf !== null ? null : world.staleFeed();
  if (feed === null) return guards;
  const ends = new Set([...giving, ...moved.in.keys()].filter(isChannel));
  return [...guards, ...[...ends].map((account): Guard => ['never', 'frozen', account, '', 'feed', feed])];
}

/** I4 for a channel with a platform link; checked again when the money is posted. */
export function releasableGuards(account: AccountId, world: World): Guard[] {
  const link = kindOf(account) === 'chan' ? world.links.get(nameOf(account)) : undefined;
  if (link === undefined) return [];
  const reading = world.reading(nameOf(account));
  const highest = link.overdeliveryOf === 'highest_today' ? String(reading?.highestTodayMinor ?? 0) : '';
  const args = [
    link.minMinor,
    link.floorSpentRatio,
    link.floorSpentPlusMinor,
    reading?.frozenMinor ?? 0,
    link.overdeliveryFactor,
  ];
  return [['releasable', 'not_releasable', account, ...args.map(String), highest]];
}

function sumGuards({ legs }: Wanted, world: World, personId: string, tier: ApprovalTier): Guard[] {
  const { policy } = world;
  const of = (part: number): string => String(Math.floor(part * envelopeMinor(world.budgets)));
  const limits = tierLimits(policy, world.envelopeMinor);
  const DAY_MS = 86_400_000;
  return [...dimensions(legs, personId)].flatMap(([name, amountMinor]): Guard[] => {
    const amount = String(amountMinor);
    const day: Guard = name.startsWith('in:')
      ? [
          'sum',
          'split_limit_exceeded',
          name,
          String(DAY_MS),
          amount,
          of(policy.dayRatio),
          chan(name.slice(3)),
          ratio(policy.dayIncreaseRatio),
        ]
      : ['sum', 'split_limit_exceeded', name, String(DAY_MS), amount, of(policy.dayRatio)];
    const guards: Guard[] = [['sum', 'split_limit_exceeded', name, '3600000', amount, of(policy.hourRatio)], day];
    if (tier === 'T0' || tier === 'T1' || tier === 'T2')
      guards.push(['sum', 'tier', name, String(DAY_MS), amount, String(limits[tier])]);
    if (tier === 'T0' && !name.startsWith('by:') && !name.startsWith('pair:'))
      guards.push([
        'step',
        'tier',
        chan(name.slice(name.indexOf(':') + 1)),
        amount,
        ratio(policy.t0ChannelRatio),
        '0',
        '',
      ]);
    return guards;
  });
}
