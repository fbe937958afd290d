import { randomUUID } from 'node:crypto';
import type { TimelineEntry, TimelineKind } from '#contract/timeline';
import { coreKey } from './keys.ts';
import { loadScript, runScript, type ScriptRunner } from './scripts.ts';

/**
 * The timeline's keys, always passed as three neighbours `[seq, epoch, stream]`.
 * `seq`: newest entry's number; `epoch`: random id of this timeline's life; `stream`: entries `<seq>-0` with one field `entry`
 * (JSON of `TimelineEntry`), about the last 200,000.
 */
export interface TimelineKeys {
  readonly seq: string;
  readonly epoch: string;
  readonly stream: string;
}
export const timelineKeys = (prefix: string, instance: string): TimelineKeys => ({
  seq: coreKey(prefix, instance, 'timeline:seq'),
  epoch: coreKey(prefix, instance, 'timeline:epoch'),
  stream: coreKey(prefix, instance, 'timeline'),
});
export const timelineKeyList = ({ seq, epoch, stream }: TimelineKeys): readonly [string, string, string] => [
  seq,
  epoch,
  stream,
];

export type NewTimelineEntry = Omit<TimelineEntry, 'seq' | 'atMs' | 'kind'> & { readonly kind: TimelineKind };
const PARAM_MAX_LENGTH = 2_000;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out (terminals, logs, right-to-left tricks)
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;

/** The two arguments that `appendTimeline` (scripts/includes) takes after its key index: body and an epoch for a new timeline. */
export function timelineArgs({ kind, actor, params, requestId }: NewTimelineEntry): [body: string, newEpoch: string] {
  const plain = Object.entries(params).map(([name, value]) => [
    name,
    typeof value === 'string' ? value.replace(UNPRINTABLE, ' ').slice(0, PARAM_MAX_LENGTH) : value,
  ]);
  const body = { kind, actor, params: Object.fromEntries(plain), ...(requestId === undefined ? {} : { requestId }) };
  return [JSON.stringify(body), randomUUID()];
}

const appendScript = loadScript('append-entry-3');
/** Appends an entry that stands alone; one that belongs to a change goes into the change's own script. Returns its seq. */
export async function appendEntry(redis: ScriptRunner, keys: TimelineKeys, entry: NewTimelineEntry): Promise<number> {
  return Number(await runScript(redis, appendScript, timelineKeyList(keys), timelineArgs(entry)));
}
