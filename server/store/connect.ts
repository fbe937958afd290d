import { Cluster, Redis } from 'ioredis';
import { limit } from '../limits.ts';
import type { StoreTarget } from './redis-url.ts';

/** What a connection is for. Blocking readers need their own: a blocked one delays every command behind it. */
export type StoreUse = 'commands' | 'blocking';

/** Quick and without a pause that a person would notice: a supervised child is back within a second. */
const retryStrategy = (times: number): number => Math.min(20 * times, 250);

const REVIVE_MS = 50;

/**
 * Nothing is queued while Redis is away and nothing is sent twice by the client: a caller gets its answer at once, and
 * retrying is our code's business, at the level of whole scripts with the same arguments. `maxRetriesPerRequest: 0` is
 * what makes commands in flight fail when the connection ends; with 1 they hang until `commandTimeout`
 * (redis/ioredis#2193).
 */
function options(target: StoreTarget, use: StoreUse, name: string) {
  return {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    ...(use === 'commands' ? { commandTimeout: limit('commandMs') } : { blockingTimeout: limit('commandMs') }),
    connectTimeout: limit('connectMs'),
    maxLoadingRetryTime: 250, // how soon the end of loading is noticed, ms
    reconnectOnError: (error: Error) => (error.message.startsWith('READONLY') ? (1 as const) : false),
    connectionName: `war-room-${name}`,
    ...(target.username === undefined ? {} : { username: target.username }),
    ...(target.password === undefined ? {} : { password: target.password }),
  };
}

/**
 * Connects to the store; comes back at once, `ready` follows. The caller ends it with `disconnect()`.
 * @param onError - told of connection errors, each message once until the connection is ready again
 */
export function connectStore(
  target: StoreTarget,
  use: StoreUse,
  name: string,
  onError: (error: Error) => void = () => undefined,
): Redis {
  const common = options(target, use, name);
  const redis = create(target, common);
  let told = '';
  redis.on('error', (error: Error) => {
    if (error.message !== told) onError(error);
    told = error.message;
  });
  redis.on('ready', () => {
    told = '';
  });
  return revived(redis);
}

/**
 * A connection ends when its owner says so and never by itself. With Sentinel it does: ioredis' failover detector, which
 * belongs to the lost connection, also cuts the search for the new master that is under way, and the client is then at
 * its end for good ("Connection is closed.", as in redis/ioredis#1683).
 */
function revived(redis: Redis): Redis {
  let ended = false;
  const disconnect = redis.disconnect.bind(redis);
  const quit = redis.quit.bind(redis);
  redis.disconnect = (reconnect = false) => {
    if (!reconnect) ended = true;
    disconnect(reconnect);
  };
  redis.quit = ((...args: Parameters<Redis['quit']>) => {
    ended = true;
    return quit(...args);
  }) as Redis['quit'];
  redis.on('end', () => {
    const again = (): void => {
      if (!ended && redis.status === 'end') redis.connect().catch(() => undefined); // told by 'error'; ends here again
    };
    if (!ended) setTimeout(again, REVIVE_MS);
  });
  return redis;
}

function create(target: StoreTarget, common: ReturnType<typeof options>): Redis {
  if (target.kind === 'socket') return new Redis({ ...common, retryStrategy, path: target.path, db: target.db });
  const tls = target.tls ? { tls: {} } : {};
  if (target.kind === 'single') {
    return new Redis({ ...common, ...tls, retryStrategy, host: target.host, port: target.port, db: target.db });
  }
  if (target.kind === 'sentinel') {
    return new Redis({
      ...common,
      ...tls,
      enableTLSForSentinelMode: target.tls,
      sentinels: [...target.nodes],
      name: target.master,
      db: target.db,
      retryStrategy,
      sentinelRetryStrategy: retryStrategy,
      failoverDetector: true,
    });
  }
  const { enableOfflineQueue: _top, ...redisOptions } = common;
  const cluster = new Cluster([...target.nodes], {
    enableOfflineQueue: false, // ignored inside redisOptions
    redisOptions: { ...redisOptions, ...tls },
    clusterRetryStrategy: retryStrategy,
    clusterNodeRetryStrategy: retryStrategy,
    retryDelayOnFailover: 0, // no resending by the client
    retryDelayOnClusterDown: 0,
    slotsRefreshTimeout: limit('connectMs'),
    slotsRefreshInterval: 2_000,
  });
  // ioredis connects to a node with its first command and, without a queue, refuses the second one until it has: connect first
  cluster.on('+node', (node: Redis) => {
    if (node.status === 'wait') node.connect().catch(() => undefined); // the pool retries and tells of errors
  });
  // a Cluster takes the same commands, scripts and events; what it lacks (select, monitor) the product never uses
  return cluster as unknown as Redis;
}

/** Waits until commands are answered. @throws the first error when `withinMs` passes */
export async function storeReady(redis: Redis, withinMs: number): Promise<void> {
  const untilMs = performance.now() + withinMs;
  if (redis.status !== 'ready') await becomesReady(redis, withinMs);
  const store: unknown = redis; // the types say that it cannot be a Cluster
  if (!(store instanceof Cluster)) return;
  while (!store.nodes('master').every(({ status }) => status === 'ready')) {
    if (performance.now() > untilMs) throw new Error(`not all masters were ready within ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function becomesReady(redis: Redis, withinMs: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    let last = new Error(`the store was not ready within ${withinMs} ms`);
    const onError = (error: Error): void => {
      last = error;
    };
    const done = (act: () => void): void => {
      clearTimeout(timer);
      redis.off('ready', onReady).off('error', onError);
      act();
    };
    const onReady = (): void => done(resolve);
    const timer = setTimeout(() => done(() => reject(last)), withinMs);
    redis.on('error', onError).once('ready', onReady);
  });
}

export type StoreState =
  | { readonly state: 'ready' }
  | { readonly state: 'loading'; readonly loadedRatio: number }
  | { readonly state: 'away' };

/** Asks the store how it is; never throws, and answers within a second even when it is frozen. */
export async function storeState(redis: Redis): Promise<StoreState> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, 1_000, null);
  });
  try {
    const info = await Promise.race([redis.info('persistence'), late]);
    if (info === null) return { state: 'away' };
    if (!/^loading:1/m.test(info)) return redis.status === 'ready' ? { state: 'ready' } : { state: 'away' };
    return { state: 'loading', loadedRatio: Number(/^loading_loaded_perc:([\d.]+)/m.exec(info)?.[1] ?? 0) / 100 };
  } catch {
    return { state: 'away' }; // whatever the reason, it does not answer
  } finally {
    clearTimeout(timer);
  }
}
