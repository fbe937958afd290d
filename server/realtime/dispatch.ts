import { AppError, toProblem } from '#contract/errors';
import { SOCKET_POLICY } from '#contract/frames';
import { enforcePolicy } from '../http/policy.ts';
import { limit } from '../limits.ts';
import type { Log } from '../room/log.ts';
import { type BucketRate, takeToken } from './domain/token-bucket.ts';
import type { RealtimePeople } from './people-port.ts';
import { type EventName, isEventName, type Requests, readRequest } from './requests.ts';
import type { Session } from './session.ts';

/** What each event does, once all is checked; the answer is merged into the ack. */
export type EventHandlers = {
  readonly [Name in EventName]: (session: Session, request: Requests[Name]) => object | Promise<object>;
};
export interface DispatchDeps {
  readonly handlers: EventHandlers;
  readonly people: Pick<RealtimePeople, 'confirm' | 'recordRefusal'>;
  readonly log: Log;
  /** Ends a socket whose session is over. */
  readonly onEnded: (session: Session) => void;
}
const RATE: BucketRate = { perSecond: limit('socketEvents'), burst: 2 * limit('socketEvents') };
export const FULL_BUCKET = RATE.burst;

/** @throws {Error} when an event has no policy: the server does not start */
export function checkPolicies(handlers: EventHandlers): void {
  for (const name of Object.keys(handlers)) {
    if (!Object.hasOwn(SOCKET_POLICY, name)) throw new Error(`socket event ${name} has no policy (contract/frames.ts)`);
  }
}

/**
 * The one way in for whatever a client emits: rate → who → policy → schema → handler → ack. Nothing it sends can throw past
 * here; what cannot be answered (no ack) is dropped.
 */
export function createDispatch({ handlers, people, log, onEnded }: DispatchDeps) {
  checkPolicies(handlers);
  let requests = 0;

  async function answer(session: Session, name: unknown, args: readonly unknown[], requestId: string): Promise<object> {
    const taken = takeToken(session.bucket, performance.now(), RATE);
    session.bucket = taken.bucket;
    if (!taken.ok) throw new AppError('too_many_requests', `at most ${RATE.perSecond} events a second; slow down`);
    if (!isEventName(name)) throw new AppError('event_unknown', 'there is no such event');
    const principal = await people.confirm(session.principal);
    if (principal === null) {
      onEnded(session);
      throw new AppError('unauthenticated', 'this session has ended; sign in again');
    }
    session.principal = principal;
    try {
      enforcePolicy(SOCKET_POLICY[name], principal);
      if (args.length !== 1) throw new AppError('validation', `${name} takes one value`, { field: '/' });
      const request = readRequest(name, args[0]);
      // the union of handlers cannot be called by a union of names: both come from the same table
      return await (handlers[name] as (session: Session, request: unknown) => object | Promise<object>)(
        session,
        request,
      );
    } catch (error) {
      if (error instanceof AppError && error.code === 'forbidden') {
        const { ip } = session;
        people.recordRefusal?.({ principal, code: error.code, method: 'SOCKET', route: name, ip, requestId });
      }
      throw error;
    }
  }

  return async function dispatch(session: Session, packet: readonly unknown[]): Promise<void> {
    const requestId = `${session.socket.id}-${(++requests).toString(36)}`;
    const last = packet.at(-1);
    const ack = typeof last === 'function' ? (last as (reply: unknown) => void) : null;
    try {
      const reply = await answer(session, packet[0], packet.slice(1, ack === null ? packet.length : -1), requestId);
      ack?.({ ok: true, ...reply });
    } catch (error) {
      const known =
        error instanceof AppError
          ? error
          : new AppError('internal', 'something went wrong here; try again, and quote the request id', {
              cause: error,
            });
      if (known.code === 'internal') log.error({ err: error, requestId }, 'socket event failed');
      ack?.({ ok: false, problem: toProblem(known, requestId) });
    }
  };
}
