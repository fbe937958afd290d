import type { BrowserContext, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { AlertRow } from '#contract/alerts';
import { untilLive, useBrowser } from './browser.ts';
import type { Feed } from './feed-server.ts';

interface Heard {
  readonly contexts: number;
  /** `[hz, ms after the first beep of its tone, ms long]` */
  readonly beeps: readonly (readonly [number, number, number])[];
}
/** Real audio, watched: how many contexts a page made and what it scheduled. */
const listen = async (context: BrowserContext): Promise<void> => {
  await context.addInitScript(() => {
    const heard = { contexts: 0, beeps: [] as [number, number, number][] };
    Object.assign(globalThis, { heard });
    const Real = globalThis.AudioContext;
    globalThis.AudioContext = class extends Real {
      constructor() {
        super();
        heard.contexts += 1;
      }
      override createOscillator(): OscillatorNode {
        const node = super.createOscillator();
        const { start, stop } = { start: node.start.bind(node), stop: node.stop.bind(node) };
        let from = 0;
        node.start = (at = 0) => {
          from = at;
          start(at);
        };
        node.stop = (at = 0) => {
          heard.beeps.push([node.frequency.value, Math.round(from * 1_000), Math.round((at - from) * 1_000)]);
          stop(at);
        };
        return node;
      }
    };
  });
};
const heardBy = (page: Page): Promise<Heard> => page.evaluate(() => (globalThis as unknown as { heard: Heard }).heard);
const beepsOf = async (page: Page): Promise<number> => (await heardBy(page)).beeps.length;

const alert = (id: string, more: Partial<AlertRow> = {}): AlertRow => ({
  id,
  rule: 'R',
  labels: {},
  summary: 'Payments fail',
  tier: 'red',
  evaluation: 'firing',
  handling: 'open',
  owner: null,
  startsAt: Date.now(),
  value: 1,
  limit: 2,
  unit: 'count',
  costMinorPerMinute: null,
  ...more,
});
function say(feed: Feed, top: readonly AlertRow[], voice: string | null): void {
  const red = top.find(({ tier, handling }) => tier === 'red' && handling === 'open');
  const { room } = feed.sale.extra;
  feed.sale.extra = {
    alerts: {
      state: 'on',
      openCount: {},
      silencedCount: 0,
      top,
      ...(red ? { takeOver: { alert: red, moreCount: 0 } } : {}),
    },
    room: {
      sound: {
        mutedUntil: room?.sound?.mutedUntil ?? null,
        mutedBy: null,
        speakers: voice === null ? {} : { main: { screenId: 'wall', voice } },
      },
    },
  };
}
const voiceOf = (feed: Feed): string | undefined => feed.reports.at(-1)?.voice;
const chip = (page: Page, state: string) => page.waitForSelector(`[data-testid="sound"][data-sound="${state}"]`);

describe('the sound of a wall', () => {
  const { wall, feed } = useBrowser();

  it('[SND20] [UI32] nothing before a touch, and the chip says so; one press turns it on and tells the server; tones as scheduled; silence after the acknowledgement; a mute counts down', async () => {
    const made = await feed();
    say(made, [alert('red-1')], null);
    const { page, faults } = await wall({ before: listen, width: 1920, height: 1080 }, made);
    await untilLive(page);
    await chip(page, 'off');
    expect(await page.textContent('[data-testid="sound"]')).toBe('声音未开启');
    expect((await heardBy(page)).contexts).toBe(0);
    expect(voiceOf(made)).toBeUndefined();

    await page.click('[data-testid="sound"]');
    await chip(page, 'on');
    await expect.poll(() => voiceOf(made)).toMatch(/^[a-z0-9]+$/);
    expect((await heardBy(page)).contexts).toBe(1);
    expect(await beepsOf(page)).toBe(0); // on, but another screen speaks, or none
    await page.click('[data-testid="sound-test"]');
    await expect.poll(() => beepsOf(page)).toBe(6);

    say(made, [alert('red-1')], voiceOf(made) ?? null);
    await chip(page, 'speaker');
    await expect.poll(() => beepsOf(page)).toBe(12);
    const beeps = (await heardBy(page)).beeps.slice(6);
    expect(beeps.map(([hz]) => hz)).toEqual([880, 660, 880, 660, 880, 660]);
    for (const [, , ms] of beeps) expect(ms).toBeLessThanOrEqual(200);
    expect((beeps.at(-1)?.[1] ?? 0) - (beeps[0]?.[1] ?? 0)).toBeLessThan(3_000);

    // acknowledged: an orange one beside it sounds once, red no more
    say(made, [alert('red-1', { handling: 'acknowledged', owner: '值班甲' })], voiceOf(made) ?? null);
    await page.waitForSelector('[data-testid="take-over"]', { state: 'detached' });
    say(
      made,
      [alert('red-1', { handling: 'acknowledged', owner: '值班甲' }), alert('o-1', { tier: 'orange' })],
      voiceOf(made) ?? null,
    );
    await expect.poll(() => beepsOf(page)).toBe(13);
    expect((await heardBy(page)).beeps.at(-1)?.[0]).toBe(660);

    await page.click('[data-testid="mute-5"]');
    await chip(page, 'muted');
    await page.waitForFunction(() =>
      /^静音 04:\d\d$/.test(document.querySelector('[data-testid="sound"]')?.textContent ?? ''),
    );
    const first = await page.textContent('[data-testid="sound"]');
    await page.waitForFunction((text) => document.querySelector('[data-testid="sound"]')?.textContent !== text, first);
    say(made, [alert('red-2')], voiceOf(made) ?? null);
    await page.waitForSelector('[data-testid="take-over"]', { state: 'attached' });
    const muted = await beepsOf(page);
    await page.click('[data-testid="unmute"]');
    await expect.poll(() => beepsOf(page)).toBeGreaterThan(muted);
    expect(muted).toBe(13);

    await page.click('[data-testid="sound-switch"]');
    await chip(page, 'off');
    await expect.poll(() => voiceOf(made)).toBeUndefined();
    expect(faults).toEqual([]);
    await page.context().close();
  }, 60_000);

  it('[SND21] a screen that was on waits for the first touch after a reload, and says so', async () => {
    const made = await feed();
    say(made, [], null);
    const remembered = async (context: BrowserContext): Promise<void> => {
      await listen(context);
      await context.addInitScript(() => localStorage.setItem('wr-sound', 'on'));
    };
    const { page } = await wall({ before: remembered }, made);
    await untilLive(page);
    await chip(page, 'waiting');
    expect((await heardBy(page)).contexts).toBe(0);
    await page.keyboard.press('2');
    await chip(page, 'on');
    await expect.poll(() => voiceOf(made)).toMatch(/^[a-z0-9]+$/);
    say(made, [], voiceOf(made) ?? null);
    await chip(page, 'speaker');
    await page.context().close();
  }, 60_000);
});
