import { createServer } from 'node:http';

/** A webhook receiver of this process: when it first heard of each alert's name. */
export interface Sink {
  readonly url: string;
  readonly port: number;
  readonly close: () => void;
}

/** Both send Alertmanager's v4 body; what counts is the first body in which an alert fires. */
export async function startSink(heard: (alertname: string, atMs: number) => void): Promise<Sink> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const atMs = performance.now(); // whole: a receiver can do nothing with half an alert
      response.end();
      for (const name of firingNames(Buffer.concat(chunks).toString('utf8'))) heard(name, atMs);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}/`,
    port,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

export function firingNames(text: string): string[] {
  try {
    const body = JSON.parse(text) as {
      alerts?: readonly { status?: string; labels?: { alertname?: string } }[];
    };
    return (body.alerts ?? []).flatMap(({ status, labels }) =>
      status === 'firing' && labels?.alertname !== undefined ? [labels.alertname] : [],
    );
  } catch {
    return [];
  }
}
