import { coreKey } from '../store/keys.ts';
import type { Log } from './log.ts';
import type { AwayWall, HealthFacts, NodeFacts, ScreenFacts } from './node-facts.ts';

/** A node's own word on itself and its screens lasts this long, ms; three are said in that time. */
export const FACTS_KEEP_MS = 15_000;
export const FACTS_EVERY_MS = 5_000;
/** A wall that nobody has heard of for this long is away; a restart of it or of a node takes less, ms. */
const AWAY_AFTER_MS = 30_000;
/** Whoever has not come back within a day was taken down on purpose, ms. */
const AWAY_FORGET_MS = 24 * 3_600_000;
/** Screens of one node that others are told of; the count is told besides. */
const SCREENS_MAX = 2_000;

export interface ScreensRedis {
  set(key: string, value: string, mode: 'PX', ms: number): Promise<unknown>;
  hset(key: string, field: string, value: string): Promise<unknown>;
  hdel(key: string, ...fields: string[]): Promise<unknown>;
  hkeys(key: string): Promise<string[]>;
  hmget(key: string, ...fields: string[]): Promise<(string | null)[]>;
  mget(...keys: string[]): Promise<(string | null)[]>;
  del(key: string): Promise<unknown>;
}
export interface ScreensOptions {
  readonly redis: ScreensRedis;
  readonly prefix: string;
  readonly instance: string;
  readonly nodeId: string;
  readonly log: Log;
  /** This node's facts, now. */
  readonly own: () => { readonly node: NodeFacts; readonly screens: readonly ScreenFacts[] };
  /** Names of the walls that are paired; asked while one is away, so that a revoked one is not missed. */
  readonly paired?: () => Promise<readonly string[]>;
}
/** What all nodes say of themselves and their screens, ≤ 5 s old; this node's own part is always of now. */
export interface Screens {
  start(): void;
  stop(): Promise<void>;
  /** Says this node's part and reads the others'. */
  exchange(): Promise<void>;
  facts(): HealthFacts;
}

interface Said {
  readonly node: NodeFacts;
  readonly screens: readonly ScreenFacts[];
}

/** The list of screens over all nodes, by way of short-lived keys: no node needs to be asked, a dead one fades. */
export function createScreens({ redis, prefix, instance, nodeId, log, own, paired }: ScreensOptions): Screens {
  const namesKey = coreKey(prefix, instance, 'nodes');
  const wallsKey = coreKey(prefix, instance, 'walls');
  const factsKey = (node: string): string => coreKey(prefix, instance, `node:${node}`);
  let others: readonly Said[] = [];
  let awayWalls: readonly AwayWall[] = [];
  let timer: NodeJS.Timeout | null = null;
  let running: Promise<void> = Promise.resolve();

  async function exchange(): Promise<void> {
    const { node, screens } = own();
    const said: Said = { node, screens: screens.slice(0, SCREENS_MAX) };
    await redis.set(factsKey(nodeId), JSON.stringify(said), 'PX', FACTS_KEEP_MS);
    await redis.hset(namesKey, nodeId, '1');
    const names = (await redis.hkeys(namesKey)).filter((name) => name !== nodeId);
    const texts = names.length === 0 ? [] : await redis.mget(...names.map(factsKey));
    others = texts.flatMap((text) => (text === null ? [] : [JSON.parse(text) as Said]));
    const gone = names.filter((_, index) => texts[index] === null);
    if (gone.length > 0) await redis.hdel(namesKey, ...gone);
    awayWalls = await missWalls(said);
  }

  /** Remembers when each wall of this node was last here, and finds those that are nowhere any more. */
  async function missWalls({ node, screens }: Said): Promise<AwayWall[]> {
    const wallsOf = (all: readonly ScreenFacts[]): string[] =>
      all.flatMap(({ kind, principal }) => (kind === 'kiosk' ? [principal] : []));
    const mine = new Set(wallsOf(screens));
    await Promise.all([...mine].map((name) => redis.hset(wallsKey, name, String(node.atMs))));
    const here = new Set([...mine, ...others.flatMap((other) => wallsOf(other.screens))]);
    const nowhere = (await redis.hkeys(wallsKey)).filter((name) => !here.has(name));
    if (nowhere.length === 0) return [];
    const [seen, known] = await Promise.all([redis.hmget(wallsKey, ...nowhere), paired?.()]);
    const away: AwayWall[] = [];
    const forgotten: string[] = [];
    nowhere.forEach((name, index) => {
      const seenMs = Number(seen[index] ?? 0);
      if (node.atMs - seenMs > AWAY_FORGET_MS || known?.includes(name) === false) forgotten.push(name);
      // a node that has just begun has not been there for them to come back to
      else if (node.atMs - Math.max(seenMs, node.startedAtMs) > AWAY_AFTER_MS) away.push({ name, sinceMs: seenMs });
    });
    if (forgotten.length > 0) await redis.hdel(wallsKey, ...forgotten);
    return away;
  }

  return {
    exchange,
    start() {
      timer = setInterval(() => {
        running = exchange().catch((error: unknown) =>
          log.warn({ err: error }, 'screens: cannot tell the other nodes'),
        );
      }, FACTS_EVERY_MS);
    },
    async stop() {
      if (timer !== null) clearInterval(timer);
      await running;
      await redis.hdel(namesKey, nodeId).catch(() => undefined);
      await redis.del(factsKey(nodeId)).catch(() => undefined);
    },
    facts() {
      const mine = own();
      return {
        nodes: [mine.node, ...others.map(({ node }) => node)],
        screens: [...mine.screens, ...others.flatMap(({ screens }) => screens)],
        awayWalls,
      };
    },
  };
}
