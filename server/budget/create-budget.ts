import { createHmac } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { AdvicePort, LedgerFacts, MoneyPort, Move, MoveView, PlatformPort } from '#contract/budget';
import type { Tier } from '#contract/tiers';
import type { Campaign } from '../domain/campaign.ts';
import type { DueOutcome, DueWork } from '../room/due.ts';
import type { Log } from '../room/log.ts';
import type { Script } from '../store/scripts.ts';
import { createBook } from './book.ts';
import { createByHand } from './by-hand.ts';
import { createDecide } from './decide.ts';
import { channelEnvelope, movableAccounts, openingEntries } from './domain/accounts.ts';
import { type OnDuty, openSeats, type Staff } from './domain/approvals.ts';
import { NOTHING, type Plan } from './domain/plan.ts';
import { envelopeMinor, openingRails, type Policy, policyOf } from './domain/policy.ts';
import type { World } from './domain/world.ts';
import { createForcedCover } from './forced-cover.ts';
import { createFreezes } from './freezes.ts';
import { createLedger } from './ledger.ts';
import { systemActor } from './moves.ts';
import { createMoneyPort } from './outbox-port.ts';
import { createSpend, type SpendReport } from './spend.ts';
import type { MoneyFeed } from './stale-feed.ts';
import { moneyKeys } from './store/money-keys.ts';
import { createMoneyStore } from './store/money-store.ts';
import { createSubmit } from './submit.ts';
import { createWatch } from './watch.ts';

export interface BudgetOptions {
  readonly redis: Redis;
  readonly prefix: string;
  readonly instance: string;
  readonly campaign: Campaign;
  readonly log: Log;
  readonly nowMs: () => number;
  readonly due: DueWork;
  readonly sealKey: Buffer;
  /** Folder of the ledger's anchors; null: none is written. */
  readonly dataDir: string | null;
  /** The roster at this instant. */
  readonly onDuty: () => readonly OnDuty[];
  /** Everybody who can sign in. */
  readonly people: () => Promise<Staff['people']>;
  /** The worst firing alert that names the channel. */
  readonly alarm: (channel: string) => { readonly tier: Tier; readonly rule: string } | null;
  /** A feed of spend or orders that has fallen silent. */
  readonly staleFeed: () => MoneyFeed | null;
  /** Newest report of each channel and day; null while the windows load. */
  readonly spendReports: () => readonly SpendReport[] | null;
  /** Test builds check the invariants inside the scripts. */
  readonly scripts?: { readonly apply: Script; readonly spend: Script };
}
const POLL_MS = 250;
const PEOPLE_MS = 1_000;
const SPEND_EVERY_MS = 5_000;
const SEAL_EVERY_MS = 10_000;
const CHECK_EVERY_MS = 60_000;

/** Money of one node: the ledger, moves and their approvals, freezes, and the work that the clock does. */
export function createBudget(options: BudgetOptions) {
  const { redis, prefix, instance, campaign, log, nowMs, due } = options;
  const keys = moneyKeys(prefix, instance);
  const { file, budgets } = campaign;
  const policy = policyOf(budgets.policy);
  const store = createMoneyStore(redis, keys, {
    minorPerMajor: file.minorPerMajor,
    ...(options.scripts === undefined ? {} : { script: options.scripts.apply }),
  });
  const names = new Map((file.dimensions.channel ?? []).map((name) => [name.id, name]));
  const accounts = new Map(
    movableAccounts(budgets, (id) => names.get(id) ?? { zh: id, en: id }).map((spec) => [spec.id, spec]),
  );
  let platforms: PlatformPort | null = null;
  let advice: AdvicePort | null = null;
  const policyNow = (): Policy => ({ ...policy, cooldownMs: Math.round(policy.cooldownMs / (advice?.speed ?? 1)) });
  const world = (): World => ({
    nowMs: nowMs(),
    closesAtMs: campaign.closesAtMs,
    currency: file.currency,
    budgets,
    policy: policyNow(),
    envelopeMinor: envelopeMinor(budgets),
    channelEnvelope: channelEnvelope(budgets),
    accounts,
    links: new Map(Object.entries(budgets.platforms ?? {})),
    reading: (channel) => platforms?.reading(channel) ?? null,
    nextChangeAt: (channel) => platforms?.nextChangeAt(channel) ?? null,
    staleFeed: options.staleFeed,
    alarm: options.alarm,
    card: (id) => advice?.card(id) ?? null,
  });
  let people: Staff['people'] = [];
  let peopleAtMs = Number.NEGATIVE_INFINITY;
  const staff = (): Staff => ({ onDuty: options.onDuty(), people });
  /** Who can sign in, no older than a second: before anything is decided. */
  async function fresh(): Promise<void> {
    if (performance.now() - peopleAtMs < PEOPLE_MS) return;
    people = await options.people();
    peopleAtMs = performance.now();
  }
  const book = createBook({ redis, keys, world, platforms: () => platforms });
  const ledger = createLedger(redis, keys);
  const watch = createWatch({ redis, keys, ledger, sealKey: options.sealKey, log, nowMs, dataDir: options.dataDir });
  const secret = createHmac('sha256', options.sealKey).update('hold to confirm').digest();
  const deps = { store, prefix, instance, world, staff, secret };
  const submit = createSubmit({ ...deps, effect: (legs, objective) => advice?.effect(legs, objective) ?? null });
  const decide = createDecide(deps);
  const freezes = createFreezes({ ...deps, redis });
  const spend = createSpend(redis, keys, () => policy.version, options.scripts?.spend);
  const forced = createForcedCover(deps);
  const money: MoneyPort = createMoneyPort({
    ...deps,
    target: async (channel) => Number((await redis.hget(keys.rails, `chan:${channel}|target`)) ?? 0),
  });

  /** What the campaign file funds, once for each instance. */
  async function open(): Promise<void> {
    const meta = JSON.stringify({
      actor: systemActor('campaign'),
      policyVersion: policy.version,
      reason: 'opening',
    }).slice(1, -1);
    const opening = openingEntries(budgets);
    const channels = opening.filter(({ credit }) => credit.startsWith('chan:'));
    const plan: Plan = {
      ...NOTHING,
      id: 'open',
      reply: 'opened',
      empty: true,
      entries: opening.map(({ debit, credit, amountMinor }) => ({
        kind: 'fund',
        debit,
        credit,
        amount: String(amountMinor),
        meta,
      })),
      rails: openingRails(channels, policy),
    };
    if (opening.length === 0) return;
    const amountMinor = opening
      .filter(({ debit }) => debit === 'funding')
      .reduce((sum, one) => sum + one.amountMinor, 0);
    await store.apply(plan, [{ kind: 'budget.opened', actor: systemActor('campaign'), params: { amountMinor } }], null);
  }

  const byHand = createByHand({ store, money, platforms: () => platforms, nowMs });

  const view = (move: Move): MoveView => ({ ...move, seats: openSeats(move, staff(), policy) });
  const again = (inMs: number): DueOutcome => ({ kind: 'again', inMs });
  due.register('budget.expire', async ({ id }) => {
    const { move } = await decide.expire(id);
    return move.state === 'awaiting_approval' && move.expiresAt !== null
      ? again(Math.max(100, move.expiresAt - nowMs()))
      : { kind: 'done' };
  });
  due.register('budget.escalate', async ({ id }) => {
    const { move } = await decide.escalate(id);
    return move.state === 'awaiting_approval' && move.decideBy !== null
      ? again(Math.max(100, move.decideBy - nowMs()))
      : { kind: 'done' };
  });
  due.register('budget.review', async ({ id }) => {
    await decide.reviewOverdue(id);
    return { kind: 'done' };
  });
  due.register('budget.spend', async () => {
    const reports = options.spendReports();
    if (reports !== null) {
      await book.poll();
      await spend.run(
        reports.filter(({ channel }) => accounts.has(`chan:${channel}`)),
        book.overspent(),
      );
      await book.poll();
      for (const channel of book.overspent()) await forced.cover(channel);
      for (const channel of book.owing()) await forced.repay(channel);
    }
    return again(SPEND_EVERY_MS);
  });
  due.register('budget.seal', async () => again((await watch.seal()) === 1_000 ? 0 : SEAL_EVERY_MS));
  due.register('budget.check', async () => {
    await watch.run();
    return again(CHECK_EVERY_MS);
  });

  let timer: NodeJS.Timeout | null = null;
  let polling: Promise<void> = Promise.resolve();
  let running = false;
  function loop(): void {
    polling = Promise.all([book.poll(), fresh()])
      .catch((error: unknown) => log.warn({ err: error }, 'budget: the store could not be read'))
      .then(() => {
        if (running) timer = setTimeout(loop, POLL_MS);
      });
  }

  const facts: LedgerFacts = {
    budget: book.reply,
    allocations: () =>
      Object.fromEntries(
        book.reply().accounts.flatMap(({ channel, allocated }) => (channel === null ? [] : [[channel, allocated]])),
      ),
    releasable: () =>
      Object.fromEntries(
        book.reply().accounts.flatMap(({ channel, releasable }) => (channel === null ? [] : [[channel, releasable]])),
      ),
    freezes: () => book.reply().freezes,
    settledSince: async (atMs) =>
      (await store.moves(1_000))
        .filter(
          ({ state, endedAt, forced: isForced }) =>
            (state === 'settled' || state === 'partially_settled') && (endedAt ?? 0) >= atMs && isForced !== true,
        )
        .reverse(),
  };

  return {
    submit,
    decide,
    freezes,
    ledger,
    watch,
    book,
    spend,
    forced,
    store,
    money,
    byHand,
    facts,
    view,
    fresh,
    open,
    nowMs,
    keys,
    /** The part that carries money to ad platforms; before `start`. */
    usePlatforms(port: PlatformPort): void {
      platforms = port;
    },
    /** The part that recommends moves; before `start`. */
    useAdvice(port: AdvicePort): void {
      advice = port;
    },
    /** 1 while the ledger does not add up, 0 when it does; null before it was looked at. */
    mismatch: (): number | null => {
      const { ledgerFrozen, ledger: at } = book.reply();
      return ledgerFrozen !== null ? 1 : at.checkedAt === null ? null : 0;
    },
    async start(): Promise<void> {
      await open();
      await Promise.all([book.load(), fresh()]);
      for (const [kind, inMs] of [
        ['budget.spend', 1_000],
        ['budget.seal', 2_000],
        ['budget.check', 3_000],
      ] as const)
        await due.schedule(kind, 'all', { inMs });
      if (running) return;
      running = true;
      loop();
    },
    async stop(): Promise<void> {
      running = false;
      if (timer !== null) clearTimeout(timer);
      await polling;
      if (timer !== null) clearTimeout(timer);
    },
  };
}
export type Budget = ReturnType<typeof createBudget>;
