import type { Redis } from 'ioredis';
import type { BudgetAccount, Move, TransferBody } from '#contract/budget';
import { AppError } from '#contract/errors';
import type { Campaign } from '../../domain/campaign.ts';
import { type Budget, createBudget } from '../create-budget.ts';
import type { Ask } from '../moves.ts';
import { LINK, noDue, PEOPLE, silent } from './cast.ts';
import { checkedScript } from './checked-scripts.ts';
import { createRandom } from './random.ts';

export interface ProofOptions {
  readonly redis: Redis;
  readonly prefix: string;
  /** Any with the channels search, social, kol and content; its times and limits are replaced. */
  readonly campaign: Campaign;
  readonly seed: number;
  readonly operations: number;
  readonly actors: number;
  /** Replay and balances are compared after so many operations, with all actors at rest. */
  readonly compareEvery: number;
}
/** What an operation may answer besides success; anything else, above all a broken invariant, is a fault. */
const isRefusal = (error: unknown): error is AppError => error instanceof AppError && error.code !== 'internal';
/** A request that was made, to be made again. */
export interface Asked {
  readonly ask: Ask;
  readonly body: TransferBody;
  /** null: the reply was lost, or it was refused. */
  moveId: string | null;
}

/** Two nodes over one store, a clock that can be moved, and what all actors know of each other's doings. */
export async function createNight({ redis, prefix, campaign, seed }: ProofOptions) {
  const random = createRandom(seed);
  const [seconds] = await redis.time();
  const skew = { ms: 0 };
  const startedMs = performance.now();
  const baseMs = Number(seconds) * 1_000;
  const nowMs = (): number => Math.floor(baseMs + performance.now() - startedMs) + skew.ms;
  const longer: Campaign = {
    ...campaign,
    closesAtMs: baseMs + 10_000 * 86_400_000,
    budgets: {
      ...campaign.budgets,
      platforms: { search: LINK, kol: { ...LINK, objectId: 'k', floorSpentRatio: 1.5 } },
      policy: { floorRatio: 0.6, cooldownMs: 4_000, hourRatio: 0.3, dayRatio: 1.5, dayIncreaseRatio: 3 },
    },
  };
  const scripts = { apply: checkedScript('apply-money-n'), spend: checkedScript('book-spend-8') };
  // two nodes over one store, as if one of them could die at any time: neither keeps anything the other needs
  const nodes = [0, 1].map(
    (): Budget =>
      createBudget({
        redis,
        prefix,
        instance: 'proof',
        campaign: longer,
        log: silent,
        nowMs,
        due: noDue,
        sealKey: Buffer.alloc(32, 1),
        dataDir: null,
        onDuty: () => [],
        people: async () => PEOPLE.map(({ id, name, role }) => ({ id, name, role })),
        alarm: () => null,
        staleFeed: () => null,
        spendReports: () => [],
        scripts,
      }),
  );
  const [first] = nodes as [Budget, Budget];
  for (const node of nodes) await node.fresh();
  await first.open();

  const faults: string[] = [];
  const refusals: Record<string, number> = {};
  const open = new Map<string, Move>();
  const settled: Move[] = [];
  const seen: { accounts: readonly BudgetAccount[] } = { accounts: [] };
  const refresh = async (): Promise<void> => {
    await first.book.load();
    seen.accounts = first.book.reply().accounts;
  };
  // two channels without a floor, so that what is available binds there, and two where the floor does
  await redis.hset(first.keys.rails, 'chan:content|floor', '0', 'chan:search|floor', '0');
  await refresh();
  /** Runs one step; refusals are answers, everything else is a fault. A reply may be lost. */
  async function step<T>(work: () => Promise<T>): Promise<T | null> {
    if (random.chance(0.02)) return null; // lost before it had an effect
    try {
      const result = await work();
      return random.chance(0.02) ? null : result; // lost after it
    } catch (error) {
      if (!isRefusal(error)) faults.push(`${(error as Error).message}`.slice(0, 300));
      else refusals[error.code] = (refusals[error.code] ?? 0) + 1;
      if (isRefusal(error) && error.code === 'version_stale' && random.chance(0.5)) await refresh();
      return null;
    }
  }

  return {
    random,
    first,
    nowMs,
    faults,
    refusals,
    open,
    settled,
    seen,
    refresh,
    step,
    node: (): Budget => random.pick(nodes) as Budget,
    remember(move: Move): void {
      if (move.state === 'awaiting_approval') open.set(move.id, move);
      else open.delete(move.id);
      if ((move.state === 'settled' || move.state === 'partially_settled') && settled.length < 500) settled.push(move);
    },
    async jump(ms: number): Promise<void> {
      skew.ms += ms;
      await redis.hset(first.keys.head, 'testSkewMs', String(skew.ms));
    },
  };
}
export type Night = Awaited<ReturnType<typeof createNight>>;
