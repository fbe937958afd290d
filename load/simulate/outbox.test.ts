import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { HttpClient } from '../http.ts';
import { Outbox, type OutboxTotals } from './outbox.ts';

interface Request {
  readonly epoch: number;
  readonly seq: number;
  readonly lines: readonly string[];
}

/** A server that answers as told; null: the connection is cut. */
async function serve(answer: (request: Request, n: number) => { status: number; body: object } | null) {
  const requests: Request[] = [];
  const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    let text = '';
    for await (const chunk of incoming) text += chunk;
    const { 'producer-epoch': epoch, 'producer-seq': seq } = incoming.headers;
    const request = { epoch: Number(epoch), seq: Number(seq), lines: text.trimEnd().split('\n') };
    requests.push(request);
    const reply = answer(request, requests.length);
    if (reply === null) response.destroy();
    else response.writeHead(reply.status, { 'content-type': 'application/json' }).end(JSON.stringify(reply.body));
  };
  const server = createServer((incoming, response) => void handle(incoming, response));
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new HttpClient({ url, bearer: 'k', connectionCount: 4, timeoutMs: 2_000 });
  onTestFinished(() => {
    client.close();
    server.close();
  });
  return { requests, client };
}
const accepted = ({ lines }: Request) => ({
  status: 200,
  body: { received: lines.length, accepted: lines.length, duplicates: 0, rejected: [] },
});
const event = (id: string) => ({ id, source: '/orders/wz1', type: 'source.heartbeat', ts: 1_762_790_400_000 });

function outboxFor(client: HttpClient) {
  const totals: OutboxTotals = { acceptedCount: 0, duplicateCount: 0, rejectedCount: 0, droppedCount: 0 };
  const onTrouble = vi.fn<(message: string) => void>();
  const outbox = new Outbox({ client, source: '/orders/wz1', bySequence: true, epoch: 5, totals, onTrouble });
  return { outbox, totals, onTrouble };
}

describe('an outbox of the simulator', () => {
  it('[SIM8] keeps what happened while the server is away, and sends it in order, one body at a time', async () => {
    const { requests, client } = await serve((request, n) => (n <= 2 ? null : accepted(request)));
    const { outbox, totals } = outboxFor(client);
    outbox.add(event('a'));
    outbox.flush();
    outbox.add(event('b'));
    outbox.flush();
    await outbox.drain(5_000);
    expect(totals.acceptedCount).toBe(2);
    expect(requests.map(({ seq }) => seq)).toEqual([1, 1, 1, 2]);
    expect(requests[0]?.lines).toEqual(requests[2]?.lines);
  });
  it('[SIM9] begins a new epoch with the same body when the server has lost its mark', async () => {
    const gap = { status: 409, body: { code: 'sequence_gap', message: 'expected 1', retryable: false } };
    const { requests, client } = await serve((request) =>
      request.epoch === 5 && request.seq > 1 ? gap : accepted(request),
    );
    const { outbox, totals, onTrouble } = outboxFor(client);
    outbox.add(event('a'));
    await outbox.drain(5_000);
    outbox.add(event('b'));
    await outbox.drain(5_000);
    expect(totals.acceptedCount).toBe(2);
    expect(onTrouble).toHaveBeenCalledOnce();
    expect(requests.map(({ epoch, seq }) => [epoch > 5, seq])).toEqual([
      [false, 1],
      [false, 2],
      [true, 1],
    ]);
  });
  it('[SIM10] draining ends although the server does not answer', async () => {
    const { client } = await serve(() => ({ status: 503, body: { code: 'draining', retryable: true } }));
    const { outbox, totals } = outboxFor(client);
    outbox.add(event('a'));
    await outbox.drain(300);
    expect(totals.acceptedCount).toBe(0);
  });
});
