import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** One atomic step, ready for `runScript` or for ioredis' `defineCommand`. */
export interface Script {
  /** File name without `.lua`: a verb and the number of keys. */
  readonly name: string;
  /** null for `<verb>-n`, whose number of keys differs from call to call. */
  readonly numberOfKeys: number | null;
  /** Source with its includes resolved and `#!lua` in front: refused up front when memory is full, never cut half-way. */
  readonly lua: string;
  readonly sha1: string;
}

/** What a script needs of a connection; a single server, Sentinel and Cluster all have it. */
export interface ScriptRunner {
  call(command: string, args: (string | number | Buffer)[]): Promise<unknown>;
}

const FOLDER = new URL('./scripts/', import.meta.url);
const HEADER = /^(?:--[^\n]*\n)+/;

/** Highest `KEYS[i]` or `KEYS[i..j]` that a text names; 0 when none. */
function highestKey(text: string): number {
  const named = [...text.matchAll(/KEYS\[(\d+)(?:\.\.(\d+))?\]/g)].map((match) => Number(match[2] ?? match[1]));
  return Math.max(0, ...named);
}

/** Says what is wrong with a script's name, header and keys; null when they agree. */
export function scriptProblem(name: string, source: string): string | null {
  const suffix = /^[a-z]+(?:-[a-z]+)*-(\d+|n)$/.exec(name)?.[1];
  if (suffix === undefined) return `${name}: name is not <verb>-<numberOfKeys>`;
  const header = HEADER.exec(source)?.[0] ?? '';
  for (const word of ['KEYS', 'ARGV', 'Returns'])
    if (!header.includes(word)) return `${name}: header does not say ${word}`;
  if (suffix === 'n') return null;
  const told = highestKey(header);
  if (told !== Number(suffix)) return `${name}: header names ${told} keys`;
  const used = highestKey(source.slice(header.length));
  return used > told ? `${name}: uses KEYS[${used}]` : null;
}

/**
 * Reads `scripts/<name>.lua` and puts `scripts/includes/<file>.lua` in place of each line `-- @include <file>`.
 * @throws {Error} when name, header and keys disagree: a bug, found at start
 */
export function loadScript(name: string): Script {
  const source = readFileSync(new URL(`${name}.lua`, FOLDER), 'utf8');
  const problem = scriptProblem(name, source);
  if (problem !== null) throw new Error(`script ${problem}`);
  const body = source.replace(/^-- @include ([a-z-]+)$/gm, (_line, file: string) =>
    readFileSync(new URL(`includes/${file}.lua`, FOLDER), 'utf8').trimEnd(),
  );
  const lua = `#!lua\n${body}`;
  const suffix = name.slice(name.lastIndexOf('-') + 1);
  const numberOfKeys = suffix === 'n' ? null : Number(suffix);
  return { name, numberOfKeys, lua, sha1: createHash('sha1').update(lua).digest('hex') };
}

const tagOf = (key: string): string => key.slice(0, key.indexOf('}') + 1);

/**
 * Runs a script by its hash and sends its source once when Redis does not know it (`SCRIPT FLUSH`, failover).
 * @throws {Error} when the keys are not as many as the name says or lie under more than one hash tag: a bug
 */
export async function runScript(
  redis: ScriptRunner,
  script: Script,
  keys: readonly string[],
  args: readonly (string | number | Buffer)[],
): Promise<unknown> {
  if (script.numberOfKeys !== null && keys.length !== script.numberOfKeys)
    throw new Error(`script ${script.name} got ${keys.length} keys`);
  const tag = tagOf(keys[0] ?? '');
  if (tag === '' || keys.some((key) => tagOf(key) !== tag))
    throw new Error(`script ${script.name} got keys of more than one hash tag`);
  // as one list: spread arguments live on the stack, which ends near 100,000 of them
  const list = (first: string): (string | number | Buffer)[] =>
    ([first, keys.length] as (string | number | Buffer)[]).concat(keys, args);
  try {
    return await redis.call('evalsha', list(script.sha1));
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
    return redis.call('eval', list(script.lua));
  }
}
