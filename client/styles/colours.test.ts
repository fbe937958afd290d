import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FRAME, type Theme } from '../theme/theme.ts';
import { contrast, deltaE, parseHex, seenBy, VISIONS } from './colour-math.ts';
import { COLOURS, TIER_COLOURS, TIER_EDGE, TIER_INK, tierLine } from './colours.ts';

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8').toLowerCase();
/** The declarations of one theme. */
const tokens: Readonly<Record<Theme, string>> = {
  dark: css.slice(css.indexOf(':root {'), css.indexOf(':root[data-theme="light"]')),
  light: css.slice(css.indexOf(':root[data-theme="light"]')),
};
const of = (a: string, b: string): number => contrast(parseHex(a), parseHex(b));

describe('colour tokens', () => {
  it('the arithmetic agrees with published pairs', () => {
    expect(contrast(parseHex('#FFFFFF'), parseHex('#000000'))).toBeCloseTo(21, 5);
    expect(deltaE(parseHex('#FF0000'), parseHex('#0000FF'))).toBeCloseTo(52.88, 1);
  });
  for (const theme of ['dark', 'light'] as const) {
    const colours = COLOURS[theme];
    it(`[UI51] styles and code hold the same values (${theme})`, () => {
      for (const [name, hex] of Object.entries(colours))
        expect(tokens[theme], name).toContain(`--${name.toLowerCase()}: ${hex.toLowerCase()};`);
      expect(FRAME[theme]).toBe(colours.background);
    });
    it(`[UI51] text reaches 4.5:1 on every ground, drawn lines 3:1 (${theme})`, () => {
      // dim is not written on what is raised in the dark
      for (const ground of [colours.background, colours.surface, colours.raised])
        for (const name of ['text', 'muted', 'dim', 'stale'] as const)
          if (theme === 'light' || name !== 'dim' || ground !== colours.raised)
            expect(of(colours[name], ground), `${name} on ${ground}`).toBeGreaterThanOrEqual(4.5);
      for (const ground of [colours.background, colours.surface])
        for (const name of ['data', 'plan', 'lastYear', 'focus'] as const)
          expect(of(colours[name], ground), `${name} on ${ground}`).toBeGreaterThanOrEqual(3);
      for (const fill of [colours.text, colours.stale])
        expect(of(colours.ink, fill), `ink on ${fill}`).toBeGreaterThanOrEqual(4.5);
    });
    it(`[UI51] tiers and data stay ≥ 12 apart in four kinds of vision (${theme})`, () => {
      const all = Object.entries({ ...TIER_COLOURS, data: colours.data });
      for (const vision of VISIONS)
        for (const [index, [a, first]] of all.entries())
          for (const [b, second] of all.slice(index + 1)) {
            const apart = deltaE(seenBy(vision, parseHex(first)), seenBy(vision, parseHex(second)));
            expect(apart, `${vision} ${a} ${b}`).toBeGreaterThanOrEqual(12);
          }
    });
  }
  it('[UI51] in the dark a tier is read by its colour, on white by ink on its fill with an edge of 3:1', () => {
    const { dark, light } = COLOURS;
    for (const [tier, hex] of Object.entries(TIER_COLOURS)) {
      expect(tokens.dark, tier).toContain(`--${tier}: ${hex.toLowerCase()};`);
      for (const ground of [dark.surface, dark.background]) expect(of(hex, ground), tier).toBeGreaterThanOrEqual(4.5);
      expect(of(TIER_INK, hex), `ink on ${tier}`).toBeGreaterThanOrEqual(4.5);
      // words in the ink stand beside the fill, too
      for (const ground of [light.surface, light.background, light.raised]) {
        expect(of(TIER_INK, ground), ground).toBeGreaterThanOrEqual(4.5);
        expect(of(TIER_EDGE, ground), ground).toBeGreaterThanOrEqual(3);
      }
    }
    for (const [name, hex] of [
      ['ink', TIER_INK],
      ['edge', TIER_EDGE],
    ])
      expect(tokens.light).toContain(`--tier-${name}: ${hex?.toLowerCase()};`);
    expect(of(tierLine('dark', 'yellow'), dark.surface)).toBeGreaterThanOrEqual(4.5);
    expect(of(tierLine('light', 'yellow'), light.surface)).toBeGreaterThanOrEqual(4.5);
  });
});
