import { FOREIGN_LIMITS, FOREIGN_ORIGIN } from '#contract/alertmanager';
import { type Actor, actorOf, type Principal } from '#contract/permissions';
import type { Log } from '../../server/room/log.ts';
import type { AlertBook } from '../book.ts';
import { type GroupState, NEW_GROUP } from '../domain/group.ts';
import { foldStorm } from '../fold-storm.ts';
import type { DutyConfig } from '../read-duty.ts';
import type { AlertRecord, ForeignState } from '../record.ts';
import type { AlertChange, AlertStore } from '../store.ts';
import type { Delivery } from './domain/delivery.ts';
import { goOnListening, hasListened, type Listening, listenFrom } from './domain/listening.ts';
import { firesUntilMs, heardFiring, heardResolved, isWorthWriting } from './domain/senders.ts';
import {
  type ForeignContext,
  fired,
  groupOf,
  heardPartly,
  over,
  printOf,
  repeated,
  tellsMore,
} from './foreign-changes.ts';

/** A body whose alerts meet other changes tries again so often; each try sees what the others did. */
const TRIES = 8;
/** Alerts of one write: a millisecond or two of Redis. */
const BATCH = 100;
const BORN_WITHIN_MS = 300_000;
/** ms between two looks at what was not sent again. */
const LAPSE_EVERY_MS = 1_000;
/** Who tells, as the history keeps it, and under which name its word is kept apart from others'. */
export interface Sender {
  readonly principal: Principal;
  readonly requestId: string;
  /** `webhook` tells the words of one key apart by the way they came. */
  readonly via?: 'webhook';
}
export type TakenKind = 'fired' | 'repeated' | 'resolved' | 'ignored' | 'full';

export interface ForeignDeps {
  readonly store: AlertStore;
  readonly book: AlertBook;
  readonly duty: () => Pick<DutyConfig, 'policies' | 'groupBy'>;
  readonly nowMs: () => number;
  readonly log: Log;
}

/**
 * Alerts from outside in the one list: fired, repeated and over as their senders say, over too when nobody repeats them. Any node
 * takes them; every write is decided on the version it saw, so that two nodes never make two alerts of one.
 */
export function createForeign({ store, book, duty, nowMs, log }: ForeignDeps) {
  /** Starts over several lives, for flap control; this node's memory, as the engine's of its rules. */
  const recentStarts = new Map<string, readonly number[]>();
  /** When alerts began here, ms, oldest first; of the last five minutes. */
  let births: number[] = [];

  const openCount = (): number => {
    let count = 0;
    for (const { origin } of book.allRecords()) if (origin === FOREIGN_ORIGIN) count += 1;
    return count;
  };
  async function groupsOf(ids: Iterable<string>): Promise<ReadonlyMap<string, GroupState>> {
    const unique = [...new Set(ids)];
    const states = await store.groups(unique);
    return new Map(unique.map((id, index) => [id, states[index] ?? NEW_GROUP]));
  }

  interface Planned {
    readonly kind: TakenKind;
    readonly change: AlertChange | null;
  }
  /** What one alert's news mean for what is known of it. */
  function plan(
    delivery: Delivery,
    sender: string,
    group: GroupState,
    room: () => boolean,
    context: ForeignContext,
  ): Planned {
    const print = printOf(delivery);
    const before = book.openOf(print);
    const heardAtMs = context.nowMs;
    const fires = delivery.untilMs > heardAtMs;
    if (before === undefined) {
      if (!fires) return { kind: 'ignored', change: null }; // over before anybody heard of it, or told of again
      if (!room()) return { kind: 'full', change: null };
      const foreign: ForeignState = { until: { [sender]: delivery.untilMs }, heardAtMs };
      return { kind: 'fired', change: fired(delivery, foreign, recentStarts.get(print) ?? [], group, context) };
    }
    const known = before.engine.foreign?.until ?? {};
    if (fires) {
      const until = heardFiring(known, sender, delivery.untilMs, heardAtMs);
      const write = tellsMore(before, delivery) || isWorthWriting(known, until, heardAtMs);
      return { kind: 'repeated', change: write ? repeated(before, delivery, { until, heardAtMs }) : null };
    }
    const until = heardResolved(known, sender, heardAtMs);
    if (firesUntilMs(until) === null)
      return { kind: 'resolved', change: over(before, 'its sender says so', group, context) };
    const change = known[sender] === undefined ? null : heardPartly(before, { until, heardAtMs });
    return { kind: 'ignored', change };
  }

  /**
   * Takes the alerts of one body, each for itself. Safe to repeat: what is known already changes nothing.
   * @returns what became of each, in order; `full`: it is new, and there is no room for more alerts from outside
   */
  async function take(deliveries: readonly Delivery[], { principal, requestId, via }: Sender): Promise<TakenKind[]> {
    const sender = via === undefined ? principal.id : `${principal.id}/${via}`;
    const kinds: TakenKind[] = deliveries.map(() => 'ignored');
    await book.poll(true);
    // of one alert that comes twice the later word counts
    const newest = new Map(deliveries.map((delivery, index) => [printOf(delivery), index]));
    let left = [...newest.values()].sort((a, b) => a - b);
    for (let attempt = 1; left.length > 0 && attempt <= TRIES; attempt += 1) {
      if (attempt > 1) await book.poll(true);
      const { policies, groupBy } = duty();
      const context: ForeignContext = { policies, groupBy, actor: actorOf(principal), nowMs: nowMs(), requestId };
      const groups = await groupsOf(left.map((index) => groupOf(deliveries[index] as Delivery, groupBy)));
      births = births.filter((atMs) => context.nowMs - atMs < BORN_WITHIN_MS);
      let roomCount = Math.min(FOREIGN_LIMITS.openCount - openCount(), FOREIGN_LIMITS.bornCount - births.length);
      const room = (): boolean => {
        roomCount -= 1;
        return roomCount >= 0;
      };
      const planned = left.map((index) => {
        const delivery = deliveries[index] as Delivery;
        return { index, ...plan(delivery, sender, groups.get(groupOf(delivery, groupBy)) ?? NEW_GROUP, room, context) };
      });
      for (const { index, kind } of planned) kinds[index] = kind;
      left = await write(planned);
    }
    for (const index of left) kinds[index] = 'repeated'; // changed by others eight times meanwhile: it is known, and comes again
    await book.poll(true);
    return kinds;
  }

  /** Writes what is planned. @returns the indexes of those that had moved on meanwhile */
  async function write(planned: readonly (Planned & { readonly index: number })[]): Promise<number[]> {
    const wanted = planned.flatMap(({ index, change }) => (change === null ? [] : [{ index, change }]));
    const changes = foldStorm(wanted.map(({ change }) => change));
    const again: number[] = [];
    for (let from = 0; from < changes.length; from += BATCH) {
      const part = changes.slice(from, from + BATCH);
      const { written } = await store.write(part, { kind: 'command', command: null });
      part.forEach(({ record, expected }, at) => {
        if (written[at]?.ok !== true) again.push(wanted[from + at]?.index ?? 0);
        else if (expected === 0) remember(record);
      });
    }
    return again;
  }
  function remember(record: AlertRecord): void {
    births.push(record.updatedAt);
    if (recentStarts.size > 20_000) recentStarts.clear();
    recentStarts.set(record.fingerprint, record.engine.starts);
  }

  const SYSTEM: Actor = { kind: 'system', id: FOREIGN_ORIGIN };
  /** Ends what nobody has repeated in time. Every node may: the version decides who did. */
  async function lapse(listening: Listening): Promise<number> {
    const atMs = nowMs();
    if (!hasListened(listening, atMs)) return 0;
    const isOver = (record: AlertRecord): boolean =>
      record.origin === FOREIGN_ORIGIN && (firesUntilMs(record.engine.foreign?.until ?? {}) ?? 0) <= atMs;
    const candidates = [...book.allRecords()].filter(isOver).slice(0, BATCH);
    if (candidates.length === 0) return 0;
    // read anew: another node may have heard of them a moment ago
    const found = await Promise.all(candidates.map(({ id }) => store.read(id)));
    const records = found.flatMap((one) => (one !== null && !one.closed && isOver(one.record) ? [one.record] : []));
    const groups = await groupsOf(records.map(({ group }) => group));
    const { policies, groupBy } = duty();
    const context: ForeignContext = { policies, groupBy, actor: SYSTEM, nowMs: atMs };
    const changes = records.map((record) =>
      over(record, 'its sender has not repeated it', groups.get(record.group) ?? NEW_GROUP, context),
    );
    const { written } = await store.write(foldStorm(changes), { kind: 'command', command: null });
    await book.poll(true);
    return written.filter(({ ok }) => ok).length;
  }

  let timer: NodeJS.Timeout | null = null;
  let running = false;
  let looking: Promise<void> = Promise.resolve();
  let listening = listenFrom(0);
  /** One look; a store that cannot be reached cannot hear anybody either. */
  async function look(): Promise<void> {
    try {
      await store.head();
      listening = goOnListening(listening, nowMs());
      const count = await lapse(listening);
      if (count > 0) log.info({ count }, 'alerts from outside were not repeated by their senders: over');
    } catch (error) {
      listening = listenFrom(nowMs());
      log.warn({ err: error }, 'cannot look for alerts from outside that are over');
    }
  }
  function loop(): void {
    looking = look().then(() => {
      if (running) timer = setTimeout(loop, LAPSE_EVERY_MS);
    });
  }
  return {
    take,
    lapse,
    openCount,
    start(): void {
      if (running) return;
      running = true;
      listening = listenFrom(nowMs());
      loop();
    },
    async stop(): Promise<void> {
      running = false;
      if (timer !== null) clearTimeout(timer);
      await looking;
      if (timer !== null) clearTimeout(timer);
    },
  };
}
export type Foreign = ReturnType<typeof createForeign>;
