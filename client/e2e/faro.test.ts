import { chromium } from 'playwright-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readMetrics } from '../../server/test/metrics-text.ts';
import { until } from '../../server/test/people.ts';
import { wholeServer } from '../../server/test/whole-server.ts';
import { paidOrder } from '../../server/test/windows-kit.ts';
import { builtClient, CHROMIUM_FLAGS, CHROMIUM_PATH } from './built-client.ts';

describe('browser reports', () => {
  it('[FARO8] a wall tells its vitals, errors and frame age to its own server, from a chunk that the first paint does not load', {
    timeout: 90_000,
  }, async () => {
    const server = await wholeServer({ clientDir: await builtClient() });
    await server.post([paidOrder('f1', server.nowMs)]);
    const browser = await chromium.launch({ executablePath: CHROMIUM_PATH, headless: true, args: CHROMIUM_FLAGS });
    onTestFinished(() => browser.close());
    const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
    const reports: string[] = [];
    const scripts: string[] = [];
    page.on('request', (request) => {
      if (request.url().endsWith('.js')) scripts.push(request.url());
      if (request.url().endsWith('/faro/collect')) reports.push(request.postData() ?? '');
    });
    const secret = server.access.roles.oncall.link.split('#access=')[1] ?? '';
    await page.goto(`${server.url}/wall?lang=en#access=${secret}`);
    await page.waitForSelector('[data-testid="hero"]');
    expect(scripts.filter((url) => /faro/.test(url))).toEqual([]);
    await page.evaluate(() => void setTimeout(() => (undefined as never as { x: () => void }).x(), 0));
    const metrics = async () => readMetrics((await server.ask('GET', '/metrics')).body as string);
    await until(async () => (await metrics()).sum('warroom_client_frame_age_seconds_count') > 0);
    expect(scripts.filter((url) => /faro/.test(url))).toHaveLength(1);
    const { values, sum } = await metrics();
    expect([...values.keys()].find((series) => series.startsWith('warroom_client_frame_age_seconds_count'))).toContain(
      'view="wall:overview"',
    );
    expect(sum('warroom_client_frame_age_seconds_sum')).toBeLessThan(3);
    expect(values.get('warroom_client_errors_total{kind="TypeError"}')).toBe(1);
    await page.mouse.click(5, 5); // the first input ends what LCP looks at
    await until(async () => (await metrics()).sum('warroom_client_lcp_seconds_count') > 0);
    const said = reports.join('\n');
    expect(said).not.toContain(secret);
    expect(said).not.toContain('lang=en');
    expect(said).not.toContain('oncall');
  });
});
