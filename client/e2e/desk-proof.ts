import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { deskHouse } from './desk-house.ts';

/**
 * Measures the on-call desk with ten thousand open alerts, for `npm run prove -- desk`: lines in the page, tasks over 50 ms while it is
 * scrolled, and from a press of `a` to the owner on a second screen. A program of its own; prints one line of JSON.
 */
const { values } = parseArgs({
  options: { alerts: { type: 'string', default: '10000' }, acks: { type: 'string', default: '10' } },
});
const alertCount = Number(values.alerts);
const ackCount = Number(values.acks);
const folder = mkdtempSync(join(tmpdir(), 'wr-desk-proof-'));
const socket = join(folder, 'redis.sock');
const redis = spawn('redis-server', ['--port', '0', '--unixsocket', socket, '--save', '', '--dir', folder], {
  stdio: 'ignore',
});
process.once('exit', () => {
  redis.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});
while (!existsSync(socket)) await pause(20);

const house = await deskHouse(socket);
const untilListed = (page: Page): Promise<unknown> =>
  page.waitForFunction(
    (least) =>
      Number(/[\d,]+/.exec(document.querySelector('[data-testid="all"]')?.textContent ?? '')?.[0].replace(/,/g, '')) >=
      least,
    alertCount,
    { timeout: 120_000 },
  );
try {
  await house.raise(
    Array.from({ length: alertCount }, (_, n) => ({
      id: `many-${n}`,
      rule: n % 2 === 0 ? `Storm${n % 8}` : `Single${n % 2_000}`,
      tier: (['blue', 'cyan', 'yellow'] as const)[n % 3] ?? 'blue',
    })),
  );
  await house.raise(Array.from({ length: ackCount }, (_, n) => ({ id: `probe-${n}`, tier: 'red' as const })));
  const first = await house.open(house.oncall(0), { lang: 'en' });
  const second = await house.open(house.oncall(1), { lang: 'en', height: 1600 });
  for (const { page } of [first, second]) await untilListed(page);
  await pause(3_000); // what a start costs is over

  await first.page.evaluate(() => {
    const tasks: number[] = [];
    (globalThis as unknown as { tasks: number[] }).tasks = tasks;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) tasks.push(duration);
    }).observe({ type: 'longtask' });
  });
  const box = await first.page.locator('[data-testid="alert-list"]').boundingBox();
  if (box === null) throw new Error('no list');
  await first.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  let mostLines = 0;
  for (let step = 0; step < 80; step += 1) {
    await first.page.mouse.wheel(0, step < 60 ? 400 : -1_200);
    await pause(40);
    mostLines = Math.max(mostLines, await first.page.locator('[data-testid="alert-row"]').count());
  }
  const longTasksMs = await first.page.evaluate(() => (globalThis as unknown as { tasks: number[] }).tasks);
  await first.page.mouse.move(box.x + box.width * 1.8, box.y);

  const seenMs: number[] = [];
  await first.page.evaluate(() =>
    addEventListener(
      'keydown',
      () => {
        (globalThis as unknown as { pressedMs: number }).pressedMs = Date.now();
      },
      true,
    ),
  );
  for (let n = 0; n < ackCount; n += 1) {
    const id = `probe-${n}`;
    await first.page.evaluate((at) => {
      history.pushState(null, '', `/desk?alert=${at}`);
      dispatchEvent(new PopStateEvent('popstate'));
    }, id);
    await first.page.waitForSelector(`[data-testid="detail"][data-alert="${id}"] h1`);
    await second.page.waitForSelector(`[data-key="${id}"]`);
    const seen = second.page.waitForFunction(
      ([at, name]) => (document.querySelector(`[data-key="${at}"]`)?.textContent?.includes(name) ? Date.now() : false),
      [id, house.oncall(0).name] as const,
      { polling: 'raf' },
    );
    await first.page.keyboard.press('a');
    const shownMs = Number(await (await seen).jsonValue());
    seenMs.push(
      shownMs - (await first.page.evaluate(() => (globalThis as unknown as { pressedMs: number }).pressedMs)),
    );
  }
  const faults = [...first.faults, ...second.faults];
  process.stdout.write(`${JSON.stringify({ alertCount, mostLines, longTasksMs, seenMs, faults })}\n`);
} finally {
  await house.close();
}
process.exit(0);
