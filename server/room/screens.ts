import { coreKey } from '../store/keys.ts';
import type { Log } from './log.ts';
import type { HealthFacts, NodeFacts, ScreenFacts } from './node-facts.ts';

/** A node's own word on itself and its screens lasts this long, ms; three are said in that time. */
export const FACTS_KEEP_MS = 15_000;
export const FACTS_EVERY_MS = 5_000;
/** Screens of one node that others are told of; the count is told besides. */
const SCREENS_MAX = 2_000;

export interface ScreensRedis {
  set(key: string, value: string, mode: 'PX', ms: number): Promise<unknown>;
  hset(key: string, field: string, value: string): Promise<unknown>;
  hdel(key: string, ...fields: string[]): Promise<unknown>;
  hkeys(key: string): Promise<string[]>;
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
export function createScreens({ redis, prefix, instance, nodeId, log, own }: ScreensOptions): Screens {
  const namesKey = coreKey(prefix, instance, 'nodes');
  const factsKey = (node: string): string => coreKey(prefix, instance, `node:${node}`);
  let others: readonly Said[] = [];
  let timer: NodeJS.Timeout | null = null;
  let running: Promise<void> = Promise.resolve();

  async function exchange(): Promise<void> {
    const { node, screens } = own();
    const said: Said = { node, screens: screens.slice(0, SCREENS_MAX) };
    await redis.set(factsKey(nodeId), JSON.stringify(said), 'PX', FACTS_KEEP_MS);
    await redis.hset(namesKey, nodeId, '1');
    const names = (await redis.hkeys(namesKey)).filter((name) => name !== nodeId);
    if (names.length === 0) {
      others = [];
      return;
    }
    const texts = await redis.mget(...names.map(factsKey));
    others = texts.flatMap((text) => (text === null ? [] : [JSON.parse(text) as Said]));
    const gone = names.filter((_, index) => texts[index] === null);
    if (gone.length > 0) await redis.hdel(namesKey, ...gone);
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
      };
    },
  };
}
