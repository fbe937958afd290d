import { coreKey } from '../store/keys.ts';
import { loadScript, runScript, type ScriptRunner } from '../store/scripts.ts';
import { CLOCK_JUMP_PAUSE_MS, type ClockPair, clockDriftMs, clockJumped } from './domain/redis-clock.ts';
import type { Log } from './log.ts';

/** Due work's keys, passed to scripts as three neighbours `[items, claims, queue(kind)]`. */
export interface DueKeys {
  readonly fence: string;
  readonly items: string;
  readonly claims: string;
  queue(kind: string): string;
}
export const dueKeys = (prefix: string, instance: string): DueKeys => ({
  fence: coreKey(prefix, instance, 'due:fence'),
  items: coreKey(prefix, instance, 'due:items'),
  claims: coreKey(prefix, instance, 'due:claims'),
  queue: (kind) => coreKey(prefix, instance, `due:queue:${kind}`),
});
export const dueKeyList = (keys: DueKeys, kind: string): [string, string, string] => [
  keys.items,
  keys.claims,
  keys.queue(kind),
];

/** One piece of timed work, claimed by this node. */
export interface DueItem {
  /** Lower-case words joined by dots: `alert.escalate`. Never contains `|`. */
  readonly kind: string;
  readonly id: string;
  /** Fencing version: rises with every claim, for ever. Pass it on to whatever the work writes. */
  readonly version: string;
  /** When it became due, ms of Redis time. */
  readonly dueAtMs: number;
  /** JSON text given at scheduling. */
  readonly payload: string;
}
/** `again`: due again after `inMs` (a retry, a repetition), with a new payload if one is given. */
export type DueOutcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'again'; readonly inMs: number; readonly payload?: string };
/** Does the work. A throw leaves the claim to lapse, so that the item comes back by itself. */
export type DueHandler = (item: DueItem) => Promise<DueOutcome>;

export interface DueWorkOptions {
  readonly redis: ScriptRunner;
  readonly prefix: string;
  readonly instance: string;
  readonly log: Log;
  /** ms between looks; 500. */
  readonly pollMs?: number;
  /** ms a claim lasts: what a dead node can delay an item by; 8,000, at most that (P14). */
  readonly claimMs?: number;
  /** Items worked on at once by this node; 20. */
  readonly maxInFlight?: number;
}
export interface DueWork {
  /** Before `start`. A node claims only kinds it has handlers for. */
  register(kind: string, handler: DueHandler): void;
  /** Puts an item on the set or moves it; void every claim on it. Returns its due time, ms of Redis time. */
  schedule(kind: string, id: string, due: { atMs: number } | { inMs: number }, payload?: string): Promise<number>;
  /** True when it was waiting or being worked on. */
  cancel(kind: string, id: string): Promise<boolean>;
  /** Claims what is due now, at most `max` items. Without handlers: for tests and tools. */
  claim(kinds: readonly string[], max: number): Promise<readonly DueItem[]>;
  /** False: the claim was stale and nothing changed. */
  settle(item: DueItem, outcome: DueOutcome): Promise<boolean>;
  start(): void;
  /** Something has just become due: look now, not at the next poll. */
  nudge(): void;
  /** Stops claiming and waits for what is in hand. */
  stop(): Promise<void>;
  stats(): DueStats;
}
export interface DueStats {
  readonly claimedCount: number;
  readonly settledCount: number;
  readonly staleCount: number;
  readonly failedCount: number;
  readonly clockJumpCount: number;
  readonly inFlightCount: number;
  /** How late the last claimed item was, ms. */
  readonly lastLateByMs: number;
}

const scripts = {
  schedule: loadScript('schedule-due-3'),
  cancel: loadScript('cancel-due-3'),
  claim: loadScript('claim-due-n'),
  settle: loadScript('settle-due-3'),
};
const ITEM_FIELDS = 5;

/** Timed work without a leader: any node claims what is due; a crash or freeze only makes the item due again. */
export function createDueWork(options: DueWorkOptions): DueWork {
  const { redis, prefix, instance, log, pollMs = 500, claimMs = 8_000, maxInFlight = 20 } = options;
  if (claimMs > 8_000) throw new Error('due work: claimMs above 8,000 breaks the escalation promise (P14)');
  const keys = dueKeys(prefix, instance);
  const handlers = new Map<string, DueHandler>();
  const inFlight = new Set<Promise<void>>();
  const count = { claimed: 0, settled: 0, stale: 0, failed: 0, clockJump: 0, lastLateByMs: 0 };
  let clock: ClockPair | null = null;
  let pausedUntilMs = 0;
  let timer: NodeJS.Timeout | null = null;
  let running = false;
  let nudged = false;
  let polling: Promise<void> = Promise.resolve();

  async function claim(kinds: readonly string[], max: number): Promise<readonly DueItem[]> {
    const queues = kinds.map((kind) => keys.queue(kind));
    const reply = (await runScript(
      redis,
      scripts.claim,
      [keys.fence, keys.items, keys.claims, ...queues],
      [claimMs, max, ...kinds],
    )) as string[];
    watchClock(Number(reply[0]));
    const items: DueItem[] = [];
    for (let at = 1; at + ITEM_FIELDS <= reply.length; at += ITEM_FIELDS) {
      const [kind = '', id = '', version = '', dueAt = '', payload = ''] = reply.slice(at, at + ITEM_FIELDS);
      items.push({ kind, id, version, dueAtMs: Number(dueAt), payload });
      count.lastLateByMs = Number(reply[0]) - Number(dueAt);
    }
    count.claimed += items.length;
    return items;
  }

  function watchClock(redisMs: number): void {
    const now: ClockPair = { redisMs, monotonicMs: performance.now() };
    if (clock !== null && clockJumped(clock, now)) {
      count.clockJump += 1;
      pausedUntilMs = now.monotonicMs + CLOCK_JUMP_PAUSE_MS;
      log.error(
        { code: 'clock_jump', byMs: Math.round(clockDriftMs(clock, now)) },
        'the clock of Redis jumped; claims pause',
      );
    }
    clock = now;
  }

  async function settle(item: DueItem, outcome: DueOutcome): Promise<boolean> {
    const [until, payload] = outcome.kind === 'done' ? ['done', ''] : [outcome.inMs, outcome.payload ?? ''];
    const field = `${item.kind}|${item.id}`;
    const args = [field, item.id, item.version, until, payload];
    const settled = (await runScript(redis, scripts.settle, dueKeyList(keys, item.kind), args)) === 1;
    if (settled) count.settled += 1;
    else count.stale += 1;
    return settled;
  }

  async function work(item: DueItem): Promise<void> {
    try {
      const handler = handlers.get(item.kind);
      if (handler === undefined) return;
      const outcome = await handler(item);
      if (!(await settle(item, outcome))) {
        log.warn({ code: 'stale_claim', kind: item.kind, id: item.id }, 'due work ended after its claim was lost');
      }
    } catch (error) {
      count.failed += 1;
      log.error({ err: error, kind: item.kind, id: item.id }, 'due work failed; it comes back when the claim lapses');
    }
  }

  async function poll(): Promise<void> {
    const free = maxInFlight - inFlight.size;
    if (handlers.size === 0 || free <= 0 || performance.now() < pausedUntilMs) return;
    const items = await claim([...handlers.keys()], free);
    for (const item of items) {
      const task = work(item).finally(() => {
        inFlight.delete(task);
        if (items.length === free) nudge(); // more were due than there was room for
      });
      inFlight.add(task);
    }
  }
  function loop(): void {
    polling = poll()
      .catch((error: unknown) => log.warn({ err: error }, 'due work: cannot look for what is due'))
      .then(() => {
        if (running) timer = setTimeout(loop, pollMs);
      });
  }

  function nudge(): void {
    if (!running || nudged) return;
    nudged = true;
    // after the poll that runs: it may have looked before the item was there
    void polling.then(() => {
      nudged = false;
      if (!running) return;
      if (timer !== null) clearTimeout(timer);
      loop();
    });
  }

  return {
    register(kind, handler) {
      if (!/^[a-z]+(\.[a-z_]+)*$/.test(kind)) throw new Error(`due work: ${kind} is not a kind`);
      handlers.set(kind, handler);
    },
    async schedule(kind, id, due, payload = '{}') {
      const [mode, ms] = 'atMs' in due ? ['at', due.atMs] : ['in', due.inMs];
      const args = [`${kind}|${id}`, id, mode, Math.round(ms as number), payload] as const;
      return Number(await runScript(redis, scripts.schedule, dueKeyList(keys, kind), args));
    },
    async cancel(kind, id) {
      return (await runScript(redis, scripts.cancel, dueKeyList(keys, kind), [`${kind}|${id}`, id])) === 1;
    },
    claim,
    settle,
    start() {
      if (running) return;
      running = true;
      loop();
    },
    nudge,
    async stop() {
      running = false;
      if (timer !== null) clearTimeout(timer);
      await polling;
      if (timer !== null) clearTimeout(timer);
      await Promise.all(inFlight);
    },
    stats: () => ({
      claimedCount: count.claimed,
      settledCount: count.settled,
      staleCount: count.stale,
      failedCount: count.failed,
      clockJumpCount: count.clockJump,
      inFlightCount: inFlight.size,
      lastLateByMs: count.lastLateByMs,
    }),
  };
}
