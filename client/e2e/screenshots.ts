import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import type { DemoAccess, PersonRole } from '#contract/people';
import { SCENES } from '../screens/scenes.ts';
import { CHROMIUM_FLAGS, CHROMIUM_PATH } from './built-client.ts';

const USAGE = `npm run screenshots [-- options]      pictures of a demo that is running
  --access <file>   the demo's access file (default $WARROOM_DATA_DIR/demo-access.json, else .data/demo-access.json)
  --out <folder>    where they go (default client/pictures)
  --sizes <list>    default 3840x2160,1920x1080
  --only <text>     only the pictures whose name contains it
  --settle <s>      seconds a screen is watched before its picture (default 6)`;

interface Shot {
  readonly name: string;
  readonly role: PersonRole;
  readonly path: string;
  readonly width: number;
  readonly height: number;
  /** What is on the page when it can be looked at; absent: a panel with live figures. */
  readonly ready?: string;
  /** Keys that bring it to what the picture shows. */
  readonly keys?: readonly string[];
}
const DESK = '[data-testid="desk"][data-trusted="true"] [data-testid="alert-row"]';

function readOptions() {
  const { values } = parseArgs({
    options: {
      access: { type: 'string' },
      out: { type: 'string', default: new URL('../pictures', import.meta.url).pathname },
      sizes: { type: 'string', default: '3840x2160,1920x1080' },
      only: { type: 'string', default: '' },
      settle: { type: 'string', default: '6' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    process.exit(0);
  }
  const access = values.access ?? join(process.env.WARROOM_DATA_DIR ?? '.data', 'demo-access.json');
  if (!existsSync(access)) {
    console.error(
      `no demo runs here (${access} is missing): start one with \`npm run demo\`, wait until the sale is open`,
    );
    process.exit(1);
  }
  const sizes = values.sizes.split(',').map((size) => size.split('x').map(Number) as [number, number]);
  return { access, out: values.out, only: values.only, sizes, settleMs: Number(values.settle) * 1_000 };
}

/** Every scene in both languages and all sizes; the desks and the phone once a language. */
function shotList(sizes: readonly (readonly [number, number])[]): Shot[] {
  const shots: Shot[] = [];
  for (const lang of ['zh', 'en']) {
    for (const [width, height] of sizes)
      for (const { id } of SCENES)
        shots.push({
          name: `wall-${id}-${lang}-${width}`,
          role: 'viewer',
          path: `/wall?lang=${lang}&scene=${id}`,
          width,
          height,
        });
    shots.push({ name: `health-${lang}`, role: 'oncall', path: `/health?lang=${lang}`, width: 1440, height: 900 });
    const desk = { width: 1920, height: 1080 };
    shots.push(
      { ...desk, name: `desk-${lang}-1920`, role: 'oncall', path: `/desk?lang=${lang}`, ready: DESK, keys: ['j'] },
      {
        ...desk,
        name: `money-${lang}-1920`,
        role: 'marketing',
        path: `/money?lang=${lang}`,
        ready: '[data-testid="money-table"]',
      },
      {
        ...desk,
        name: `runbook-${lang}-1920`,
        role: 'oncall',
        path: `/runbooks/payment-risk?lang=${lang}`,
        ready: '[data-testid="runbooks"], main h1',
      },
    );
    shots.push({ name: `phone-${lang}`, role: 'viewer', path: `/wall?lang=${lang}`, width: 390, height: 844 });
  }
  return shots;
}

/** WebP, a third of the size of PNG; playwright's own screenshot call has no such type. */
async function picture(context: BrowserContext, page: Page): Promise<Buffer> {
  const session = await context.newCDPSession(page);
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 82 });
  await session.detach();
  return Buffer.from(data, 'base64');
}

const { access, out, only, sizes, settleMs } = readOptions();
const demo = JSON.parse(readFileSync(access, 'utf8')) as DemoAccess;
mkdirSync(out, { recursive: true });
const browser = await chromium.launch({ executablePath: CHROMIUM_PATH, headless: true, args: CHROMIUM_FLAGS });
try {
  const shots = shotList(sizes).filter(({ name }) => name.includes(only));
  for (const [index, shot] of shots.entries()) {
    const context = await browser.newContext({
      viewport: { width: shot.width, height: shot.height },
      colorScheme: 'dark',
    });
    const page = await context.newPage();
    const token = demo.roles[shot.role].link.split('#')[1] ?? '';
    await page.goto(`${demo.url}${shot.path}#${token}`);
    await page.waitForSelector(shot.ready ?? '.panel[data-state="live"]', { timeout: 30_000 });
    for (const key of shot.keys ?? []) await page.keyboard.press(key);
    await page.waitForTimeout(settleMs);
    const bytes = await picture(context, page);
    writeFileSync(join(out, `${shot.name}.webp`), bytes);
    console.log(`${index + 1}/${shots.length} ${shot.name}.webp ${Math.round(bytes.length / 1_024)} kB`);
    await context.close();
  }
} finally {
  await browser.close();
}
