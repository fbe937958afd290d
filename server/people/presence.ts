import type { Principal } from '#contract/permissions';
import type { Log } from '../room/log.ts';
import { loadScript, runScript } from '../store/scripts.ts';
import { nameKey } from './domain/names.ts';
import type { PeopleStore } from './principals.ts';

/** How often who is here is told and read. */
const COUNT_MS = 5_000;
/** Every so many counts all open sockets are confirmed: expiry is found within 20 s. */
const SWEEP_EVERY = 4;
/** Confirmed at once, so that thousands of screens do not fill the link. */
const SWEEP_CHUNK = 100;

export interface Presence {
  seen(principal: Principal): void;
  watch(principal: Principal): () => void;
  /** Keys of the names (`nameKey`) of whoever is here, on any node. */
  present(): ReadonlySet<string>;
  /** Confirms every watched session now. */
  sweep(): Promise<void>;
  start(): void;
  stop(): void;
}

const markScript = loadScript('mark-present-1');

/**
 * Knows who is here: people with an open socket on this node, and those who asked something of late. Redis brings the nodes together.
 * @param confirm - the principal as it is now, or null
 * @param onGone - told of a watched session that ended without a word (it expired, or the word was lost)
 */
export function createPresence(
  { redis, keys }: PeopleStore,
  confirm: (principal: Principal) => Promise<Principal | null>,
  onGone: (principal: Principal) => void,
  log: Pick<Log, 'warn'>,
): Presence {
  const watched = new Set<{ readonly principal: Principal }>();
  const recent = new Set<string>();
  let present: ReadonlySet<string> = new Set();
  let timer: NodeJS.Timeout | null = null;
  let ticks = 0;

  async function count(): Promise<void> {
    const names = new Set(recent);
    recent.clear();
    for (const { principal } of watched) if (principal.kind === 'user') names.add(nameKey(principal.name));
    present = new Set((await runScript(redis, markScript, [keys.present], [...names])) as string[]);
  }
  async function sweep(): Promise<void> {
    const all = [...watched];
    for (let start = 0; start < all.length; start += SWEEP_CHUNK)
      await Promise.all(
        all.slice(start, start + SWEEP_CHUNK).map(async (watch) => {
          if ((await confirm(watch.principal)) === null && watched.has(watch)) onGone(watch.principal);
        }),
      );
  }
  async function tick(): Promise<void> {
    ticks += 1;
    try {
      await count();
      if (ticks % SWEEP_EVERY === 0) await sweep();
    } catch (error) {
      if (timer !== null) log.warn({ err: error }, 'who is here waits for the store');
    }
    if (timer !== null) timer = setTimeout(tick, COUNT_MS);
  }
  return {
    seen: (principal) => {
      if (principal.kind === 'user') recent.add(nameKey(principal.name));
    },
    watch(principal) {
      const watch = { principal };
      watched.add(watch);
      return () => void watched.delete(watch);
    },
    present: () => present,
    sweep,
    start() {
      timer = setTimeout(tick, 0);
    },
    stop() {
      if (timer !== null) clearTimeout(timer);
      timer = null;
    },
  };
}
