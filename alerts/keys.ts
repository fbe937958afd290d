import { DUE_KINDS } from '#contract/alerts';
import { dueKeyList, dueKeys } from '../server/room/due.ts';
import { claimKey } from '../server/room/held-claim.ts';
import { coreKey } from '../server/store/keys.ts';
import { timelineKeyList, timelineKeys } from '../server/store/timeline.ts';

/** Name of the claim that lets a node evaluate rules. */
export const RULES_CLAIM = 'rules';

/** Redis keys of alerts and silences, all under the core tag. */
export function alertKeys(prefix: string, instance: string) {
  const key = (name: string): string => coreKey(prefix, instance, `alerts:${name}`);
  const due = dueKeys(prefix, instance);
  const timeline = timelineKeyList(timelineKeys(prefix, instance));
  return {
    claim: claimKey(prefix, instance, RULES_CLAIM),
    /** Hash: id → record of every alert that is not closed. */
    records: key('records'),
    versions: key('versions'),
    /** Hash: fingerprint → id of its open life. */
    open: key('open'),
    seq: key('seq'),
    epoch: key('epoch'),
    stream: key('stream'),
    /** Hash: group → GroupState as JSON, written by whoever pages. */
    groups: key('groups'),
    /** The rules that nodes follow, as JSON, and which version of them it is. */
    rules: key('rules'),
    rulesVersion: key('rules-version'),
    /** When rules were last evaluated, ms of Redis time. */
    evaluated: key('evaluated'),
    history: (id: string): string => key(`history:${id}`),
    closed: (id: string): string => key(`closed:${id}`),
    silences: key('silences'),
    silenceVersions: key('silence-versions'),
    timeline,
    dueNotify: dueKeyList(due, DUE_KINDS.notify),
    dueEscalate: dueKeyList(due, DUE_KINDS.escalate),
    dueAck: dueKeyList(due, DUE_KINDS.ackExpiry),
    dueTell: dueKeyList(due, DUE_KINDS.tell),
    dueSilence: dueKeyList(due, DUE_KINDS.silenceEnding),
  };
}
export type AlertKeys = ReturnType<typeof alertKeys>;
