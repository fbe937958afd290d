import type { TransferBody } from '#contract/budget';
import type { Principal, Role } from '#contract/permissions';
import type { Tier } from '#contract/tiers';
import { type Budget, type BudgetOptions, createBudget } from '../budget/create-budget.ts';
import type { OnDuty, Staff } from '../budget/domain/approvals.ts';
import { bundledCampaign, loadCampaignFile } from '../campaigns/load.ts';
import { type Campaign, resolveCampaign } from '../domain/campaign.ts';
import { createDueWork } from '../room/due.ts';
import { createTimeline } from '../room/timeline.ts';
import { RedisClock } from '../store/redis-clock.ts';
import { testRedis } from './redis.ts';
import { silentLog } from './silent-log.ts';

const person = (id: string, name: string, role: Role): Principal => ({
  kind: 'user',
  id,
  name,
  role,
  sessionId: `s-${id}`,
});
/** People of the bundled roster, and two who hold no post. */
export const PEOPLE = {
  sun: person('u-sun', 'Sun Qi', 'marketing'), // marketing lead A
  gao: person('u-gao', 'Gao Lan', 'marketing'), // marketing lead B
  hu: person('u-hu', 'Hu Lei', 'commander'), // operations director of the east zone, A
  ding: person('u-ding', 'Ding Ya', 'commander'), // the same, B
  chen: person('u-chen', 'Chen Jing', 'finance'), // finance director A
  wu: person('u-wu', 'Wu Fan', 'finance'), // B
  lin: person('u-lin', 'Lin Yue', 'commander'), // rotating commander A
  zhao: person('u-zhao', 'Zhao Ming', 'commander'), // B
  nobody: person('u-no', 'No Body', 'finance'),
  other: person('u-ot', 'Other One', 'marketing'),
} as const satisfies Record<string, Principal>;
export const ROSTER: readonly OnDuty[] = [
  ['marketing_lead', 'Sun Qi', 'Gao Lan'],
  ['wz1_operations_director', 'Hu Lei', 'Ding Ya'],
  ['finance_director', 'Chen Jing', 'Wu Fan'],
  ['rotating_commander', 'Lin Yue', 'Zhao Ming'],
].flatMap(([post = '', a = '', b = '']) => [
  { post, role: 'A' as const, person: a },
  { post, role: 'B' as const, person: b },
]);
const STAFF: Staff['people'] = Object.values(PEOPLE).map(({ id, name, role }) => ({ id, name, role }));

export interface BudgetKitOptions {
  readonly links?: Campaign['budgets']['platforms'];
  readonly policy?: Campaign['budgets']['policy'];
  readonly scripts?: BudgetOptions['scripts'];
  readonly redis?: ReturnType<typeof testRedis>;
}
const file = loadCampaignFile(bundledCampaign('double11'));
let keys = 0;

/** Money of the bundled Double 11 (1 : 264 of it) over the run's real Redis; time can be moved on, due work is run by hand. */
export async function budgetKit({ links = {}, policy, scripts, redis: given }: BudgetKitOptions = {}) {
  const { redis, prefix } = given ?? testRedis();
  const clock = new RedisClock(redis);
  await clock.sync();
  let skewMs = 0;
  const nowMs = (): number => clock.nowMs() + skewMs;
  const resolved = resolveCampaign(file, { instance: 'd11', opensAtMs: clock.nowMs() - 60_000, scale: 1 / 264 });
  const campaign: Campaign = {
    ...resolved,
    budgets: { ...resolved.budgets, platforms: links, ...(policy === undefined ? {} : { policy }) },
  };
  const alarms = new Map<string, Tier>();
  let onDuty = ROSTER;
  let silentFeed: 'ads' | 'orders' | null = null;
  const timeline = createTimeline(redis, prefix, campaign.instance);
  const node = (instance = campaign.instance): Budget =>
    createBudget({
      redis,
      prefix,
      instance,
      campaign,
      log: silentLog,
      nowMs,
      due: createDueWork({ redis, prefix, instance, log: silentLog }),
      sealKey: Buffer.alloc(32, 7),
      dataDir: null,
      onDuty: () => onDuty,
      people: async () => STAFF,
      alarm: (channel) => {
        const tier = alarms.get(channel);
        return tier === undefined ? null : { tier, rule: 'RoasLow' };
      },
      staleFeed: () => silentFeed,
      spendReports: () => [],
      ...(scripts === undefined ? {} : { scripts }),
    });
  const budget = node();
  await budget.open();
  await budget.book.load();
  await budget.fresh();
  const ask = (by: Principal, key = `key-${++keys}`) => ({ by, key, requestId: 'r1' });
  /** The allocation versions as a screen would show them now. */
  const shown = async (...accounts: string[]): Promise<Record<string, number>> => {
    await budget.book.load();
    const all = new Map(budget.book.reply().accounts.map((one) => [one.id, one.allocationVersion]));
    return Object.fromEntries(accounts.map((id) => [id, all.get(id) ?? 0]));
  };
  const body = async (
    from: string,
    to: string,
    amountMinor: number,
    more: Partial<TransferBody> = {},
  ): Promise<TransferBody> => ({
    legs: [{ from, to, amountMinor }],
    expected: await shown(from, to),
    reason: 'search is saturated',
    ...more,
  });
  const account = async (id: string) => {
    await budget.book.load();
    const found = budget.book.reply().accounts.find((one) => one.id === id);
    if (found === undefined) throw new Error(`no account ${id}`);
    return found;
  };
  const entries = async () => (await timeline.page({ limit: 500 })).entries;
  return {
    redis,
    prefix,
    campaign,
    budget,
    node,
    nowMs,
    timeline,
    entries,
    ask,
    shown,
    body,
    account,
    alarms,
    setRoster: (next: readonly OnDuty[]) => {
      onDuty = next;
    },
    /** A feed stops, or speaks again. */
    silence: (feed: typeof silentFeed) => {
      silentFeed = feed;
    },
    /** Moves the console's time on; Redis keeps its own. */
    later: (ms: number) => {
      skewMs += ms;
    },
  };
}
