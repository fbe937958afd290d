import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { PlatformRequest } from '#contract/platforms';
import { Random } from '../random.ts';
import { AdObject, type ObjectRules } from './ad-object.ts';
import { controlReply } from './control.ts';
import { FaultBook, type Faults } from './faults.ts';
import { isSigned } from './signature.ts';

export interface ObjectInit {
  readonly objectId: string;
  readonly channel: string;
  readonly rules: ObjectRules;
  readonly dailyBudgetMinor: number;
}
export interface PlatformOptions {
  readonly objects: readonly ObjectInit[];
  /** `whsec_…`; calls that none of them signed are refused with 401. */
  readonly secrets: readonly string[];
  readonly seed: number;
  /** 0 takes a free one. */
  readonly port?: number;
  readonly faults?: Partial<Faults>;
  /** Bearer token of the control endpoint; without one it does not exist. */
  readonly controlToken?: string;
  /** ms since the Unix epoch. */
  readonly nowMs?: () => number;
}
/** One call as the platform saw it, for drills and tests. */
export interface Call {
  readonly atMs: number;
  readonly callId: string;
  readonly type: PlatformRequest['type'];
  readonly objectId: string;
  readonly targetMinor: number | null;
  readonly fault: string;
  /** HTTP status that was answered; 0: none. */
  readonly status: number;
}
const BODY_MAX_BYTES = 65_536;
const CALLS_MAX = 5_000;
const RETRY_AFTER_BUSY_S = 1;

/** An ad platform: accounts with daily budgets behind a signed webhook, and everything that platforms do to such calls. */
export class Platform {
  readonly objects: ReadonlyMap<string, AdObject>;
  readonly faults: FaultBook;
  readonly calls: Call[] = [];
  readonly nowMs: () => number;
  readonly #options: PlatformOptions;
  readonly #server: Server;

  private constructor(options: PlatformOptions) {
    this.#options = options;
    this.objects = new Map(options.objects.map((init) => [init.objectId, new AdObject(init)]));
    this.faults = new FaultBook(new Random(options.seed, 0x616473), options.faults);
    this.nowMs = options.nowMs ?? Date.now;
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.destroy());
    });
  }

  static async start(options: PlatformOptions): Promise<Platform> {
    const platform = new Platform(options);
    await new Promise<void>((resolve, reject) => {
      platform.#server.once('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve);
    });
    return platform;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }
  get url(): string {
    return `http://127.0.0.1:${this.port}/webhook`;
  }
  object(objectId: string): AdObject {
    const found = this.objects.get(objectId);
    if (found === undefined) throw new Error(`the platform has no object ${objectId}`);
    return found;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections(); // calls that it never answers are still open
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await read(request);
    if (body === null) return send(response, 413, { message: 'the body is too large' });
    if (request.url?.startsWith('/control') === true) {
      const token = this.#options.controlToken;
      if (token === undefined) return send(response, 404, { message: 'nothing here' });
      if (request.headers.authorization !== `Bearer ${token}`) return send(response, 401, { message: 'who are you?' });
      const { status, value } = controlReply(this, `${request.method} ${request.url}`, body);
      return send(response, status, value);
    }
    if (request.method !== 'POST' || request.url !== '/webhook')
      return send(response, 404, { message: 'nothing here' });
    if (!isSigned(this.#options.secrets, request.headers, body, this.nowMs()))
      return send(response, 401, { message: 'the signature does not fit' });
    await this.#take(String(request.headers['webhook-id']), readRequest(body), response);
  }

  async #take(callId: string, asked: PlatformRequest | null, response: ServerResponse): Promise<void> {
    if (asked === null) return send(response, 400, { message: 'neither budget.set nor budget.read' });
    const { objectId } = asked.data;
    const object = this.objects.get(objectId);
    if (object === undefined) return send(response, 404, { message: `no object ${objectId}` });
    const { outage, clamps } = this.faults.of(objectId);
    const fault = asked.type === 'budget.set' && outage === 'none' ? this.faults.nextFault(objectId) : 'none';
    const latencyMs = this.faults.latencyMs(objectId);
    if (latencyMs > 0) await wait(latencyMs);
    const targetMinor = asked.type === 'budget.set' ? asked.data.dailyBudgetMinor : null;
    const note = (status: number): void => {
      this.calls.push({ atMs: this.nowMs(), callId, type: asked.type, objectId, targetMinor, fault, status });
      if (this.calls.length > CALLS_MAX) this.calls.shift();
    };
    const reply = (status: number, value: object, headers?: Record<string, string>): void => {
      note(status);
      send(response, status, value, headers);
    };
    if (outage === 'silent' || fault === 'timeout_before') return note(0);
    if (outage === 'refuse') return reply(503, { message: 'down for maintenance' });
    if (targetMinor === null) return reply(200, { reading: object.reading });
    if (fault === 'error_before') return reply(500, { message: 'internal error' });
    if (fault === 'busy')
      return reply(429, { message: 'too many calls' }, { 'retry-after': String(RETRY_AFTER_BUSY_S) });
    const rejected = { code: 'REVIEW_PENDING', message: 'the account is under review' };
    if (fault === 'reject') return reply(200, { reading: object.reading, rejected });
    if (fault === 'ignore') return reply(200, { reading: object.reading });
    const result = object.set(targetMinor, this.nowMs(), callId, clamps);
    if (fault === 'timeout_after') return note(0);
    if (fault === 'error_after') return reply(500, { message: 'internal error' });
    if (result.kind === 'over_quota') {
      const inS = Math.max(1, Math.ceil((result.nextAtMs - this.nowMs()) / 1_000));
      return reply(429, { message: 'too many changes of this object' }, { 'retry-after': String(inS) });
    }
    if (result.kind === 'rejected') {
      const { code, message } = result;
      return reply(200, { reading: object.reading, rejected: { code, message } });
    }
    reply(200, { reading: object.reading });
  }
}

function readRequest(body: string): PlatformRequest | null {
  try {
    const { type, data } = JSON.parse(body) as PlatformRequest;
    if (typeof data?.objectId !== 'string') return null;
    if (type === 'budget.read') return { type, data };
    const isAmount = Number.isSafeInteger(data.dailyBudgetMinor) && data.dailyBudgetMinor >= 0;
    return type === 'budget.set' && isAmount ? { type, data } : null;
  } catch {
    return null;
  }
}

async function read(request: IncomingMessage): Promise<string | null> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > BODY_MAX_BYTES) return null;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function send(response: ServerResponse, status: number, value: object, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
}
