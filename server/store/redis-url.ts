import { AppError } from '#contract/errors';

interface Credentials {
  readonly username?: string;
  readonly password?: string;
}
interface Address {
  readonly host: string;
  readonly port: number;
}
/** Where the store is; the same code runs on all four. */
export type StoreTarget = Credentials &
  (
    | { readonly kind: 'socket'; readonly path: string; readonly db: number }
    | ({ readonly kind: 'single'; readonly tls: boolean; readonly db: number } & Address)
    | {
        readonly kind: 'sentinel';
        readonly tls: boolean;
        readonly nodes: readonly Address[];
        readonly master: string;
        readonly db: number;
      }
    | { readonly kind: 'cluster'; readonly tls: boolean; readonly nodes: readonly Address[] }
  );

const SHAPE = /^(redis|rediss|unix)(?:\+(sentinel|cluster))?:\/\/(?:([^@/]*)@)?([^/?#]*)(\/[^?#]*)?$/;

/** Never shows the URL: it may hold a password. */
const bad = (why: string): AppError =>
  new AppError(
    'config_invalid',
    `REDIS_URL: ${why}; forms: redis://[user:password@]host[:6379][/db], rediss://…, unix:///path, redis+sentinel://host[:26379],host/master[/db], redis+cluster://host[:6379],host`,
    { field: 'REDIS_URL' },
  );

function credentials(text: string | undefined): Credentials {
  if (text === undefined || text === '') return {};
  const colon = text.indexOf(':');
  try {
    const username = decodeURIComponent(colon < 0 ? text : text.slice(0, colon));
    const password = colon < 0 ? '' : decodeURIComponent(text.slice(colon + 1));
    return { ...(username === '' ? {} : { username }), ...(password === '' ? {} : { password }) };
  } catch {
    throw bad('user or password has a percent sign that is not an escape');
  }
}

function addresses(text: string, defaultPort: number): Address[] {
  return text.split(',').map((part) => {
    const [, host, port] = /^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?$/.exec(part) ?? [];
    if (host === undefined) throw bad('a host is not valid');
    const number = port === undefined ? defaultPort : Number(port);
    if (number < 1 || number > 65_535) throw bad('a port is not 1 to 65535');
    return { host: host.replace(/^\[|\]$/g, ''), port: number };
  });
}

function database(text: string | undefined): number {
  if (text === undefined || text === '') return 0;
  if (!/^\d{1,4}$/.test(text)) throw bad('the database after / is not a number');
  return Number(text);
}

/** @throws {AppError} `config_invalid`, without the URL in its text */
export function parseRedisUrl(url: string): StoreTarget {
  const [, scheme, topology, who, hosts, rest = ''] = SHAPE.exec(url) ?? [];
  if (scheme === undefined || hosts === undefined) throw bad('not a form this server knows');
  const login = credentials(who);
  if (scheme === 'unix') {
    if (topology !== undefined || hosts !== '' || rest.length < 2) throw bad('unix:// takes one absolute path');
    return { kind: 'socket', path: decodeURIComponent(rest), db: 0, ...login };
  }
  const tls = scheme === 'rediss';
  const path = rest.split('/').slice(1);
  if (topology === 'cluster') {
    if (rest.length > 1) throw bad('a cluster has no database');
    return { kind: 'cluster', tls, nodes: addresses(hosts, 6_379), ...login };
  }
  if (topology === 'sentinel') {
    const [master = '', db] = path;
    if (!/^[A-Za-z0-9._-]+$/.test(master)) throw bad('the name of the master after the hosts is missing');
    return { kind: 'sentinel', tls, nodes: addresses(hosts, 26_379), master, db: database(db), ...login };
  }
  const [only, ...more] = addresses(hosts, 6_379);
  if (only === undefined || more.length > 0) throw bad('several hosts need +sentinel or +cluster');
  return { kind: 'single', tls, db: database(path[0]), ...only, ...login };
}
