import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Frame, ServerToClientEvents, ViewId } from '#contract/frames';
import type { RealtimeServer, Session } from './session.ts';
import type { StreamPages } from './stream-push.ts';

/** Sockets of one lane: what a broadcast reaches in one turn of the event loop, so that acks are not behind thousands. */
export const LANE_SIZE = 500;
/** Streams that are never skipped. */
export type StreamName = 'timeline' | 'alerts';
/** Where a stream's news go: to those who may see all of it, and to everybody else. */
export type StreamChannel = StreamName | `${StreamName}:public`;
type Channel = ViewId | StreamChannel | 'all';

/**
 * Broadcasts in lanes of at most `LANE_SIZE` sockets. Every payload is one value for everybody, so socket.io encodes it
 * once a lane and builds the websocket frame once; nothing here may depend on the client.
 */
export class Lanes {
  private readonly io: RealtimeServer;
  private readonly sizes: number[] = [];
  constructor(io: RealtimeServer) {
    this.io = io;
  }

  /** Gives a new socket its lane. */
  enter(): number {
    const free = this.sizes.findIndex((size) => size < LANE_SIZE);
    const lane = free === -1 ? this.sizes.length : free;
    this.sizes[lane] = (this.sizes[lane] ?? 0) + 1;
    return lane;
  }
  leave(lane: number): void {
    this.sizes[lane] = (this.sizes[lane] ?? 1) - 1;
  }

  private room(channel: Channel, lane: number): string {
    return `${channel}~${lane}`;
  }
  join(session: Session, channel: Channel): void {
    void session.socket.join(this.room(channel, session.lane));
  }
  part(session: Session, channel: Channel): void {
    void session.socket.leave(this.room(channel, session.lane));
  }
  private sizeOf(channel: Channel, lane: number): number {
    return this.io.of('/').adapter.rooms.get(this.room(channel, lane))?.size ?? 0;
  }
  /** Whether anybody in any lane would hear it. */
  hasMembers(channel: Channel): boolean {
    return this.sizes.some((_, lane) => this.sizeOf(channel, lane) > 0);
  }

  /** One volatile emit a socket: whoever has not taken the last one gets the next. Returns how many it was sent to. */
  async frame(frame: Frame): Promise<number> {
    let sent = 0;
    for (let lane = 0; lane < this.sizes.length; lane += 1) {
      const size = this.sizeOf(frame.view, lane);
      if (size === 0) continue;
      if (sent > 0) await nextTurn();
      this.io.to(this.room(frame.view, lane)).volatile.emit('frame', frame);
      sent += size;
    }
    return sent;
  }
  async beat(beat: Parameters<ServerToClientEvents['beat']>[0]): Promise<void> {
    for (let lane = 0; lane < this.sizes.length; lane += 1) {
      if (lane > 0) await nextTurn();
      this.io.to(this.room('all', lane)).volatile.emit('beat', beat);
    }
  }
  /** Never skipped and never spread: who is in the room when it is said hears it, and nobody joins in between. */
  tell<Name extends StreamName>(name: Name, page: StreamPages[Name], channel: StreamChannel = name): void {
    for (let lane = 0; lane < this.sizes.length; lane += 1) {
      if (this.sizeOf(channel, lane) === 0) continue;
      const to = this.io.to(this.room(channel, lane));
      // one name, one page type: TypeScript does not follow that through the overloads of `emit`
      (to.emit as (event: Name, page: StreamPages[Name]) => boolean).call(to, name, page);
    }
  }
}
