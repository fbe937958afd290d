import type { Redis } from 'ioredis';
import type { AccountId, BudgetAccount, BudgetReply, Freeze, FrozenBy, PlatformPort } from '#contract/budget';
import type { FrameRow } from '#contract/frames';
import type { Figure } from '#contract/kpis';
import { exposureMinor } from '#contract/platforms';
import type { BudgetFigures } from '../domain/kpis/types.ts';
import { type AccountSpec, chan, kindOf, nameOf, RESERVE } from './domain/accounts.ts';
import { DECIDED } from './domain/move.ts';
import { stepLimitMinor } from './domain/policy.ts';
import { NOTHING_MOVED, type Rolling, roomOf } from './domain/rolling.ts';
import type { World } from './domain/world.ts';
import type { MoneyKeys } from './store/money-keys.ts';

export interface BookDeps {
  readonly redis: Redis;
  readonly keys: MoneyKeys;
  readonly world: () => World;
  readonly platforms: () => PlatformPort | null;
}
interface Kept {
  readonly head: Readonly<Record<string, string>>;
  readonly accounts: Readonly<Record<string, string>>;
  readonly rails: Readonly<Record<string, string>>;
  readonly freezes: readonly Freeze[];
  /** By channel. */
  readonly rolling: ReadonlyMap<string, Rolling>;
}
/** Field of the rails: when the reserve last had to pay for a channel, ms. */
export const FORCED_AT = 'forcedAt';
const FORCED_ALARM_MS = 30 * 60_000;
const DAY_MS = 86_400_000;
/** `<move>:<minor>`, score, … as a sorted set answers it. */
const movedOf = (list: readonly string[]): Rolling['in'] =>
  list.flatMap((member, i) =>
    i % 2 === 0 ? [[Number(list[i + 1]), Number(member.slice(member.lastIndexOf(':') + 1))] as const] : [],
  );
const EMPTY: Kept = { head: {}, accounts: {}, rails: {}, freezes: [], rolling: new Map() };

/** This node's copy of the money, for screens and reads: never what a change is decided on. */
export function createBook({ redis, keys, world, platforms }: BookDeps) {
  let kept = EMPTY;

  async function load(): Promise<void> {
    const { nowMs, accounts: specs } = world();
    const channels = [...specs.keys()].filter((id) => kindOf(id) === 'chan').map(nameOf);
    const reads = redis
      .multi()
      .hgetall(keys.head)
      .hgetall(keys.accounts)
      .hgetall(keys.rails)
      .hgetall(keys.freezes)
      .hgetall(keys.past);
    for (const channel of channels)
      for (const side of ['in', 'out'])
        reads.zrangebyscore(keys.sum(`${side}:${channel}`), nowMs - DAY_MS, '+inf', 'WITHSCORES');
    const read = ((await reads.exec()) ?? []).map(([error, reply]) => {
      if (error) throw error;
      return reply;
    });
    const [head, accounts, rails, freezes, past] = read as Record<string, string>[];
    const sums = (read.slice(5) as string[][]).map(movedOf);
    kept = {
      head: head ?? {},
      accounts: accounts ?? {},
      rails: rails ?? {},
      freezes: Object.values(freezes ?? {}).map((text) => JSON.parse(text) as Freeze),
      rolling: new Map(
        channels.map((channel, i) => [
          channel,
          { in: sums[2 * i] ?? [], out: sums[2 * i + 1] ?? [], past: past?.[chan(channel)] ?? '' },
        ]),
      ),
    };
  }
  const sum = (id: AccountId, field: string): number => Number(kept.accounts[`${id}|${field}`] ?? 0);
  const balanceOf = (id: AccountId): number => sum(id, 'creditsPosted') - sum(id, 'debitsPosted');
  const rail = (id: AccountId, field: string): number | null => {
    const text = kept.rails[`${id}|${field}`];
    return text === undefined || text === '' ? null : Number(text);
  };
  const openFreezes = (nowMs: number): Freeze[] =>
    kept.freezes.filter(({ until }) => until === null || until > nowMs).sort((a, b) => a.at - b.at);

  function frozenBy(channel: string, nowMs: number, now: World): FrozenBy[] {
    const own = openFreezes(nowMs)
      .filter(({ channels }) => channels.includes('*') || channels.includes(channel))
      .map(
        ({ source, by, direction, until }): FrozenBy => ({
          by: source,
          who: 'name' in by ? by.name : by.id,
          direction,
          until,
        }),
      );
    const alarm = now.alarm(channel);
    const stops = alarm !== null && ['yellow', 'orange', 'red'].includes(alarm.tier);
    const feed = now.staleFeed();
    if (stops) own.push({ by: 'tier', who: alarm.rule, direction: 'increases', until: null });
    if (feed !== null) own.push({ by: 'feed', who: feed, direction: 'all', until: null });
    return own;
  }

  function account({ id, zh, en }: AccountSpec, now: World): BudgetAccount {
    const kind = kindOf(id);
    const channel = kind === 'chan' ? nameOf(id) : null;
    const allocated = sum(id, 'allocated');
    const balance = balanceOf(id);
    const held = sum(id, 'debitsPending');
    const available = balance - held;
    const spent = allocated - balance;
    const link = channel === null ? undefined : now.links.get(channel);
    const reading = channel === null ? null : now.reading(channel);
    const exposure =
      link === undefined
        ? 0
        : exposureMinor(link, {
            frozenMinor: reading?.frozenMinor ?? 0,
            highestTodayMinor: reading?.highestTodayMinor ?? 0,
            spentMinor: spent,
          });
    const overspent = channel === null ? 0 : 0 - balanceOf(`cover:${channel}`);
    const target = rail(id, 'target');
    const told = channel === null ? null : (platforms()?.view(channel) ?? null);
    return {
      id,
      kind,
      channel,
      zh,
      en,
      allocated,
      spent,
      overspent,
      // what was spent in all, less what the channel itself has paid and what nobody has
      covered: channel === null ? 0 : balanceOf(`spend:${channel}`) - spent - overspent,
      held,
      incoming: sum(id, 'creditsPending'),
      available,
      releasable: Math.max(0, available - exposure),
      exposure,
      floor: rail(id, 'floor') ?? 0,
      cap: rail(id, 'cap'),
      pinned: rail(id, 'pinned') === 1,
      ...(channel === null
        ? {}
        : {
            step: {
              outMinor: stepLimitMinor(now.policy, now.envelopeMinor, allocated, 'out'),
              inMinor: stepLimitMinor(now.policy, now.envelopeMinor, allocated, 'in'),
            },
            room: roomOf(kept.rolling.get(channel) ?? NOTHING_MOVED, now.policy, {
              envelopeMinor: now.envelopeMinor,
              allocated,
              nowMs: now.nowMs,
            }),
          }),
      ...(link?.learningResetRatio === undefined ? {} : { learningResetRatio: link.learningResetRatio }),
      allocationVersion: sum(id, 'version') + (rail(id, 'version') ?? 0),
      cooldownUntil: (rail(id, 'cooldownUntil') ?? 0) > now.nowMs ? rail(id, 'cooldownUntil') : null,
      frozen: channel === null ? [] : frozenBy(channel, now.nowMs, now),
      platform:
        link === undefined
          ? null
          : (told ?? {
              objectId: link.objectId,
              targetMinor: target,
              readBackMinor: null,
              readBackAt: null,
              driftMinor: null,
              changesLeftCount: null,
              nextChangeAt: null,
              state: 'idle',
              waitingCount: 0,
              driftSince: null,
              spentMinor: null,
              spendGapMinor: null,
              trouble: '',
            }),
    };
  }

  function reply(): BudgetReply {
    const now = world();
    const { head } = kept;
    return {
      funded: sum('funding', 'debitsPosted') - sum('funding', 'creditsPosted'),
      currency: now.currency,
      revision: Number(head.revision ?? 0),
      policyVersion: now.policy.version,
      at: now.nowMs,
      ledgerFrozen:
        head.frozenReason === undefined ? null : { reason: head.frozenReason, at: Number(head.frozenAt ?? 0) },
      ledger: {
        seq: Number(head.seq ?? 0),
        sealedSeq: Number(head.sealedSeq ?? 0),
        checkedAt: head.checkedAt === undefined ? null : Number(head.checkedAt),
      },
      accounts: [...now.accounts.values()].map((spec) => account(spec, now)),
      channelPool: now.channelEnvelope,
      freezes: openFreezes(now.nowMs),
    };
  }

  return {
    load,
    /** Reads again when some node changed something. */
    async poll(): Promise<void> {
      const [revision, seq] = await redis.hmget(keys.head, 'revision', 'sealedSeq');
      if ((revision ?? undefined) !== kept.head.revision || (seq ?? undefined) !== kept.head.sealedSeq) await load();
    },
    reply,
    /** What figures need of the ledger; null before it was read. */
    figures(): BudgetFigures | null {
      if (kept === EMPTY) return null;
      const channels = [...world().accounts.keys()].filter((id) => kindOf(id) === 'chan');
      return {
        fundedMinor: sum('funding', 'debitsPosted') - sum('funding', 'creditsPosted'),
        reserveMinor: balanceOf(RESERVE),
        allocatedMinor: Object.fromEntries(channels.map((id) => [nameOf(id), sum(id, 'allocated')])),
        decidedCount: rail(DECIDED, 'count') ?? 0,
        decidedMs: rail(DECIDED, 'ms') ?? 0,
      };
    },
    target: (channel: string): number | null => rail(`chan:${channel}`, 'target'),
    /** Channels whose overspend is not covered yet. */
    overspent: (): string[] =>
      reply().accounts.flatMap(({ channel, overspent }) => (channel !== null && overspent > 0 ? [channel] : [])),
    /** Channels that have money again and for which the reserve has paid. */
    owing: (): string[] =>
      reply().accounts.flatMap(({ channel, covered, available }) =>
        channel !== null && covered > 0 && available > 0 ? [channel] : [],
      ),
    /** What was charged beyond the budgets, of their envelope: not covered yet, or by the reserve within the last half hour. */
    overspentRatio(): number {
      const { accounts, at } = reply();
      const total = accounts.reduce((all, { id, overspent, covered }) => {
        const isNew = at - (rail(id, FORCED_AT) ?? Number.NEGATIVE_INFINITY) < FORCED_ALARM_MS;
        return all + overspent + (isNew ? covered : 0);
      }, 0);
      return total / Math.max(1, world().envelopeMinor);
    },
    /** Rows of frames: one an account, amounts in minor units. */
    rows(): FrameRow[] {
      const now = reply();
      const figure = (value: number | null): Figure => ({ value, quality: 'live' });
      return now.accounts.map((one) => ({
        id: one.id,
        figures: Object.fromEntries([
          ...AMOUNTS.map((name) => [`budget_${name}`, figure(one[name])] as const),
          ['budget_frozen_count', figure(one.frozen.length)] as const,
          ['budget_revision', figure(now.revision)] as const,
        ]),
      }));
    },
  };
}
const AMOUNTS = [
  'allocated',
  'spent',
  'overspent',
  'covered',
  'held',
  'incoming',
  'available',
  'releasable',
  'floor',
  'cap',
] as const;
export type Book = ReturnType<typeof createBook>;
