import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { command } from './command.ts';
import { RequestFailed, requestJson } from './http.ts';
import { looking } from './unanswered.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
const json =
  (status: number, body: object): Answer =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
/** The head comes, and half of the body: then the line is cut. */
const cut: Answer = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' }).write('{"move":');
  setTimeout(() => response.destroy(), 20);
};
const hangUp: Answer = (request) => request.socket.destroy();

describe('a command whose answer is lost', () => {
  const keys: string[] = [];
  const seen: (string | null)[] = [];
  let answers: Answer[] = [];
  const server = createServer((request, response) => {
    keys.push(String(request.headers['idempotency-key']));
    seen.push(looking());
    (answers.shift() ?? json(500, {}))(request, response);
  });
  const real = globalThis.fetch;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    globalThis.fetch = (path, init) => real(`${base}${String(path)}`, init); // a page's addresses are of its origin
  });
  afterAll(() => {
    globalThis.fetch = real;
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    keys.splice(0);
    seen.splice(0);
  });

  it('[UI59] is asked again with the same key until it is known, and is no refusal', async () => {
    answers = [cut, json(503, { code: 'overloaded', message: 'busy' }), json(200, { done: 1 })];
    await expect(command('POST', '/budget/transfers/m1/approve', {})).resolves.toEqual({ done: 1 });
    expect(new Set(keys).size).toBe(1);
    expect(keys).toHaveLength(3);
    expect(seen.slice(1)).toEqual(['looking', 'looking']);
    expect(looking()).toBe('done');
  });

  it('[UI59] says what it turned out to be when that is a refusal', async () => {
    answers = [cut, json(409, { code: 'already_settled', message: 'decided' })];
    await expect(command('POST', '/x', {})).rejects.toMatchObject({ code: 'already_settled', status: 409 });
    expect(looking()).toBe('refused');
  });

  it('[UI59] a refusal is told at once, and nothing is sent twice', async () => {
    answers = [json(503, { code: 'overloaded', message: 'busy' })];
    await expect(command('POST', '/x', {})).rejects.toMatchObject({ code: 'overloaded' });
    expect(keys).toHaveLength(1);
  });

  it('[UI59] no exception of the browser reaches a page: half an answer is none', async () => {
    answers = [cut];
    const error = await requestJson('/api/v1/x').catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(RequestFailed);
    expect(error).toMatchObject({ code: 'network', message: 'no answer' });
    answers = [hangUp];
    await expect(requestJson('/api/v1/x')).rejects.toMatchObject({ code: 'network', message: 'no answer' });
  });
});
