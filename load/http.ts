import { Agent, type IncomingHttpHeaders, request } from 'node:http';

export interface HttpReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}
export interface HttpClientOptions {
  /** Base address, such as http://127.0.0.1:8080. */
  readonly url: string;
  /** Bearer token or ingest key. */
  readonly bearer: string;
  readonly connectionCount: number;
  /** Longest wait for a whole answer, ms. */
  readonly timeoutMs: number;
}

const GET_ATTEMPTS = 3;

/** A small HTTP/1.1 client on kept-alive connections. A request that fails without an answer throws: its outcome is unknown. */
export class HttpClient {
  readonly #base: URL;
  readonly #agent: Agent;
  readonly #options: HttpClientOptions;

  constructor(options: HttpClientOptions) {
    this.#options = options;
    this.#base = new URL(options.url);
    if (this.#base.protocol !== 'http:') throw new RangeError(`${options.url}: only http: is supported`);
    this.#agent = new Agent({ keepAlive: true, maxSockets: options.connectionCount, scheduling: 'lifo' });
  }

  /** A kept-alive connection may close just as it is used: reading again is harmless. */
  async get(path: string): Promise<HttpReply> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#send('GET', path, {}, null);
      } catch (error) {
        if (attempt === GET_ATTEMPTS) throw error;
      }
    }
  }

  post(path: string, headers: Readonly<Record<string, string>>, body: Buffer): Promise<HttpReply> {
    return this.#send('POST', path, { ...headers, 'content-length': String(body.length) }, body);
  }

  /** @throws {Error} when the answer is not 200, with the server's own words */
  async getJson<T>(path: string): Promise<T> {
    const reply = await this.get(path);
    if (reply.status !== 200) throw new Error(`GET ${path} answered ${reply.status}: ${reply.body.slice(0, 300)}`);
    return JSON.parse(reply.body) as T;
  }

  close(): void {
    this.#agent.destroy();
  }

  #send(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body: Buffer | null,
  ): Promise<HttpReply> {
    const { bearer, timeoutMs } = this.#options;
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          agent: this.#agent,
          host: this.#base.hostname,
          port: this.#base.port === '' ? 80 : Number(this.#base.port),
          method,
          path,
          headers: { ...headers, authorization: `Bearer ${bearer}` },
        },
        (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
          incoming.once('error', reject);
          incoming.once('end', () => {
            clearTimeout(timer);
            if (!incoming.complete) return reject(new Error('the answer was cut off'));
            resolve({
              status: incoming.statusCode ?? 0,
              headers: incoming.headers,
              body: Buffer.concat(chunks).toString('utf8'),
            });
          });
        },
      );
      const timer = setTimeout(() => outgoing.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
      outgoing.once('error', (error) => {
        clearTimeout(timer);
        reject(error);
      });
      outgoing.end(body);
    });
  }
}

/** True for addresses that never leave this machine. */
export function isLoopback(url: string): boolean {
  const host = new URL(url).hostname;
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
