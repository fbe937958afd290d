import { describe, expect, it } from 'vitest';
import { parseRedisUrl } from './redis-url.ts';
import { asStoreError } from './store-error.ts';

describe('REDIS_URL', () => {
  for (const { url, want } of [
    { url: 'redis://10.0.0.1', want: { kind: 'single', tls: false, host: '10.0.0.1', port: 6379, db: 0 } },
    {
      url: 'rediss://u:p%40ss@redis.test:6380/2',
      want: { kind: 'single', tls: true, host: 'redis.test', port: 6380, db: 2, username: 'u', password: 'p@ss' },
    },
    {
      url: 'redis://:pw@[::1]:7000',
      want: { kind: 'single', tls: false, host: '::1', port: 7000, db: 0, password: 'pw' },
    },
    { url: 'unix:///run/redis.sock', want: { kind: 'socket', path: '/run/redis.sock', db: 0 } },
    {
      url: 'redis+sentinel://a,b:26380/mymaster/1',
      want: {
        kind: 'sentinel',
        tls: false,
        master: 'mymaster',
        db: 1,
        nodes: [
          { host: 'a', port: 26379 },
          { host: 'b', port: 26380 },
        ],
      },
    },
    {
      url: 'rediss+cluster://u:p@a:7000,b:7001',
      want: {
        kind: 'cluster',
        tls: true,
        username: 'u',
        password: 'p',
        nodes: [
          { host: 'a', port: 7000 },
          { host: 'b', port: 7001 },
        ],
      },
    },
  ])
    it(`[CONF4] ${url}`, () => expect(parseRedisUrl(url)).toEqual(want));
  for (const url of [
    'http://secret.test',
    'redis://secret.test:99999',
    'redis://a,b',
    'redis+sentinel://a:26379',
    'redis+cluster://a/1',
    'unix://secret.sock',
    'redis://u:%zz@secret.test',
    'redis://secret.test/zero',
  ])
    it(`[CONF4] refuses ${url} without showing it`, () => {
      const caught = (() => {
        try {
          return parseRedisUrl(url);
        } catch (error) {
          return error as Error;
        }
      })();
      expect(caught).toMatchObject({ code: 'config_invalid' });
      expect((caught as Error).message).not.toContain('secret');
    });
});

const reply = (message: string): Error => Object.assign(new Error(message), { name: 'ReplyError' });
describe('what an error of the client means', () => {
  for (const { title, error, code, outcome } of [
    { title: 'no answer in time', error: new Error('Command timed out'), code: 'store_timeout', outcome: 'unknown' },
    {
      title: 'cut in the middle',
      error: new Error('Connection is closed.'),
      code: 'store_unavailable',
      outcome: 'unknown',
    },
    {
      title: 'never sent',
      error: new Error("Stream isn't writeable and enableOfflineQueue options is false"),
      code: 'store_unavailable',
    },
    { title: 'loading', error: reply('LOADING Redis is loading the dataset in memory'), code: 'store_loading' },
    {
      title: 'full',
      error: reply("OOM command not allowed when used memory > 'maxmemory'. script: ab"),
      code: 'store_full',
    },
    {
      title: 'a failover',
      error: reply("READONLY You can't write against a read only replica."),
      code: 'store_unavailable',
    },
    {
      title: 'a cluster without all slots',
      error: reply('CLUSTERDOWN Hash slot not served'),
      code: 'store_unavailable',
    },
    {
      title: 'nobody listens',
      error: Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', syscall: 'connect' }),
      code: 'store_unavailable',
    },
  ])
    it(`[STORE1] ${title}: ${code}`, () => {
      const mapped = asStoreError(error);
      expect([mapped?.code, mapped?.options.outcome]).toEqual([code, outcome]);
    });
  it('[STORE1] a bug of ours stays a bug', () => {
    expect(asStoreError(reply('ERR Error running script'))).toBeNull();
    expect(asStoreError(new TypeError('x is undefined'))).toBeNull();
    expect(asStoreError('text')).toBeNull();
  });
});
