import { readFileSync } from 'node:fs';
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { LineCounter, type Node, parseDocument } from 'yaml';
import { AppError } from '#contract/errors';
import { RECEIVER_KINDS, RECEIVER_SENDS, type ReceiverKind } from '#contract/receivers';
import { TIERS } from '#contract/tiers';
import { SECRET_PATTERN } from '../../server/outbound/domain/sign.ts';
import type { Outbound } from '../../server/outbound/send.ts';
import { readPattern } from '../domain/matchers.ts';
import { readMatcher } from '../read-duty.ts';
import { DEFAULT_SENDS, KIND_LIMITS, type Receiver, type Smtp } from './domain/receiver.ts';
import { readTemplate } from './domain/template.ts';

const closed = { additionalProperties: false } as const;
const ENV = '^[A-Z][A-Z0-9_]{0,63}$';
const Env = Type.String({ pattern: ENV });
const Address = Type.String({ pattern: '^[^\\s@<>",]+@[^\\s@<>",]+$', maxLength: 254 });
const ReceiverEntry = Type.Object(
  {
    id: Type.String({ pattern: '^[a-z][a-z0-9-]{0,39}$' }),
    kind: Type.Enum([...RECEIVER_KINDS]),
    sends: Type.Optional(Type.Array(Type.Enum([...RECEIVER_SENDS]), { uniqueItems: true })),
    least_tier: Type.Optional(Type.Enum([...TIERS])),
    match: Type.Optional(Type.Array(Type.String(), { maxItems: 16 })),
    language: Type.Optional(Type.Enum(['zh', 'en', 'both'])),
    watchdog: Type.Optional(Type.Boolean()),
    url: Type.Optional(Type.String({ minLength: 1, maxLength: 2_000 })),
    url_env: Type.Optional(Env),
    /** The newest first; during a change also the one before. */
    secret_env: Type.Optional(Type.Union([Env, Type.Array(Env, { minItems: 1, maxItems: 2 })])),
    headers: Type.Optional(Type.Record(Type.String({ pattern: '^[A-Za-z][A-Za-z0-9-]{0,63}$' }), Type.String())),
    headers_env: Type.Optional(Type.Record(Type.String({ pattern: '^[A-Za-z][A-Za-z0-9-]{0,63}$' }), Env)),
    content_type: Type.Optional(Type.String({ pattern: '^[a-z]+/[a-z0-9.+-]+(; ?charset=utf-8)?$' })),
    body: Type.Optional(Type.String({ minLength: 1, maxLength: 20_000 })),
    smtp: Type.Optional(
      Type.Object(
        {
          host: Type.String({ pattern: '^[A-Za-z0-9.:-]+$' }),
          port: Type.Integer({ minimum: 1, maximum: 65_535 }),
          secure: Type.Optional(Type.Boolean()),
          user_env: Type.Optional(Env),
          password_env: Type.Optional(Env),
        },
        closed,
      ),
    ),
    from: Type.Optional(Address),
    to: Type.Optional(Type.Array(Address, { maxItems: 50 })),
  },
  closed,
);
type ReceiverEntry = Static<typeof ReceiverEntry>;
const check = Compile(Type.Object({ receivers: Type.Array(ReceiverEntry, { maxItems: 50 }) }, closed));

/** What each kind needs, and may have, beside what all have. */
const FIELDS: Readonly<Record<ReceiverKind, { readonly needs: readonly string[]; readonly may: readonly string[] }>> = {
  webhook: { needs: ['url', 'secret'], may: ['headers', 'headers_env'] },
  template: { needs: ['url', 'body'], may: ['headers', 'headers_env', 'content_type', 'secret'] },
  dingtalk: { needs: ['url'], may: ['secret'] },
  wecom: { needs: ['url'], may: [] },
  feishu: { needs: ['url'], may: ['secret'] },
  pagerduty: { needs: ['secret'], may: ['url'] },
  email: { needs: ['smtp', 'from'], may: ['to'] },
  sound: { needs: [], may: [] },
};
const OWN = ['url', 'secret', 'headers', 'headers_env', 'content_type', 'body', 'smtp', 'from', 'to'] as const;
const PAGERDUTY_URL = 'https://events.pagerduty.com/v2/enqueue';
/** Headers that the sender writes itself. */
const RESERVED = /^(host|content-|webhook-|transfer-encoding$|connection$)/i;

export const RECEIVERS_FILE = new URL('../receivers.yaml', import.meta.url).pathname;
export interface ReceiversRead {
  readonly receivers: readonly Receiver[];
  /** `receivers.yaml:12: …`, without any secret. */
  readonly problems: readonly string[];
}
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the file of receivers. Never throws: what is wrong comes back with its line, and nothing of it is used then. Secrets, and
 * addresses that hold one, come from the environment and are never told again.
 */
export function readReceivers(path: string, env: Environment, outbound: Pick<Outbound, 'check'>): ReceiversRead {
  const found = readReceiverFile(path);
  return 'text' in found
    ? readReceiverText(found.name, found.text, env, outbound)
    : { receivers: [], problems: found.problems };
}
/** The file as it lies there. Never throws. */
export function readReceiverFile(
  path: string,
): { readonly name: string; readonly text: string } | { readonly problems: readonly string[] } {
  const name = path.slice(path.lastIndexOf('/') + 1);
  try {
    return { name, text: readFileSync(path, 'utf8') };
  } catch (error) {
    return { problems: [`${name}: ${(error as NodeJS.ErrnoException).code ?? 'cannot be read'}`] };
  }
}

export function readReceiverText(
  name: string,
  text: string,
  env: Environment,
  outbound: Pick<Outbound, 'check'>,
): ReceiversRead {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, strict: true, uniqueKeys: true });
  const problems: string[] = [];
  const wrong = (path: readonly (string | number)[], message: string): void => {
    let node: unknown;
    for (let depth = path.length; node == null && depth >= 0; depth -= 1)
      node = depth === 0 ? document.contents : document.getIn(path.slice(0, depth), true);
    const line = counter.linePos((node as Node | null)?.range?.[0] ?? 0).line || 1;
    problems.push(`${name}:${line}: ${message}`);
  };
  const [fault] = document.errors;
  if (fault !== undefined)
    return {
      receivers: [],
      problems: [`${name}:${fault.linePos?.[0].line ?? 1}: ${fault.message.split('\n')[0] ?? ''}`],
    };
  const value: unknown = document.toJS({ maxAliasCount: 0 });
  if (!check.Check(value)) {
    for (const { instancePath, message } of check.Errors(value).slice(0, 10)) {
      const path = instancePath
        .split('/')
        .slice(1)
        .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
      wrong(
        path,
        `${path.filter((part) => typeof part === 'string' && part !== 'receivers').join('.') || 'it'} ${message}`,
      );
    }
    return { receivers: [], problems };
  }
  const ids = new Set<string>();
  const receivers = value.receivers.map((entry, index) => {
    const at = (...more: (string | number)[]): (string | number)[] => ['receivers', index, ...more];
    if (ids.has(entry.id)) wrong(at('id'), `there are two receivers ${entry.id}`);
    ids.add(entry.id);
    return readEntry(entry, env, outbound, (field, message) => wrong(at(...(field === '' ? [] : [field])), message));
  });
  return { receivers: problems.length > 0 ? [] : receivers, problems };
}

function readEntry(
  entry: ReceiverEntry,
  env: Environment,
  outbound: Pick<Outbound, 'check'>,
  wrong: (field: string, message: string) => void,
): Receiver {
  const { id, kind } = entry;
  const given = new Set<string>([
    ...Object.keys(entry),
    ...(entry.url_env === undefined ? [] : ['url']),
    ...(entry.secret_env === undefined ? [] : ['secret']),
  ]);
  const { needs, may } = FIELDS[kind];
  for (const field of needs)
    if (!given.has(field)) wrong('', `${id}: a ${kind} receiver needs ${field === 'secret' ? 'secret_env' : field}`);
  for (const field of OWN)
    if (given.has(field) && !needs.includes(field) && !may.includes(field))
      wrong(field, `${id}: a ${kind} receiver has no ${field}`);
  if (kind === 'email' && entry.sends?.includes('groups') && (entry.to ?? []).length === 0)
    wrong('sends', `${id}: groups go to no person, so an email receiver that sends them needs to`);
  const fromEnv = (variable: string, field: string): string => {
    const found = (env[variable] ?? '').trim(); // secrets that come from files end with a line break
    if (found === '') wrong(field, `${id}: the environment has no ${variable}`);
    return found;
  };
  if (entry.url !== undefined && entry.url_env !== undefined) wrong('url_env', `${id}: give url or url_env, not both`);
  const url =
    entry.url_env !== undefined
      ? fromEnv(entry.url_env, 'url_env')
      : (entry.url ?? (kind === 'pagerduty' ? PAGERDUTY_URL : ''));
  const judge = (address: string, field: string): void => {
    try {
      outbound.check(address);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      // an address may hold a token: it is named, never shown
      const why = error.message.slice(error.message.indexOf(' cannot be called'));
      wrong(field, `${id}: its address${why}`);
    }
  };
  if (url !== '') judge(url, entry.url_env === undefined ? 'url' : 'url_env');
  // mail goes by the rules of everything that goes out
  if (entry.smtp !== undefined) {
    const { host, port } = entry.smtp;
    judge(`http://${host.includes(':') ? `[${host}]` : host}:${port}/`, 'smtp');
  }
  const variables = entry.secret_env === undefined ? [] : [entry.secret_env].flat();
  const secrets = variables.map((variable) => fromEnv(variable, 'secret_env')).filter((secret) => secret !== '');
  const signs = kind === 'webhook' || kind === 'template';
  if (signs && secrets.some((secret) => !new RegExp(SECRET_PATTERN).test(secret)))
    wrong('secret_env', `${id}: a ${kind}'s secret is whsec_ and base64 of 24 to 64 bytes`);
  const headers: Record<string, string> = { ...entry.headers };
  for (const [header, variable] of Object.entries(entry.headers_env ?? {}))
    headers[header] = fromEnv(variable, 'headers_env');
  for (const header of Object.keys(headers))
    if (RESERVED.test(header)) wrong('headers', `${id}: ${header} is not yours to set`);
  if (entry.body !== undefined) {
    const template = readTemplate(entry.body);
    if (typeof template === 'string') wrong('body', `${id}: ${template}`);
  }
  const matchers = (entry.match ?? []).flatMap((matcherText) => {
    const matcher = readMatcher(matcherText);
    try {
      if (matcher === null) throw new Error(`${matcherText} is not name="value"`);
      if (matcher.op === '=~' || matcher.op === '!~') readPattern(matcher);
      return [matcher];
    } catch (error) {
      wrong('match', `${id}: ${error instanceof Error ? error.message : String(error)}`);
      return [];
    }
  });
  return {
    id,
    kind,
    sends: entry.sends ?? DEFAULT_SENDS[kind],
    leastTier: entry.least_tier ?? 'blue',
    matchers,
    language: entry.language ?? 'both',
    perMinute: KIND_LIMITS[kind].perMinute,
    watchdog: entry.watchdog ?? false,
    url,
    secrets,
    headers,
    contentType: entry.content_type ?? 'application/json',
    template: entry.body ?? '',
    smtp: readSmtp(entry, fromEnv),
  };
}

function readSmtp(
  { smtp, from, to = [] }: ReceiverEntry,
  fromEnv: (variable: string, field: string) => string,
): Smtp | null {
  if (smtp === undefined || from === undefined) return null;
  const { host, port, secure = port === 465, user_env, password_env } = smtp;
  return {
    host,
    port,
    secure,
    user: user_env === undefined ? null : fromEnv(user_env, 'smtp'),
    password: password_env === undefined ? null : fromEnv(password_env, 'smtp'),
    from,
    to,
  };
}
