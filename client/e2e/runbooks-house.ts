import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fastify from 'fastify';
import { inject } from 'vitest';
import { bundledCampaign } from '../../server/campaigns/load.ts';
import { composeServer } from '../../server/compose.ts';
import { readConfig } from '../../server/config.ts';
import { builtClient } from './built-client.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

/** The whole server with the built client, its people, and a sink that stands for the operator's automation. */
export async function runbooksHouse() {
  const dataDir = mkdtempSync(join(tmpdir(), 'wr-runbooks-'));
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
  const hooksFile = join(dataDir, 'hooks.yaml');
  const hook = (name: string): string =>
    `  ${name}: { url: "http://127.0.0.1:${port}/${name}", secrets: ["${SECRET}"] }`;
  writeFileSync(hooksFile, `hooks:\n${['scale_payment_callbacks', 'poll_payment_results'].map(hook).join('\n')}\n`);
  const config = readConfig({
    LOG_LEVEL: 'silent',
    REDIS_PREFIX: `t${Math.random().toString(36).slice(2, 10)}`,
    WARROOM_DATA_DIR: dataDir,
    CAMPAIGN: bundledCampaign('double11'),
    OPENS_AT: new Date(Date.now() - 60_000).toISOString(),
    OUTBOUND_ALLOW: `127.0.0.1:${port}`,
    HOOKS_FILE: hooksFile,
  });
  const server = await composeServer(config, {
    log: fastify({ logger: { level: 'silent' } }).log,
    target: { kind: 'socket', path: inject('redisSocket'), db: 0 },
    clientDir: await builtClient(),
    build: 'test',
    demo: null,
  });
  await server.app.listen({ host: '127.0.0.1', port: 0 });
  await server.start();
  const { port: own } = server.app.server.address() as AddressInfo;
  const url = `http://127.0.0.1:${own}`;
  return {
    url,
    calls,
    access: await server.access(url),
    close: async () => {
      await server.stop();
      sink.closeAllConnections();
      sink.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
