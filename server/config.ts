import { isAbsolute, resolve } from 'node:path';
import { type Static, type TSchema, Type } from 'typebox';
import { Value } from 'typebox/value';
import { AppError } from '#contract/errors';
import { proxyProblem } from './http/client-address.ts';

const text = (description: string, fallback: string, pattern = '^.+$') =>
  Type.String({ description, default: fallback, pattern });
const optionalText = (description: string, pattern = '^.+$') => Type.Optional(Type.String({ description, pattern }));
const whole = (description: string, fallback: number, minimum: number, maximum: number) =>
  Type.Integer({ description, default: fallback, minimum, maximum });
const flag = (description: string) => Type.Boolean({ description, default: false });

const REDIS_URL = '^(redis|rediss|unix|redis\\+sentinel|rediss\\+sentinel|redis\\+cluster|rediss\\+cluster)://.+$';
/** A name, an IPv4 address or an IPv6 one in brackets, and a port. */
const HOST_AND_PORT = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+):(\d{1,5})$/i;
const URL_LIST = '^[^\\s,]+(,[^\\s,]+)*$';

/** Every environment variable the server reads. README's table and the refusal of unknown names come from here. */
export const ENVIRONMENT = {
  HOST: text('Address to listen on; one address, never a name with two', '127.0.0.1', '^[A-Za-z0-9.:-]+$'),
  PORT: whole('Port to listen on; 0 takes a free one', 8_080, 0, 65_535),
  WARROOM_DATA_DIR: text('Folder of the embedded Redis, recordings and access file', '.data'),
  WARROOM_PUBLIC_URL: optionalText(
    'How browsers reach the server when a proxy stands in front (https://…)',
    '^https?://[^/\\s]+$',
  ),
  TRUSTED_PROXIES: optionalText(
    'Addresses and networks of proxies whose X-Forwarded-* headers are believed, comma separated; none: nobody’s',
    URL_LIST,
  ),
  METRICS_TOKEN: optionalText(
    'Bearer token that may read /metrics and nothing else, for Prometheus; 16 characters or more',
    '^[!-~]{16,256}$',
  ),
  WARROOM_DRAIN_MS: Type.Optional(
    Type.Integer({
      description: 'How long a stopping node still serves; default 0 with the embedded Redis, 3000 with REDIS_URL',
      minimum: 0,
      maximum: 5_000,
    }),
  ),
  REDIS_URL: optionalText(
    'redis://, rediss://, unix://, redis+sentinel://host,host/master or redis+cluster://host,host; none: embedded',
    REDIS_URL,
  ),
  REDIS_PREFIX: text('First part of every key', 'wr', '^[a-z0-9_-]{1,32}$'),
  CAMPAIGN: text('Campaign file (YAML): all that this sale is made of', 'server/campaigns/double11.yaml'),
  OPENS_AT: optionalText(
    'Opening time instead of the file’s, ISO 8601 with zone',
    '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,3})?)?(Z|[+-]\\d{2}:\\d{2})$',
  ),
  INSECURE_HTTP: flag('1 allows plain http off loopback; every screen then says "not encrypted"'),
  LOG_LEVEL: Type.Enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
    description: 'Least level that is logged',
    default: 'info',
  }),
  FARO_COLLECTOR_URL: optionalText('Where browser reports are forwarded to', '^https?://\\S+$'),
  HOOKS_FILE: optionalText('YAML of the hooks that runbook actions call: hooks: {name: {url, secrets: [whsec_…]}}'),
  WATCHDOG_PING_URL: optionalText(
    'Called (GET) each minute while alerting is verified; an outside switch that screams when it stops',
    '^https?://\\S+$',
  ),
  RECEIVERS_FILE: optionalText('YAML of where pages and notifications go; none: alerts/receivers.yaml'),
  RULES_DIR: optionalText('Folder of alert rules; none: alerts/rules'),
  LEDGER_SEAL_KEY: optionalText(
    'Key that seals the budget ledger, 64 hexadecimal digits, the same on all nodes; none: made in the data folder',
    '^[0-9a-fA-F]{64,256}$',
  ),
  OUTBOUND_ALLOW: optionalText('Private host:port pairs that webhooks may reach, comma separated', URL_LIST),
  RECORDING_KEEP_DAYS: whole('Days that what screens showed is kept in the data folder', 15, 1, 400),
  RECORDING_KEEP_MB: whole('Most disk the recordings may take; the oldest hours go', 2_048, 16, 1_048_576),
  DEDUPE_MAX_IDS: whole('Event ids remembered at most; 503 dedupe_full beyond', 50_000_000, 1_000, 1_000_000_000),
} as const satisfies Record<string, TSchema>;

const Environment = Type.Object(ENVIRONMENT, { additionalProperties: false });
type Environment = Static<typeof Environment>;

/** Names of the set-up, test and demo scripts: known, but not part of the server's configuration. */
const OTHER_NAMES: ReadonlySet<string> = new Set([
  'WARROOM_TEST_COUNTS',
  'WARROOM_NO_SETUP',
  'WARROOM_BUILD',
  'WARROOM_CLIENT_OUT',
]);

export interface Config {
  readonly host: string;
  readonly port: number;
  /** Absolute. */
  readonly dataDir: string;
  readonly publicUrl: string | null;
  /** Addresses and networks whose `X-Forwarded-*` are believed. */
  readonly trustedProxies: readonly string[];
  readonly metricsToken: string | null;
  readonly drainMs: number;
  /** null: the embedded Redis. */
  readonly redisUrl: string | null;
  readonly redisPrefix: string;
  /** Absolute. */
  readonly campaignFile: string;
  /** Opening time that replaces the file's, ms since the Unix epoch. */
  readonly opensAtMs: number | null;
  readonly insecureHttp: boolean;
  /** Browsers reach us by https (publicUrl) or on loopback: cookies are `__Host-` and Secure. */
  readonly secureCookies: boolean;
  readonly logLevel: Environment['LOG_LEVEL'];
  readonly faroCollectorUrl: string | null;
  readonly hooksFile: string | null;
  /** null: nobody outside listens. */
  readonly watchdogPingUrl: string | null;
  /** null: the bundled ones. */
  readonly receiversFile: string | null;
  readonly rulesDir: string | null;
  /** null: the data folder's own. */
  readonly ledgerSealKey: string | null;
  readonly outboundAllow: readonly string[];
  readonly dedupeMaxIds: number;
  readonly recordingKeepDays: number;
  readonly recordingKeepBytes: number;
}

/** Text of one variable as the schema's type; wrong text stays text, so that the schema refuses it. */
function parse(schema: TSchema, raw: string): unknown {
  const { type } = schema as { type?: string };
  if (type === 'integer') return /^-?\d{1,15}$/.test(raw) ? Number(raw) : raw;
  if (type === 'boolean') return raw === '1' ? true : raw === '0' ? false : raw;
  return raw;
}

const bad = (name: string, message: string): AppError => new AppError('config_invalid', message, { field: name });

function readEnvironment(env: Readonly<Record<string, string | undefined>>): Environment {
  for (const name of Object.keys(env)) {
    if (name.startsWith('WARROOM_') && !(name in ENVIRONMENT) && !OTHER_NAMES.has(name)) {
      throw bad(name, `${name} is not a setting of this server; remove it or see the table in README.md`);
    }
  }
  const values: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(ENVIRONMENT)) {
    const raw = env[name];
    if (raw === undefined || raw === '') {
      const fallback = (schema as { default?: unknown }).default;
      if (fallback !== undefined) values[name] = fallback;
      continue;
    }
    const value = parse(schema, raw);
    if (!Value.Check(schema, value)) {
      const wanted = Value.Errors(schema, value)[0]?.message ?? 'is not valid';
      // a URL may carry a password: it is named, never echoed
      const shown = /URL|TOKEN|KEY/.test(name) ? 'the given value' : JSON.stringify(raw.slice(0, 80));
      throw bad(name, `${name}: ${shown} ${wanted} (${(schema as { description?: string }).description})`);
    }
    values[name] = value;
  }
  return values as Environment;
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/;
export const isLoopback = (host: string): boolean => LOOPBACK.test(host);

/**
 * Reads the environment once. `root` is what relative paths start from.
 * @throws {AppError} `config_invalid` with one line that names the variable and what it should be
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>, root = process.cwd()): Config {
  const values = readEnvironment(env);
  const path = (value: string): string => (isAbsolute(value) ? value : resolve(root, value));
  const opensAtMs = values.OPENS_AT === undefined ? null : Date.parse(values.OPENS_AT);
  if (opensAtMs !== null && !Number.isFinite(opensAtMs)) throw bad('OPENS_AT', 'OPENS_AT: not a date that exists');
  const publicUrl = values.WARROOM_PUBLIC_URL ?? null;
  const trustedProxies = values.TRUSTED_PROXIES?.split(',') ?? [];
  for (const entry of trustedProxies) {
    const problem = proxyProblem(entry);
    if (problem !== null)
      throw bad('TRUSTED_PROXIES', `TRUSTED_PROXIES: ${JSON.stringify(entry.slice(0, 80))} ${problem}`);
  }
  const outboundAllow = values.OUTBOUND_ALLOW?.split(',') ?? [];
  for (const pair of outboundAllow) {
    const port = Number(HOST_AND_PORT.exec(pair)?.[2] ?? 0);
    if (port < 1 || port > 65_535)
      throw bad(
        'OUTBOUND_ALLOW',
        `OUTBOUND_ALLOW: ${JSON.stringify(pair.slice(0, 80))} must be host:port, such as 10.0.0.7:8443`,
      );
  }
  const loopback = isLoopback(values.HOST);
  const overTls = publicUrl?.startsWith('https://') === true;
  if (!loopback && !overTls && !values.INSECURE_HTTP) {
    throw bad(
      'HOST',
      `HOST ${values.HOST} is reachable by others over plain http: put a TLS proxy in front and set WARROOM_PUBLIC_URL=https://…, or set INSECURE_HTTP=1`,
    );
  }
  // "localhost" would listen on two addresses and sockets would sit on one of them
  const host = values.HOST === 'localhost' ? '127.0.0.1' : values.HOST;
  return Object.freeze({
    host,
    port: values.PORT,
    dataDir: path(values.WARROOM_DATA_DIR),
    publicUrl,
    trustedProxies: Object.freeze(trustedProxies),
    metricsToken: values.METRICS_TOKEN ?? null,
    drainMs: values.WARROOM_DRAIN_MS ?? (values.REDIS_URL === undefined ? 0 : 3_000),
    redisUrl: values.REDIS_URL ?? null,
    redisPrefix: values.REDIS_PREFIX,
    campaignFile: path(values.CAMPAIGN),
    opensAtMs,
    insecureHttp: values.INSECURE_HTTP,
    secureCookies: loopback || overTls,
    logLevel: values.LOG_LEVEL,
    faroCollectorUrl: values.FARO_COLLECTOR_URL ?? null,
    hooksFile: values.HOOKS_FILE ?? null,
    watchdogPingUrl: values.WATCHDOG_PING_URL ?? null,
    receiversFile: values.RECEIVERS_FILE === undefined ? null : path(values.RECEIVERS_FILE),
    rulesDir: values.RULES_DIR === undefined ? null : path(values.RULES_DIR),
    ledgerSealKey: values.LEDGER_SEAL_KEY ?? null,
    outboundAllow: Object.freeze(outboundAllow),
    dedupeMaxIds: values.DEDUPE_MAX_IDS,
    recordingKeepDays: values.RECORDING_KEEP_DAYS,
    recordingKeepBytes: values.RECORDING_KEEP_MB * 1_048_576,
  });
}
