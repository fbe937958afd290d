import type { Page } from 'playwright-core';

export interface Fit {
  /** Elements whose content is wider than their box, cards and lists higher than theirs. */
  readonly overflowing: readonly string[];
  /** Smallest font size of any drawn text, in vh. */
  readonly smallestVh: number;
  readonly heroVh: number;
  readonly kpiVh: number;
}

/** Measures a wall as it is drawn. Elements that are meant for assistive technology only do not count. */
export function measureFit(page: Page): Promise<Fit> {
  return page.evaluate(() => {
    const overflowing: string[] = [];
    let smallestPx = Number.POSITIVE_INFINITY;
    const name = (node: Element): string =>
      `${node.tagName.toLowerCase()}.${node.className} "${(node.textContent ?? '').slice(0, 40)}"`;
    const wall = document.querySelector('.wall') as HTMLElement;
    for (const node of wall.querySelectorAll<HTMLElement>('*')) {
      if (node.closest('.sr-only, dialog, svg, .chart')) continue;
      const box = node.getBoundingClientRect();
      if (box.width === 0) continue;
      if (node.scrollWidth > node.clientWidth + 1 && node.clientWidth > 0) overflowing.push(`wide: ${name(node)}`);
      const outer = (node.closest('.panel') ?? wall).getBoundingClientRect();
      if (box.right > outer.right + 1 || box.left < outer.left - 1) overflowing.push(`out: ${name(node)}`);
      const card = ['panel', 'row', 'strip-list', 'bars', 'lanes', 'taken-left'].some((name) =>
        node.classList.contains(name),
      );
      if (card && node.scrollHeight > node.clientHeight + 1) overflowing.push(`high: ${name(node)}`);
      const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent?.trim());
      if (own) smallestPx = Math.min(smallestPx, Number.parseFloat(getComputedStyle(node).fontSize));
    }
    const vh = (selector: string): number => {
      const node = document.querySelector(selector);
      return node ? (Number.parseFloat(getComputedStyle(node).fontSize) / innerHeight) * 100 : Number.NaN;
    };
    return {
      overflowing,
      smallestVh: (smallestPx / innerHeight) * 100,
      heroVh: vh('.figure-hero .figure-digits'),
      kpiVh: vh('.figure-kpi .figure-digits'),
    };
  });
}

/** No horizontal scrollbar, and nothing that would need one. */
export const sideways = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
