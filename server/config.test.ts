import { describe, expect, it } from 'vitest';
import { ENVIRONMENT, readConfig } from './config.ts';
import { checkFiles } from './config-files.ts';
import { adPlatformOff, startsAdPlatform } from './demo-ad-platform.ts';

const thrown = (env: Record<string, string>): { code?: string; message: string } => {
  try {
    readConfig(env);
  } catch (error) {
    return error as Error;
  }
  return { message: 'accepted' };
};

describe('configuration', () => {
  it('[CONF1] an empty environment runs on loopback with its own Redis', () => {
    expect(readConfig({}, '/srv/room')).toEqual({
      host: '127.0.0.1',
      port: 8080,
      dataDir: '/srv/room/.data',
      publicUrl: null,
      trustedProxies: [],
      watchdogPingUrl: null,
      metricsToken: null,
      drainMs: 0,
      redisUrl: null,
      redisPrefix: 'wr',
      campaignFile: '/srv/room/server/campaigns/double11.yaml',
      opensAtMs: null,
      insecureHttp: false,
      secureCookies: true,
      ledgerSealKey: null,
      logLevel: 'info',
      faroCollectorUrl: null,
      hooksFile: null,
      receiversFile: null,
      rulesDir: null,
      outboundAllow: [],
      dedupeMaxIds: 50_000_000,
      recordingKeepDays: 15,
      recordingKeepBytes: 2_147_483_648,
    });
    expect(Object.isFrozen(readConfig({}))).toBe(true);
  });
  it('[CONF1] an empty value is the same as none', () =>
    expect(readConfig({ PORT: '', REDIS_URL: '' })).toEqual(readConfig({})));
  for (const { title, env, field } of [
    { title: 'a port beyond the last', env: { PORT: '65536' }, field: 'PORT' },
    { title: 'a port with a unit', env: { PORT: '80s' }, field: 'PORT' },
    { title: 'a port as a fraction', env: { PORT: '80.5' }, field: 'PORT' },
    { title: 'a flag that is neither 0 nor 1', env: { INSECURE_HTTP: 'yes' }, field: 'INSECURE_HTTP' },
    { title: 'an unknown level', env: { LOG_LEVEL: 'loud' }, field: 'LOG_LEVEL' },
    { title: 'an opening without a zone', env: { OPENS_AT: '2026-11-11T00:00:00' }, field: 'OPENS_AT' },
    { title: 'an opening that does not exist', env: { OPENS_AT: '2026-13-45T00:00:00Z' }, field: 'OPENS_AT' },
    { title: 'a prefix with a brace', env: { REDIS_PREFIX: 'a{b' }, field: 'REDIS_PREFIX' },
    { title: 'too few ids', env: { DEDUPE_MAX_IDS: '10' }, field: 'DEDUPE_MAX_IDS' },
    {
      title: 'a public address with a path',
      env: { WARROOM_PUBLIC_URL: 'https://x.test/room' },
      field: 'WARROOM_PUBLIC_URL',
    },
    { title: 'a proxy by name', env: { TRUSTED_PROXIES: 'proxy.test' }, field: 'TRUSTED_PROXIES' },
    { title: 'the whole world as a proxy', env: { TRUSTED_PROXIES: '10.0.0.1,0.0.0.0/0' }, field: 'TRUSTED_PROXIES' },
    { title: 'IPv4 in IPv6 clothes', env: { TRUSTED_PROXIES: '::ffff:10.0.0.0/104' }, field: 'TRUSTED_PROXIES' },
    { title: 'a network that is too long', env: { TRUSTED_PROXIES: 'fd00::/129' }, field: 'TRUSTED_PROXIES' },
    {
      title: 'a private address without a port',
      env: { OUTBOUND_ALLOW: '10.0.0.7:8443,10.0.0.8' },
      field: 'OUTBOUND_ALLOW',
    },
    { title: 'a private address with a path', env: { OUTBOUND_ALLOW: 'http://x.test/a:80' }, field: 'OUTBOUND_ALLOW' },
    { title: 'a token that is too short', env: { METRICS_TOKEN: 'short' }, field: 'METRICS_TOKEN' },
    { title: 'a name nobody reads', env: { WARROOM_DATADIR: 'x' }, field: 'WARROOM_DATADIR' },
    { title: 'plain http for others', env: { HOST: '0.0.0.0' }, field: 'HOST' },
    { title: 'plain http for others on IPv6', env: { HOST: '::' }, field: 'HOST' },
    {
      title: 'a public address without TLS is no excuse',
      env: { HOST: '10.0.0.1', WARROOM_PUBLIC_URL: 'http://x.test' },
      field: 'HOST',
    },
  ] as { title: string; env: Record<string, string>; field: string }[])
    it(`[CONF2] refuses ${title} in one line that names it`, () => {
      const error = thrown(env);
      expect(error).toMatchObject({ code: 'config_invalid', options: { field } });
      expect(error.message).toContain(field);
      expect(error.message).not.toContain('\n');
    });
  it('[CONF2] refuses files and folders that are not there before anything is started', () => {
    for (const env of [
      { HOOKS_FILE: '/none/hooks.yaml' },
      { RECEIVERS_FILE: import.meta.dirname },
      { RULES_DIR: import.meta.filename },
    ] as Record<string, string>[])
      expect(() => checkFiles(readConfig(env))).toThrow(
        expect.objectContaining({
          code: 'config_invalid',
          message: expect.stringContaining(Object.keys(env)[0] ?? ''),
        }),
      );
    checkFiles(readConfig({ RECEIVERS_FILE: import.meta.filename, RULES_DIR: import.meta.dirname }));
  });
  it('[CONF2] never shows an address that may hold a password', () => {
    for (const env of [{ REDIS_URL: 'ftp://u:hunter2@x' }, { FARO_COLLECTOR_URL: 'x://hunter2' }]) {
      expect(thrown(env as Record<string, string>).message).toMatch(/_URL: the given value/);
      expect(thrown(env as Record<string, string>).message).not.toContain('hunter2');
    }
  });
  for (const { title, env, secure } of [
    { title: 'loopback', env: {}, secure: true },
    { title: 'IPv6 loopback', env: { HOST: '::1' }, secure: true },
    { title: 'behind TLS', env: { HOST: '0.0.0.0', WARROOM_PUBLIC_URL: 'https://room.test' }, secure: true },
    { title: 'plain http on request', env: { HOST: '0.0.0.0', INSECURE_HTTP: '1' }, secure: false },
  ] as { title: string; env: Record<string, string>; secure: boolean }[])
    it(`[CONF3] ${title}: cookies ${secure ? 'are' : 'are not'} Secure`, () =>
      expect(readConfig(env).secureCookies).toBe(secure));
  it('[CONF3] "localhost" is one address, not two', () =>
    expect(readConfig({ HOST: 'localhost' }).host).toBe('127.0.0.1'));
  it('[CONF5] with REDIS_URL a stopping node serves on for 3 s, alone it does not', () => {
    expect(readConfig({ REDIS_URL: 'redis://x' }).drainMs).toBe(3_000);
    expect(readConfig({ REDIS_URL: 'redis://x', WARROOM_DRAIN_MS: '0' }).drainMs).toBe(0);
  });
  it('[OPS17] a HOOKS_FILE of one’s own keeps the demo’s ad platform away, and the demo says so where it is missed', () => {
    const told = (env: Record<string, string>) => [startsAdPlatform(readConfig(env)), adPlatformOff(readConfig(env))];
    expect(told({})).toEqual([true, null]);
    expect(told({ HOOKS_FILE: 'hooks.yaml' })).toEqual([false, expect.stringMatching(/HOOKS_FILE .* platform is off/)]);
    const CAMPAIGN = 'server/campaigns/tiny.yaml'; // has none
    expect(told({ CAMPAIGN, HOOKS_FILE: 'hooks.yaml' })).toEqual([false, null]);
  });
  it('[CONF1] every setting says what it is', () => {
    for (const [name, schema] of Object.entries(ENVIRONMENT)) {
      expect((schema as { description?: string }).description?.length, name).toBeGreaterThan(15);
    }
  });
});
