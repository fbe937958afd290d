import { createHash } from 'node:crypto';
import { coreKey } from '../store/keys.ts';
import { type TimelineKeys, timelineKeyList, timelineKeys } from '../store/timeline.ts';

/** What the keys of tries and refusals are about; the subject itself is hashed, so no name can reach another key. */
export type Tally = 'login' | 'address' | 'approver' | 'asks' | 'refused';

/** Keys of people under the core tag: one script can change any of them together with the timeline. */
export interface PeopleKeys {
  /** Hashes of name key → id. */
  readonly index: Readonly<Record<'user' | 'key' | 'kiosk', string>>;
  /** Set of user ids: admins who can sign in. */
  readonly admins: string;
  /** Stream of revocations, read by every node. */
  readonly control: string;
  /** Sorted set of people's name keys by the time they were last seen. */
  readonly present: string;
  /** Sorted set of open pairings by their end. */
  readonly pairings: string;
  /** Hash of one principal: kind, name, role, epoch, … */
  principal(id: string): string;
  /** Hash of one session or ingest key, named by the SHA-256 of its token. */
  token(sessionId: string): string;
  link(hash: string): string;
  pairing(codeHash: string): string;
  tally(kind: Tally, subject: string): string;
  readonly timeline: TimelineKeys;
  readonly timelineList: readonly [string, string, string];
}

export function peopleKeys(prefix: string, instance: string): PeopleKeys {
  const key = (name: string): string => coreKey(prefix, instance, name);
  const timeline = timelineKeys(prefix, instance);
  return {
    index: { user: key('users'), key: key('keys'), kiosk: key('kiosks') },
    admins: key('admins'),
    control: key('control'),
    present: key('present'),
    pairings: key('pairings'),
    principal: (id) => key(`principal:${id}`),
    token: (sessionId) => key(`token:${sessionId}`),
    link: (hash) => key(`link:${hash}`),
    pairing: (codeHash) => key(`pairing:${codeHash}`),
    tally: (kind, subject) => key(`tally:${kind}:${createHash('sha256').update(subject).digest('hex')}`),
    timeline,
    timelineList: timelineKeyList(timeline),
  };
}
