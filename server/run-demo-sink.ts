import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from './config.ts';
import { verifyWebhook } from './outbound/domain/sign.ts';

/** Messages the page shows; older ones are forgotten. */
const KEPT = 200;
const BODY_MOST = 1_048_576;
const SECRET = 'DEMO_HOOK_SECRET';

interface Arrived {
  readonly id: string;
  readonly at: number;
  readonly attempt: string;
  readonly signed: boolean;
  readonly body: Record<string, unknown>;
}
export interface DemoSink {
  /** The demo's configuration with the sink as a receiver; unchanged when the operator brings receivers. */
  readonly config: Config;
  /** Where a person sees pages arrive; null without a sink. */
  readonly url: string | null;
  close(): void;
}

const escaped = (text: unknown): string => String(text ?? '').replace(/[<>&"']/g, (char) => `&#${char.charCodeAt(0)};`);
const STYLE =
  'body{font:15px/1.5 system-ui;margin:2rem;background:#111820;color:#dbe3ea}li{margin:0 0 1rem;list-style:none;border-left:4px solid #6b7c8c;padding-left:1rem}.red{border-color:#e5484d}.orange{border-color:#e8833a}.yellow{border-color:#d9b036}a{color:#9db8ff}small{color:#93a3b1}pre{overflow:auto;font-size:12px}';

/** Only links to the console itself: a label could hold any text. */
const link = (url: unknown): string => {
  const text = String(url ?? '');
  return /^https?:\/\//.test(text) ? ` · <a href="${escaped(text)}">open the alert</a>` : '';
};

function row({ id, at, attempt, signed, body }: Arrived): string {
  const alerts = Array.isArray(body.alerts) ? (body.alerts as Record<string, Record<string, unknown>>[]) : [];
  const [first] = alerts;
  const counts = body.counts as { firing?: number; resolved?: number } | undefined;
  const page = body.page as { people?: { person: string }[]; step?: number } | undefined;
  const people = page?.people?.map(({ person }) => person).join(', ');
  const more = people === undefined ? '' : ` → ${escaped(people)}, step ${Number(page?.step ?? 0) + 1}`;
  const tier = /^(red|orange|yellow|cyan|blue)$/.test(String(body.tier)) ? String(body.tier) : '';
  return `<li class="${tier}"><small>${new Date(at).toISOString()} · ${signed ? 'signature good' : 'NOT SIGNED BY US'} · try ${escaped(attempt)} · ${escaped(id)}</small><br>
<b>${escaped(body.topic)} · ${escaped(tier)} · ${escaped(body.status)}</b> ${escaped(first?.annotations?.summary ?? body.groupKey)}: ${escaped(body.notification_reason)}${more}
<br>${escaped(counts?.firing)} firing, ${escaped(counts?.resolved)} resolved · ${escaped(first?.valueString)}${link(first?.dashboardURL)}
<details><summary>body</summary><pre>${escaped(JSON.stringify(body, null, 1))}</pre></details></li>`;
}

/**
 * A receiver of the demo's own on loopback, so that a person sees pages arrive without setting anything up: signed webhooks in, a
 * page of them out. It lives as long as the demo. Who names RECEIVERS_FILE has receivers of his own, and this one stays away.
 */
export async function startDemoSink(config: Config): Promise<DemoSink> {
  if (config.receiversFile !== null) return { config, url: null, close: () => undefined };
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const arrived: Arrived[] = [];
  let port = 0;

  function take(request: IncomingMessage, response: ServerResponse, text: string): void {
    const headers = request.headers as Record<string, string | undefined>;
    const signed = verifyWebhook([secret], headers, text, Date.now());
    if (!signed) return void response.writeHead(401).end('not signed by this demo');
    const { 'webhook-id': id = '', 'x-warroom-attempt': attempt = '1' } = headers;
    arrived.unshift({ id, at: Date.now(), attempt, signed, body: JSON.parse(text) as Record<string, unknown> });
    arrived.length = Math.min(arrived.length, KEPT);
    response.writeHead(204).end();
  }
  function show(request: IncomingMessage, response: ServerResponse): void {
    if (request.url === '/messages') {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(arrived));
      return;
    }
    const rows = arrived.length === 0 ? '<p>No page yet. The sale opens soon.</p>' : arrived.map(row).join('');
    response
      .writeHead(200, {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
        'x-content-type-options': 'nosniff',
      })
      .end(
        `<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="3"><title>Pages of the demo</title><style>${STYLE}</style><h1>What the demo pages</h1><p><small>A webhook receiver on loopback: Alertmanager body, Standard Webhooks signature. Newest first.</small></p><ul>${rows}</ul></html>`,
      );
  }
  const server = createServer((request, response) => {
    // a name that somebody else points to loopback is not this page
    if (request.headers.host !== `127.0.0.1:${port}` && request.headers.host !== `localhost:${port}`)
      return void response.writeHead(421).end();
    if (request.method === 'GET') return show(request, response);
    const parts: Buffer[] = [];
    let size = 0;
    request.on('data', (part: Buffer) => {
      parts.push(part);
      size += part.length;
      if (size > BODY_MOST) request.destroy();
    });
    request.on('end', () => {
      try {
        take(request, response, Buffer.concat(parts).toString('utf8'));
      } catch {
        response.writeHead(400).end();
      }
    });
  });
  await new Promise<void>((done, refuse) => {
    server.once('error', refuse).listen(0, '127.0.0.1', done);
  });
  server.unref();
  ({ port } = server.address() as AddressInfo);
  const folder = mkdtempSync(join(tmpdir(), 'war-room-demo-'));
  const receiversFile = join(folder, 'receivers.yaml');
  const url = `http://127.0.0.1:${port}/`;
  writeFileSync(
    receiversFile,
    `# The demo's receivers; gone when it ends.
receivers:
  - { id: console, kind: sound, least_tier: yellow }
  - { id: demo-hook, kind: webhook, url: "${url}hook", secret_env: ${SECRET}, sends: [groups, pages, handling], least_tier: yellow }
`,
    { mode: 0o600 },
  );
  process.env[SECRET] = secret;
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return {
    config: { ...config, receiversFile, outboundAllow: [...config.outboundAllow, `127.0.0.1:${port}`] },
    url,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
