import type { Page } from 'playwright-core';

/** What the parts of the desk's test have in common. */
export const WAIT = { timeout: 30_000 };
export const shots = process.env.WARROOM_SHOTS;
export const id = (name: string): string => `[data-testid="${name}"]`;
/** ¥10,000 in minor units: the table counts in 万 or K. */
export const WAN = 1_000_000;

/** Holds for so long by the page's own clock: on a busy machine a button that is let go from out here is let go too late. */
export async function hold(page: Page, testId: string, ms: number): Promise<void> {
  const button = page.getByTestId(testId);
  await button.scrollIntoViewIfNeeded();
  const box = await button.boundingBox();
  if (box === null) throw new Error(`${testId} is not there`);
  const letGo = await button.evaluateHandle((node, forMs) => {
    const state = { done: false };
    const up = (): void => {
      node.dispatchEvent(new PointerEvent('pointerup', { bubbles: true }));
      state.done = true;
    };
    node.addEventListener('pointerdown', () => setTimeout(up, forMs), { once: true });
    return state;
  }, ms);
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.waitForFunction(({ done }) => done, letGo, WAIT);
  await page.mouse.up();
}
/** Holds until what it did is seen, however slow the machine is. */
export async function holdUntil(page: Page, testId: string, done: () => Promise<unknown>): Promise<void> {
  await enabled(page, testId);
  await page.focus(id(testId));
  await page.keyboard.down(' ');
  await done();
  await page.keyboard.down(' '); // as a held key repeats: it presses nothing of what has the focus now
  await page.keyboard.up(' ');
}
export const enabled = (page: Page, testId: string) => page.waitForSelector(`${id(testId)}:not([disabled])`, WAIT);
export const gone = (page: Page, selector: string) => page.waitForSelector(selector, { ...WAIT, state: 'detached' });
export const sees = (page: Page, selector: string) => page.waitForSelector(selector, WAIT);
/** Esc, and the next key only once the dialog is gone: until then keys are not ours. */
export async function leave(page: Page, dialog = 'preview-dialog'): Promise<void> {
  await page.keyboard.press('Escape');
  await gone(page, id(dialog));
}
export const focused = (page: Page, testId: string) =>
  page.waitForFunction((name) => document.activeElement?.getAttribute('data-testid') === name, testId, WAIT);
/** Sends what is previewed, and waits until it has left. */
export const send = (page: Page) => holdUntil(page, 'send', () => gone(page, id('preview-dialog')));
export const say = (page: Page, reason: string, dialog = 'preview-dialog') =>
  page.fill(`${id(dialog)} [name="reason"]`, reason);
