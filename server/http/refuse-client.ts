import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { AppError, toProblem } from '#contract/errors';
import { limit } from '../limits.ts';

/** Requests of a connection that have no answer yet. */
const unanswered = new WeakMap<Socket, Set<IncomingMessage>>();

/** To be told of each request, for `refuseClient`. */
export function noteRequest(request: IncomingMessage, response: ServerResponse): void {
  const waiting = unanswered.get(request.socket) ?? new Set<IncomingMessage>();
  unanswered.set(request.socket, waiting.add(request));
  response.once('close', () => void waiting.delete(request));
}

/** Answers what cannot become a request: its text is fixed, the bytes that came are not echoed. */
export function refuseClient(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  // what came whole before may be counted: a refusal now would be taken for its answer
  const isAnswerDue = [...(unanswered.get(socket) ?? [])].some(({ complete }) => complete);
  if (isAnswerDue || !socket.writable) return void socket.destroy();
  const [code, message, status] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? ([
          'headers_too_large',
          `request line and headers exceed ${limit('headerBytes')} bytes`,
          '431 Request Header Fields Too Large',
        ] as const)
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? (['bad_request', 'the request took too long to arrive', '408 Request Timeout'] as const)
        : (['bad_request', 'this is not an HTTP request', '400 Bad Request'] as const);
  answer(socket, status, new AppError(code, message));
}

/** The path of socket.io, which takes care of its own upgrades. */
const SOCKETS = /^\/socket\.io\/?(?:\?|$)/;

/**
 * Some clients ask for HTTP/2 with their first request and send it at the same time: they are told, not cut off. Screens that
 * come while no socket.io is there yet are refused too: a socket that nobody owns would keep this server from ever closing.
 */
export function refuseUpgrade(this: Server, { url = '', headers }: IncomingMessage, socket: Duplex): void {
  if (SOCKETS.test(url) && headers.upgrade?.toLowerCase() === 'websocket') {
    if (this.listenerCount('upgrade') > 1) return;
    answer(
      socket,
      '503 Service Unavailable',
      new AppError('store_loading', 'the server is loading its data; try again'),
    );
    return;
  }
  const message =
    'this server speaks HTTP/1.1, and websocket on /socket.io/ only; send the request without Upgrade (nothing was done)';
  answer(socket, '400 Bad Request', new AppError('bad_request', message, { field: 'Upgrade' }));
}

export function refuseExpectation(_request: IncomingMessage, { socket }: ServerResponse): void {
  if (socket === null) return;
  const message = 'the only expectation this server meets is 100-continue; send the request without it';
  answer(socket, '417 Expectation Failed', new AppError('bad_request', message, { field: 'Expect' }));
}

function answer(socket: Duplex, status: string, error: AppError): void {
  const body = JSON.stringify(toProblem(error, '-'));
  socket.on('error', () => undefined); // it may be gone already
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}\r\ncache-control: no-store\r\nconnection: close\r\n\r\n${body}`,
  );
  if ('destroySoon' in socket) (socket as Socket).destroySoon();
}
