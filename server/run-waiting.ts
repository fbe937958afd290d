import type { Socket } from 'node:net';
import type { FastifyBaseLogger } from 'fastify';
import { AppError } from '#contract/errors';
import { buildApp } from './app.ts';
import type { Config } from './config.ts';
import { clientDir } from './run-client-build.ts';
import { listen } from './run-listen.ts';
import { say, withProgress } from './run-progress.ts';
import { connectStore, storeState } from './store/connect.ts';
import type { StoreTarget } from './store/redis-url.ts';

/** For answers that are on their way when the store is there. */
const LAST_ANSWERS_MS = 300;

export interface WaitOptions {
  readonly target: StoreTarget;
  readonly config: Config;
  readonly log: FastifyBaseLogger;
  /** False when the start has been called off. */
  readonly alive: () => boolean;
}

/** While the store loads: healthy, not ready and how far, pages of the client, and `store_loading` to all else. */
export async function waitForStore({ target, config, log, alive }: WaitOptions): Promise<void> {
  const redis = connectStore(target, 'commands', 'start', (error) => say(`  the store: ${error.message}`));
  try {
    if ((await firstState(redis)).state === 'ready') return;
    const app = await buildApp({
      config,
      log,
      authenticate: async () => null,
      clientDir: clientDir(),
      ready: async () => {
        const store = await storeState(redis);
        if (store.state === 'loading') return { ok: false, reasons: ['store_loading'], loadedRatio: store.loadedRatio };
        return { ok: false, reasons: ['store_unavailable'] };
      },
      plugins: [
        async (scope) => {
          // Before the body is read: a 415 for its content type would look final to a producer.
          scope.addHook('onRequest', async () => {
            throw new AppError('store_loading', 'the server is loading its data; try again', { retryAfterS: 2 });
          });
          scope.all('/api/*', { config: { policy: 'public' }, schema: { hide: true } }, async () => undefined);
        },
      ],
    });
    const sockets = new Set<Socket>();
    app.server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    });
    await listen(app, config);
    await withProgress('waiting for the store', async () => {
      while (alive() && (await storeState(redis)).state !== 'ready')
        await new Promise((resolve) => setTimeout(resolve, 100));
    });
    // Whoever has a connection open must not hold up the start: what is under way has a moment, then it comes again.
    const late = setTimeout(() => {
      for (const socket of sockets) socket.destroy();
    }, LAST_ANSWERS_MS);
    await app.close();
    clearTimeout(late);
  } finally {
    redis.disconnect();
  }
}

/** The state once the connection has settled: ready, loading, or refused for a second. */
async function firstState(redis: ReturnType<typeof connectStore>): Promise<Awaited<ReturnType<typeof storeState>>> {
  for (const untilMs = performance.now() + 1_000; ; ) {
    const state = await storeState(redis);
    if (state.state !== 'away' || performance.now() > untilMs) return state;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
