import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';

/** A door in front of a server that can freeze: connections stay open, and nothing passes until it thaws. */
export async function freezableProxy(target: string) {
  const { hostname, port } = new URL(target);
  let frozen = false;
  const ends = new Set<Socket>();
  const waiting: (() => void)[] = [];
  const server = createServer((from) => {
    const to = connect({ host: hostname, port: Number(port) });
    for (const [here, there] of [
      [from, to],
      [to, from],
    ] as const) {
      ends.add(here);
      here.on('data', (bytes) => {
        if (frozen) waiting.push(() => there.write(bytes));
        else there.write(bytes);
      });
      here.on('error', () => there.destroy());
      here.on('close', () => {
        ends.delete(here);
        there.destroy();
      });
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    freeze: () => {
      frozen = true;
    },
    thaw: () => {
      frozen = false;
      for (const pass of waiting.splice(0)) pass();
    },
    close: () => {
      for (const end of ends) end.destroy();
      server.close();
    },
  };
}
