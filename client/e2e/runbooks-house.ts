import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { startHouse } from './house.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

/** A house with a sink that stands for the operator's automation. */
export async function runbooksHouse() {
  const calls: { path: string; body: string }[] = [];
  const sink = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => {
      body += part;
    });
    request.on('end', () => {
      calls.push({ path: request.url ?? '', body });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((done) => sink.listen(0, '127.0.0.1', done));
  const { port } = sink.address() as AddressInfo;
  const hook = (name: string): string =>
    `  ${name}: { url: "http://127.0.0.1:${port}/${name}", secrets: ["${SECRET}"] }`;
  const house = await startHouse({
    page: { width: 1_280 },
    env: (dataDir) => {
      const file = join(dataDir, 'hooks.yaml');
      writeFileSync(file, `hooks:\n${['scale_payment_callbacks', 'poll_payment_results'].map(hook).join('\n')}\n`);
      const opensAt = new Date(Date.now() - 60_000).toISOString();
      return { OPENS_AT: opensAt, OUTBOUND_ALLOW: `127.0.0.1:${port}`, HOOKS_FILE: file };
    },
  });
  return {
    ...house,
    calls,
    close: async () => {
      await house.close();
      sink.closeAllConnections();
      sink.close();
    },
  };
}
export type RunbooksHouse = Awaited<ReturnType<typeof runbooksHouse>>;
