import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { loadScript, type Script } from '../../store/scripts.ts';

const include = (name: string): string =>
  readFileSync(new URL(`../../store/scripts/includes/${name}.lua`, import.meta.url), 'utf8');

/**
 * The production script with two changes: the invariants are checked inside it after each step, and its clock can be moved
 * (`testSkewMs` of the ledger's head), so that a proof can let days pass.
 */
export function checkedScript(name: string): Script {
  const script = loadScript(name);
  const clock = 'return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)';
  if (!script.lua.includes(clock) || !script.lua.includes('-- @checks'))
    throw new Error(`${name} has no place for checks`);
  const lua = script.lua
    .replace(clock, `${clock} + tonumber(redis.call('HGET', KEYS[1], 'testSkewMs') or '0')`)
    .replace(/^-- @checks$/m, () => include('money-checks'))
    .replace(/^-- @checks-plan$/m, () => include('money-checks-plan'));
  return { ...script, lua, sha1: createHash('sha1').update(lua).digest('hex') };
}
