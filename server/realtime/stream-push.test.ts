import { expect, it } from 'vitest';
import type { Position, TimelineEntry } from '#contract/timeline';
import type { TimelinePage } from '../room/timeline.ts';
import type { TimelineFollower } from '../room/timeline-follower.ts';
import { silentLog } from '../test/silent-log.ts';
import type { Lanes } from './lanes.ts';
import type { Session } from './session.ts';
import { createStreamPush } from './stream-push.ts';
import { timelinePort } from './timeline-port.ts';

const epoch = 'e';
const entries = (from: number, to: number): TimelineEntry[] =>
  Array.from({ length: to - from + 1 }, (_, i) => ({ seq: from + i }) as TimelineEntry);

it('[TL9] an entry that is written while the store is asked for what was missed is heard once, before later ones', async () => {
  let head = 5;
  let tell: (page: TimelinePage) => void = () => undefined;
  // knows only its newest two entries, so that older ones must be asked for
  const follower: TimelineFollower = {
    start: async () => undefined,
    stop: () => undefined,
    get position() {
      return { epoch, seq: head };
    },
    missed: (from: Position | null) =>
      from === null || from.seq < head - 2 || from.seq > head
        ? null
        : { position: { epoch, seq: head }, entries: entries(from.seq + 1, head), reset: false },
    onEntries: (listener) => {
      tell = listener;
      return () => undefined;
    },
  };
  const heard: number[] = [];
  let inRoom = false;
  let joined: () => void = () => undefined;
  const live = new Promise<void>((resolve) => {
    joined = resolve;
  });
  const lanes = {
    join: () => {
      inRoom = true;
      joined();
    },
    part: () => {
      inRoom = false;
    },
    hasMembers: () => false,
    tell: (_name: string, page: TimelinePage) => {
      if (inRoom) heard.push(...page.entries.map(({ seq }) => seq));
    },
  } as unknown as Lanes;
  const conn = { writeBuffer: [], transport: { socket: { bufferedAmount: 0 } } };
  const socket = {
    conn,
    connected: true,
    emit: (_event: string, page: TimelinePage) => heard.push(...page.entries.map(({ seq }) => seq)),
  };
  const principal = { role: 'admin' };
  const session = { socket, principal, catchUpRuns: { timeline: 0, alerts: 0 }, closing: false } as unknown as Session;
  const write = (): void => {
    head += 1;
    tell({ position: { epoch, seq: head }, entries: entries(head, head), reset: false });
  };
  const since = async (position: Position | null): Promise<TimelinePage> => {
    const answer = {
      position: { epoch, seq: head },
      entries: entries((position?.seq ?? 0) + 1, head),
      reset: false,
    };
    write(); // the answer is on its way when the next entry is written
    return answer;
  };
  const push = createStreamPush({
    name: 'timeline',
    port: timelinePort({ since }, follower),
    lanes,
    log: silentLog,
  });
  push.catchUp(session, { epoch, seq: 1 });
  await live;
  write();
  expect(heard).toEqual([2, 3, 4, 5, 6, 7]);
});
