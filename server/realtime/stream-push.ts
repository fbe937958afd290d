import { setTimeout as pause } from 'node:timers/promises';
import type { AlertPage } from '#contract/alerts';
import type { Principal } from '#contract/permissions';
import type { Position } from '#contract/timeline';
import type { Log } from '../room/log.ts';
import type { TimelinePage } from '../room/timeline.ts';
import type { Lanes, StreamChannel, StreamName } from './lanes.ts';
import { type Session, unsentBytes } from './session.ts';

/** Unsent bytes above which a backlog waits; well below the limit of `too_slow`. */
const CHUNK_WAIT_BYTES = 65_536;
const RETRY_MS = 1_000;
const FOLLOW_MS = 20;

export interface StreamPages {
  readonly timeline: TimelinePage;
  readonly alerts: AlertPage;
}
/**
 * A stream that screens follow from a position: never skipped, in order. `missed` and `onPages` are this node's own copy of
 * its end; what `missed` does not know, `since` asks the store.
 */
export interface StreamPort<Page> {
  /** What a reader at `position` lacks, without asking anybody; null when this node does not know. */
  missed(position: Position | null): Page | null;
  since(position: Position | null): Promise<Page>;
  /** Tells each page of news once, in order; returns the way to stop. */
  onPages(listener: (page: Page) => void): () => void;
  /** A page in messages of a size that a slow link takes; the position of each is where a reader that has it stands. */
  chunks(page: Page): readonly Page[];
  /** Nothing to tell: no item, no reset. */
  isEmpty(page: Page): boolean;
  /** Some readers may not see all of it: who may, and the page as the others get it. Absent: everybody sees everything. */
  readonly restricted?: {
    readonly seesAll: (principal: Principal) => boolean;
    readonly publicPage: (page: Page) => Page;
  };
}
export interface StreamPushDeps<Name extends StreamName> {
  readonly name: Name;
  readonly port: StreamPort<StreamPages[Name]>;
  readonly lanes: Lanes;
  readonly log: Log;
}

/**
 * Brings screens up to the end of a stream and keeps them there: each hears everything after its position once, in order.
 * A screen is sent what it missed; in the very turn in which nothing is left to send it enters the room that the news go
 * to, so nothing falls in between.
 */
export function createStreamPush<Name extends StreamName>({ name, port, lanes, log }: StreamPushDeps<Name>) {
  type Page = StreamPages[Name];
  const { restricted } = port;
  const off = port.onPages((page) => {
    for (const chunk of port.chunks(page)) {
      lanes.tell(name, chunk);
      // two payloads at most, however many screens: one for each kind of reader
      if (restricted !== undefined && lanes.hasMembers(`${name}:public`))
        lanes.tell(name, restricted.publicPage(chunk), `${name}:public`);
    }
  });
  const channelOf = ({ principal }: Session): StreamChannel =>
    restricted === undefined || restricted.seesAll(principal) ? name : `${name}:public`;
  const part = (session: Session): void => {
    lanes.part(session, name);
    if (restricted !== undefined) lanes.part(session, `${name}:public`);
  };
  // one name, one page type: TypeScript does not follow that through the overloads of `emit`
  const send = ({ socket }: Session, page: Page): void =>
    void (socket.emit as (event: Name, page: Page) => unknown).call(socket, name, page);

  async function run(session: Session, reader: { position: Position | null; told: boolean }, current: () => boolean) {
    while (current()) {
      const page: Page = port.missed(reader.position) ?? (await port.since(reader.position));
      if (!current()) return;
      for (const chunk of port.chunks(page)) {
        // the first answer may be empty: it tells the screen that it is up to date
        const open = restricted === undefined || restricted.seesAll(session.principal);
        if (!reader.told || !port.isEmpty(chunk)) send(session, open ? chunk : restricted.publicPage(chunk));
        reader.told = true;
        reader.position = chunk.position;
        while (current() && unsentBytes(session.socket.conn) > CHUNK_WAIT_BYTES) await pause(FOLLOW_MS);
        if (!current()) return;
      }
      const left = port.missed(reader.position);
      if (left !== null && port.isEmpty(left)) {
        lanes.join(session, channelOf(session));
        return;
      }
      await pause(FOLLOW_MS); // this node's follower is a moment behind the store
    }
  }

  return {
    /** Starts over for this screen at `from`; replaces an earlier catch-up. Comes back at once. */
    catchUp(session: Session, from: Position | null): void {
      session.catchUpRuns[name] += 1;
      const mine = session.catchUpRuns[name];
      const current = (): boolean => session.catchUpRuns[name] === mine && session.socket.connected && !session.closing;
      part(session);
      const reader = { position: from, told: false };
      const again = async (): Promise<void> => {
        while (current()) {
          try {
            return await run(session, reader, current);
          } catch (error) {
            log.warn({ err: error, stream: name }, 'a stream cannot be read for a screen; trying again');
            await pause(RETRY_MS);
          }
        }
      };
      void again();
    },
    stopFor(session: Session): void {
      session.catchUpRuns[name] += 1;
      part(session);
    },
    stop: off,
  };
}
export type StreamPush = Pick<ReturnType<typeof createStreamPush>, 'catchUp' | 'stopFor' | 'stop'>;
