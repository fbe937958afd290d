import { existsSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, normalize } from 'node:path';
import type { KpisReply, SeriesReply } from '#contract/kpis';
import { helmetOptions } from '../../server/http/security.ts';
import type { Feed } from './feed-server.ts';
import { historyOf } from './sale.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
};
export const PERSON = {
  name: '指挥甲',
  role: 'commander',
  permissions: [
    'figures.read',
    'campaign.read',
    'timeline.read',
    'timeline.note',
    'health.read',
    'screens.read',
    'kiosks.manage',
    'sound.mute',
  ],
} as const;

/** The policy header of the product itself, so that the pages are tested under what they will run with. */
function policy(): string {
  const options = helmetOptions(false).contentSecurityPolicy;
  const directives = typeof options === 'object' ? (options.directives ?? {}) : {};
  return Object.entries(directives)
    .map(
      ([name, values]) =>
        `${name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)} ${[...(values as string[])].join(' ')}`,
    )
    .join('; ');
}
const POLICY = policy();

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return text;
  }
}

/** Answers the few routes that the screens use, and serves the built client. */
export async function answerHttp(
  feed: Feed,
  request: IncomingMessage,
  reply: ServerResponse,
  clientDir: string | null,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://feed');
  const body = await bodyOf(request);
  const path = url.pathname;
  if (path.startsWith('/api/') || path.startsWith('/faro')) {
    feed.requests.push({ method: request.method ?? 'GET', path: path + url.search, body });
  }
  const json = (status: number, value: unknown): void => {
    reply.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
    reply.end(JSON.stringify(value));
  };
  const refuse = (status: number, code: string): void =>
    json(status, { code, message: code, requestId: 't', retryable: false });
  const session = () => ({
    id: 'u1',
    kind: 'user',
    expiresAtMs: Date.now() + 3.6e6,
    passwordSet: true,
    ...feed.signedIn,
  });
  switch (`${request.method} ${path}`) {
    case 'GET /api/v1/sessions/current':
      return feed.signedIn ? json(200, session()) : refuse(401, 'unauthenticated');
    case 'DELETE /api/v1/sessions/current':
      feed.signedIn = null;
      return void reply.writeHead(204).end();
    case 'POST /api/v1/sessions': {
      const { name, password, link } = (body ?? {}) as Record<string, string>;
      if (link === 'good-link-token' || (name === '指挥甲' && password === 'right')) {
        feed.signedIn = { ...PERSON };
        return json(200, session());
      }
      return refuse(401, 'login_failed'); // the same code for a name and for a link, as the server answers
    }
    case 'POST /api/v1/kiosks/pairings':
      return json(200, { code: 'K7M2QX', secret: 's', expiresAtMs: Date.now() + 300_000 });
    case 'POST /api/v1/kiosks/pairings/claim':
      if (!feed.signedIn) return json(200, { state: 'waiting' });
      return json(200, { state: 'paired', session: { ...session(), kind: 'kiosk', role: 'viewer' } });
    case 'POST /api/v1/timeline/notes':
      feed.addEntry('note', { text: String((body as { text?: string } | null)?.text ?? '') });
      return json(200, { position: { epoch: feed.timelineEpoch, seq: feed.entries.length } });
    case 'POST /api/v1/sound/mute': {
      const { minutes } = body as { minutes: number };
      const mutedUntil = minutes === 0 ? null : feed.nowMs() + minutes * 60_000;
      const { room } = feed.sale.extra;
      const sound = { speakers: room?.sound?.speakers ?? {}, mutedUntil, mutedBy: '指挥甲' };
      feed.sale.extra = { ...feed.sale.extra, room: { ...room, sound } };
      return json(200, { mutedUntil, serverMs: feed.nowMs() });
    }
    case 'GET /api/v1/campaign':
      return json(200, feed.sale.campaign);
    case 'GET /api/v1/series':
      return json(200, series(feed, url));
    case 'GET /api/v1/kpis':
      return json(200, proof(feed, url));
  }
  if (path.startsWith('/api/')) return refuse(404, 'not_found');
  if (path.startsWith('/faro')) return void reply.writeHead(202).end();
  serveFile(reply, clientDir, path);
}

function serveFile(reply: ServerResponse, clientDir: string | null, path: string): void {
  if (clientDir === null) return void reply.writeHead(404).end();
  const wanted = join(clientDir, normalize(path));
  const file = extname(path) !== '' && existsSync(wanted) ? wanted : join(clientDir, 'index.html');
  reply.writeHead(200, {
    'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
    'content-security-policy': POLICY,
  });
  reply.end(readFileSync(file));
}

function series(feed: Feed, url: URL): SeriesReply {
  return {
    metric: url.searchParams.get('metric') ?? '',
    by: null,
    step: '1m',
    resolutionMs: 60_000,
    asOf: feed.nowMs(),
    series: [{ labels: {}, points: historyOf(feed.sale, feed.nowMs()) }],
  };
}

function proof(feed: Feed, url: URL): KpisReply {
  const id = url.searchParams.get('ids') ?? '';
  const [key, figure] = Object.entries(feed.sale.figures).find(([name]) => name.startsWith(`${id}@`)) ?? [];
  const nowMs = feed.nowMs();
  if (!key || !figure) return { asOf: nowMs, watermark: nowMs, kpis: [] };
  return {
    asOf: nowMs,
    watermark: nowMs - 2_000,
    kpis: [
      {
        ...figure,
        id,
        window: (key.split('@')[1] ?? 'open') as 'open',
        labels: {},
        unit: 'minor',
        numerator: figure.value,
        denominator: null,
        fromMs: feed.sale.campaign.opensAt,
        toMs: nowMs,
        resolutionMs: 1_000,
        meta: {
          id,
          unit: 'minor',
          zh: '支付成交额',
          en: 'Paid sales value',
          formula: 'Σ gmv_paid_minor',
          dimensions: [],
          feeds: ['orders'],
          ends: 'asOf',
          better: 'high',
          note: '<script>window.hacked=1</script> [x](javascript:alert(1))',
        },
        sources: [
          {
            source: '/shop/7',
            ageMs: 400,
            acceptedCount: 120_004,
            lateCount: 31,
            duplicateCount: 12,
            rejectedCount: 2,
          },
        ],
      },
    ],
  };
}
