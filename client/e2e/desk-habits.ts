import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
interface Axe {
  run: (options: object) => Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }>;
}
/** Serious and critical findings of axe-core on the page as it stands, and of its colours in the other theme. */
export async function axeFindings(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { axe: tool } = globalThis as unknown as { axe: Axe };
    const { dataset } = document.documentElement;
    const { theme } = dataset;
    const findings = async (options: object): Promise<string[]> => {
      const { violations } = await tool.run({ resultTypes: ['violations'], ...options });
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => `${dataset.theme} ${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
    };
    const found = await findings({});
    dataset.theme = theme === 'light' ? 'dark' : 'light';
    found.push(...(await findings({ runOnly: ['color-contrast'] })));
    dataset.theme = theme ?? 'dark';
    return found;
  });
}

/** Things to press that are smaller than `leastPx` in either direction, and can be seen. */
export const smallTargets = (page: Page, leastPx: number): Promise<string[]> =>
  page.evaluate(
    (least) =>
      [...document.querySelectorAll<HTMLElement>('button, a[href], input, select, textarea, summary')]
        .filter((element) => element.checkVisibility() && element.closest('.sr-only') === null)
        .map((element) => {
          // a box inside its label is pressed by the label
          const target = element.closest('label') ?? element;
          const { width, height } = target.getBoundingClientRect();
          return { name: target.outerHTML.slice(0, 90), width, height };
        })
        .filter(({ width, height }) => width > 0 && (width < least - 0.5 || height < least - 0.5))
        .map(({ name, width, height }) => `${Math.round(width)}×${Math.round(height)} ${name}`),
    leastPx,
  );

/** What is wider than the page, px. */
export const sideways = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
