import { randomBytes } from 'node:crypto';
import type { LedgerFacts, PlatformPort, PlatformView } from '#contract/budget';
import { AppError } from '#contract/errors';
import type { Actor } from '#contract/permissions';
import type { PlatformLink } from '#contract/platforms';
import type { DueWork } from '../../room/due.ts';
import type { Log } from '../../room/log.ts';
import type { PlatformAdapter } from '../platforms/adapter.ts';
import { type BookRedis, type BookStore, createBookStore } from './book-store.ts';
import { type CommandMoney, type CrashPoint, createCourier } from './courier.ts';
import { driftMinor, type ObjectBook } from './domain/book.ts';
import { endByHand } from './domain/by-hand.ts';
import { createReconciler, type Reconciler, type Settling } from './reconcile.ts';
import { tellChange } from './tell.ts';
import { nextQuotaAtMs, platformView } from './view.ts';

/** Due work whose id is the channel: the ledger schedules it in the step that writes a command. */
export const OUTBOX_KIND = 'budget.outbox';
export const RECONCILE_KIND = 'budget.reconcile';
/** Budget and spend of every platform are compared with ours this often, ms. */
export const RECONCILE_MS = 300_000;
/** A platform that could not be read is asked again after this, ms. */
const UNREADABLE_MS = 5_000;
/** How old what this node knows of the books may be, ms. */
const REFRESH_MS = 500;
/** A command that has waited longer counts as backlog, ms. */
const BACKLOG_MS = 30_000;

export interface OutboxMoney extends CommandMoney {
  target(channel: string): Promise<number>;
}
export interface OutboxOptions {
  readonly redis: BookRedis;
  readonly prefix: string;
  readonly instance: string;
  readonly due: DueWork;
  readonly log: Log;
  /** By channel; a link whose hook is not set up is left out by the caller. */
  readonly links: Readonly<Record<string, PlatformLink>>;
  readonly adapter: (link: PlatformLink) => PlatformAdapter;
  /** Given at `start`, because money needs the platforms too. */
  readonly timeZone: string;
  readonly nowMs: () => number;
  /** Spent today by the reports that came in; null while not known. */
  readonly reportedMinor: (channel: string, day: string) => number | null;
  readonly reconcileMs?: number;
  /** For tests: ends the node at a point. */
  readonly at?: (point: CrashPoint) => Promise<void> | void;
}
export interface OutboxStats {
  readonly byState: Readonly<Record<'queued' | 'sent' | 'unknown', number>>;
  /** Age of the oldest command that has not ended, ms; 0 when none. */
  readonly oldestMs: number;
  /** Commands older than 30 s. */
  readonly backlogCount: number;
  /** Objects whose budget is not ours. */
  readonly driftCount: number;
  readonly driftMinor: number;
}
export interface Outbox {
  readonly port: PlatformPort;
  /** Before `due.start()`. */
  start(money: OutboxMoney, facts: Pick<LedgerFacts, 'budget' | 'freezes'>): Promise<void>;
  stop(): void;
  views(): readonly (PlatformView & { readonly channel: string })[];
  stats(): OutboxStats;
  /** Reads the platform now. @throws {AppError} `not_found` */
  look(channel: string): Promise<PlatformView>;
  /** @param mayRaise - whether this person may take a budget that is higher than ours for right */
  adopt(channel: string, seen: Settling, by: Actor, mayRaise: boolean): Promise<PlatformView>;
  reassert(channel: string, seen: Settling, by: Actor, key: string): Promise<PlatformView>;
}

/** Commands to the ad platforms, one object a channel, and the comparison of both sides. */
export function createOutbox(options: OutboxOptions): Outbox {
  const { redis, prefix, instance, due, log, links, nowMs, timeZone } = options;
  const days = new Intl.DateTimeFormat('en-CA', { timeZone });
  const dayOf = (ms: number): string => days.format(ms);
  const stores = new Map<string, BookStore>(
    Object.entries(links).map(([channel, { objectId }]) => [
      channel,
      createBookStore(redis, { prefix, instance, channel, objectId }),
    ]),
  );
  const books = new Map<string, ObjectBook>();
  const reconcilers = new Map<string, Reconciler>();
  let timer: NodeJS.Timeout | null = null;
  let stopped = false;

  async function refresh(): Promise<void> {
    for (const [channel, store] of stores) books.set(channel, await store.load());
  }
  function loop(): void {
    if (stopped) return;
    timer = setTimeout(() => {
      refresh()
        .catch((error: unknown) => log.warn({ err: error }, 'the books of the ad platforms cannot be read'))
        .finally(loop);
    }, REFRESH_MS);
  }
  const wake = (channel: string): Promise<number> => due.schedule(OUTBOX_KIND, channel, { inMs: 0 });
  const viewOf = (channel: string): PlatformView | null => {
    const link = links[channel];
    const book = books.get(channel);
    if (link === undefined || book === undefined) return null;
    return platformView(book, link, nowMs(), options.reportedMinor(channel, dayOf(nowMs())));
  };
  function known<T>(table: ReadonlyMap<string, T>, channel: string): T {
    const found = table.get(channel);
    if (found === undefined)
      throw new AppError('not_found', `${channel} has no ad platform; see budgets.platforms of the campaign file`);
    return found;
  }
  async function shown(channel: string): Promise<PlatformView> {
    books.set(channel, await known(stores, channel).load());
    return viewOf(channel) as PlatformView;
  }

  function startChannel(
    channel: string,
    link: PlatformLink,
    money: OutboxMoney,
    facts: Pick<LedgerFacts, 'budget' | 'freezes'>,
  ) {
    const store = known(stores, channel);
    const adapter = options.adapter(link);
    const frozen = (): boolean =>
      facts
        .freezes()
        .some(
          ({ channels, until }) =>
            (channels.includes(channel) || channels.includes('*')) && (until === null || until > nowMs()),
        );
    const courier = createCourier({
      channel,
      link,
      adapter,
      store,
      money,
      nowMs,
      random: Math.random,
      newToken: () => randomBytes(6).toString('hex'),
      frozen,
      onTrouble: (error) => log.warn({ err: error, channel }, 'a move could not be marked as on its way'),
      ...(options.at === undefined ? {} : { at: options.at }),
    });
    const reconciler = createReconciler({
      channel,
      objectId: link.objectId,
      adapter,
      store,
      nowMs,
      policyVersion: () => facts.budget().policyVersion,
      dayOf,
      openingMinor: () => money.target(channel),
      dayTargetMinor: async (spentTodayMinor) => {
        const account = facts.budget().accounts.find((each) => each.channel === channel);
        if (account === undefined) return null;
        const beforeTodayMinor = Math.max(0, account.spent + account.overspent - spentTodayMinor);
        return Math.max(link.minMinor, account.allocated - beforeTodayMinor);
      },
    });
    reconcilers.set(channel, reconciler);
    return { courier, reconciler };
  }

  return {
    port: {
      reading: (channel) => books.get(channel)?.reading ?? null,
      view: viewOf,
      nextChangeAt(channel) {
        const link = links[channel];
        const book = books.get(channel);
        return link === undefined || book === undefined ? null : nextQuotaAtMs(book, link, nowMs());
      },
      async endByHand(channel, { by, ...seen }) {
        const actor: Actor = { kind: 'user', ...by };
        await known(stores, channel).change(
          (book) => endByHand(book, { ...seen, nowMs: nowMs() }),
          (before, after) => tellChange(before, after).map((entry) => ({ ...entry, actor })),
        );
        await shown(channel);
        await wake(channel);
      },
    },
    async start(money, facts) {
      const parts = new Map(
        Object.entries(links).map(([channel, link]) => [channel, startChannel(channel, link, money, facts)] as const),
      );
      await refresh();
      due.register(OUTBOX_KIND, async ({ id }) => {
        const part = parts.get(id);
        if (part === undefined) return { kind: 'done' }; // the campaign file has no such link any more
        const inMs = await part.courier.turn();
        return inMs === null ? { kind: 'done' } : { kind: 'again', inMs };
      });
      due.register(RECONCILE_KIND, async ({ id }) => {
        const part = parts.get(id);
        if (part === undefined) return { kind: 'done' };
        const read = await part.reconciler.look();
        if ((await known(stores, id).load()).queue.length > 0) await wake(id);
        return { kind: 'again', inMs: read ? (options.reconcileMs ?? RECONCILE_MS) : UNREADABLE_MS };
      });
      for (const channel of parts.keys()) {
        await due.schedule(RECONCILE_KIND, channel, { inMs: 0 });
        await wake(channel); // what a store of an older build scheduled otherwise is not forgotten
      }
      loop();
    },
    stop() {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
    },
    views: () =>
      Object.keys(links).flatMap((channel) => {
        const view = viewOf(channel);
        return view === null ? [] : [{ channel, ...view }];
      }),
    stats() {
      const all = [...books.values()];
      const commands = all.flatMap(({ queue }) => queue);
      const ages = commands.map(({ createdAtMs }) => Math.max(0, nowMs() - createdAtMs));
      const drifts = all.map(driftMinor).filter((minor) => minor !== 0);
      const count = (wanted: string): number => commands.filter(({ state }) => state === wanted).length;
      return {
        byState: { queued: count('queued'), sent: count('sent'), unknown: count('unknown') },
        oldestMs: Math.max(0, ...ages),
        backlogCount: ages.filter((ageMs) => ageMs > BACKLOG_MS).length,
        driftCount: drifts.length,
        driftMinor: drifts.reduce((sum, minor) => sum + Math.abs(minor), 0),
      };
    },
    async look(channel) {
      const read = await known(reconcilers, channel).look();
      const view = await shown(channel);
      if (!read) throw new AppError('platform_unknown', `the platform of ${channel} cannot be read: ${view.trouble}`);
      return view;
    },
    async adopt(channel, seen, by, mayRaise) {
      await known(reconcilers, channel).adopt(seen, by, mayRaise);
      return shown(channel);
    },
    async reassert(channel, seen, by, key) {
      await known(reconcilers, channel).reassert(seen, by, `assert:${key}`);
      await wake(channel);
      return shown(channel);
    },
  };
}
