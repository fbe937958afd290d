import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type CDPSession, chromium } from 'playwright-core';
import type { AlertRow } from '#contract/alerts';
import { TIERS } from '#contract/tiers';
import { SCENES } from '../screens/scenes.ts';
import { builtClient, CHROMIUM_FLAGS, CHROMIUM_PATH } from './built-client.ts';
import { PERSON } from './feed-http.ts';
import { type Feed, startFeed } from './feed-server.ts';

/**
 * `tsx client/e2e/soak.ts --seconds 600`: a 4K wall under 50 messages a second, alerts and timeline entries coming and going, all
 * scenes in turn. Prints one line of JSON: what it held after a collection when warm and at the end, and how busy it was.
 */
const MESSAGES_PER_S = 50;
const WIDTH = 3_840;
const HEIGHT = 2_160;
const DWELL_MS = 10_000;
/** Rows a screen keeps of the timeline: full from the start, so that what grows is a leak. */
const RING_ROWS = 2_000;

export interface Held {
  readonly heapBytes: number;
  readonly nodesCount: number;
  readonly listenersCount: number;
  /** Main-thread time since the page began, s. */
  readonly busyS: number;
  readonly atMs: number;
}
const alert = (n: number): AlertRow => ({
  id: `a-${n}`,
  rule: `Rule${n % 40}`,
  labels: { alertname: `Rule${n % 40}`, service: 'payment' },
  summary: `Alert ${n}`,
  tier: TIERS[n % TIERS.length] ?? 'blue',
  evaluation: 'firing',
  handling: n % 3 === 0 ? 'acknowledged' : 'open',
  owner: n % 3 === 0 ? '值班甲' : null,
  startsAt: Date.now() - (n % 600) * 1_000,
  value: (n % 100) / 100,
  limit: 0.5,
  unit: 'ratio',
  costMinorPerMinute: n * 100,
});

/** Half of the time there is a red alert that nobody has taken; figures move in every frame. */
function stir(feed: Feed, n: number): void {
  const top = Array.from({ length: 12 }, (_, index) => alert(n + index)).sort(
    (a, b) => TIERS.indexOf(b.tier) - TIERS.indexOf(a.tier),
  );
  const worst = top.find(({ tier, handling }) => tier === 'red' && handling === 'open');
  feed.sale.extra = {
    alerts: {
      state: 'on',
      openCount: { red: 2, orange: n % 9, yellow: n % 17 },
      silencedCount: n % 4,
      evaluatedAgoMs: 200,
      top,
      ...(worst !== undefined && n % 20 < 10 ? { takeOver: { alert: worst, moreCount: 1 } } : {}),
    },
  };
  feed.addEntry('note', { text: `entry ${n}` });
  if (feed.entries.length > 2 * RING_ROWS) feed.entries = feed.entries.slice(-RING_ROWS); // the test's own memory
}

async function held(session: CDPSession): Promise<Held> {
  for (let turn = 0; turn < 3; turn += 1) await session.send('HeapProfiler.collectGarbage');
  const { metrics } = await session.send('Performance.getMetrics');
  const of = (name: string): number => metrics.find((metric) => metric.name === name)?.value ?? 0;
  return {
    heapBytes: of('JSHeapUsedSize'),
    nodesCount: of('Nodes'),
    listenersCount: of('JSEventListeners'),
    busyS: of('TaskDuration'),
    atMs: Date.now(),
  };
}

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '600' } } });
const seconds = Number(values.seconds);
const feed = await startFeed({ clientDir: await builtClient() });
feed.signedIn = { ...PERSON };
feed.frameEveryMs = 1_000 / MESSAGES_PER_S;
const browser = await chromium.launch({ executablePath: CHROMIUM_PATH, headless: true, args: CHROMIUM_FLAGS });
const faults: string[] = [];
let n = 0;
for (let row = 0; row < RING_ROWS; row += 1) feed.addEntry('note', { text: `before ${row}` }, { lose: true });
const stirring = setInterval(() => stir(feed, ++n), 500);
try {
  const page = await (await browser.newContext({ viewport: { width: WIDTH, height: HEIGHT } })).newPage();
  page.on('pageerror', (error) => faults.push(String(error)));
  const session = await page.context().newCDPSession(page);
  // time of the thread itself: what other programs of the machine take does not count
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  await session.send('HeapProfiler.enable');
  await page.goto(`${feed.url}/wall?lang=zh`);
  await page.waitForSelector('[data-testid="hero"][data-state="live"]', { timeout: 60_000 });
  const figures = setInterval(() => {
    const paid = feed.sale.figures['gmv_paid@open'];
    if (paid && paid.value !== null) feed.sale.figures['gmv_paid@open'] = { ...paid, value: paid.value + 123_400 };
  }, 20);
  /** Every scene once; both looks are taken on the first one, in the same state. */
  const tour = async (): Promise<void> => {
    for (const { id } of [...SCENES.slice(1), SCENES[0]]) {
      await page.keyboard.press(String(SCENES.findIndex((scene) => scene.id === id) + 1));
      await page.waitForSelector(`[data-scene="${id}"]`, { timeout: 30_000 });
      await pause(Math.min(DWELL_MS, (seconds * 1_000) / 20));
    }
  };
  await tour(); // warm: every chunk is here, every cache has its size
  const warm = await held(session);
  const untilMs = Date.now() + seconds * 1_000;
  while (Date.now() < untilMs) await tour();
  const end = await held(session);
  clearInterval(figures);
  process.stdout.write(`${JSON.stringify({ warm, end, faults })}\n`);
} finally {
  clearInterval(stirring);
  await browser.close();
  await feed.close();
}
process.exit(0);
