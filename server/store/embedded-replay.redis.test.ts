import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { connectStore, storeReady } from './connect.ts';
import { startEmbedded } from './embedded.ts';

const quiet = { info: () => undefined, warn: () => undefined };

it('[OPS20] what scripts and transactions wrote is there after a kill -9 of Redis and after a new start', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'wr-replay-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const read = async (act: 'kill' | 'stop', write: boolean): Promise<(string | null)[]> => {
    const embedded = await startEmbedded({
      dataDir,
      log: quiet,
      onFatal: (error) => expect.unreachable(error.message),
    });
    const redis = connectStore(embedded.target, 'commands', 'test');
    await storeReady(redis, 5_000);
    if (write) {
      // each of these is a MULTI … EXEC in the log, which is replayed under other rules than single commands
      await redis.eval(
        "redis.call('SET', KEYS[1], 'a') redis.call('INCRBY', KEYS[2], '5') return 1",
        2,
        '{t}:script',
        '{t}:sum',
      );
      await redis.multi().set('{t}:multi', 'b').incrby('{t}:sum', 2).exec();
    }
    const values = await redis.mget('{t}:script', '{t}:multi', '{t}:sum');
    if (act === 'kill') {
      const back = new Promise((resolve) => redis.once('ready', resolve));
      process.kill(embedded.pid as number, 'SIGKILL');
      await back;
      expect(await redis.mget('{t}:script', '{t}:multi', '{t}:sum')).toEqual(values);
    }
    redis.disconnect();
    await embedded.stop();
    return values;
  };
  expect(await read('kill', true)).toEqual(['a', 'b', '7']);
  expect(await read('stop', false)).toEqual(['a', 'b', '7']);
});
