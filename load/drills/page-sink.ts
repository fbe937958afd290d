import { createServer } from 'node:http';

/** One page as it reached the sink. */
export interface PageSeen {
  /** `webhook-id`: the same over tries, nodes and restarts. */
  readonly id: string;
  readonly alert: string;
  readonly rule: string;
  readonly step: number;
  /** Which node sent it, by the address it called. */
  readonly node: 0 | 1;
  readonly atMs: number;
  /** Redis time at which a node claimed it, ms since the Unix epoch. */
  readonly claimedAtMs: number;
}
export interface PageSink {
  readonly port: number;
  readonly url: string;
  readonly seen: readonly PageSeen[];
  /** What each page waits for before it is answered, ms: pages are under way when a node dies. */
  delayMs: number;
  /** Resolves when `when` is true of what has come; checked at every page. */
  until(when: (seen: readonly PageSeen[]) => boolean, withinMs: number): Promise<boolean>;
  close(): void;
}

/** A webhook receiver in this process that remembers every page with its id and claim. Anything else is answered and forgotten. */
export async function startPageSink(): Promise<PageSink> {
  const seen: PageSeen[] = [];
  const waiting = new Set<() => void>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as {
        topic?: string;
        page?: { step: number };
        alerts?: readonly { id: string; labels: { alertname?: string } }[];
      };
      const [alert] = body.alerts ?? [];
      if (body.topic === 'page' && alert !== undefined) {
        seen.push({
          id: String(request.headers['webhook-id']),
          alert: alert.id,
          rule: alert.labels.alertname ?? '',
          step: body.page?.step ?? 0,
          node: request.url === '/1' ? 1 : 0,
          atMs: Date.now(),
          claimedAtMs: Number(request.headers['x-warroom-claimed-at']),
        });
        for (const look of waiting) look();
      }
      setTimeout(() => response.writeHead(204).end(), sink.delayMs);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as { port: number };
  const sink: PageSink = {
    port,
    url: `http://127.0.0.1:${port}/`,
    seen,
    delayMs: 0,
    until: (when, withinMs) =>
      new Promise((resolve) => {
        const end = (met: boolean): void => {
          clearTimeout(timer);
          waiting.delete(look);
          resolve(met);
        };
        const look = (): void => {
          if (when(seen)) end(true);
        };
        const timer = setTimeout(() => end(false), withinMs);
        waiting.add(look);
        look();
      }),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  return sink;
}
