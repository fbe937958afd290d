import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { contrast, deltaE, parseHex, seenBy, VISIONS } from './colour-math.ts';
import { COLOURS, TIER_COLOURS } from './colours.ts';

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8').toLowerCase();
const colours = { ...TIER_COLOURS, data: COLOURS.data };

describe('colour tokens', () => {
  it('the arithmetic agrees with published pairs', () => {
    expect(contrast(parseHex('#FFFFFF'), parseHex('#000000'))).toBeCloseTo(21, 5);
    expect(deltaE(parseHex('#FF0000'), parseHex('#0000FF'))).toBeCloseTo(52.88, 1);
  });
  it('[UI51] styles and code hold the same values', () => {
    for (const [name, hex] of Object.entries({ ...COLOURS, ...TIER_COLOURS })) {
      if (['data', 'plan', 'lastYear'].includes(name)) continue;
      expect(css, name).toContain(`--${name}: ${hex.toLowerCase()};`);
    }
  });
  it('[UI51] text and tiers reach 4.5:1 on the surface, drawn lines 3:1', () => {
    for (const hex of [...Object.values(TIER_COLOURS), COLOURS.text, COLOURS.muted, COLOURS.dim, COLOURS.stale]) {
      expect(contrast(parseHex(hex), parseHex(COLOURS.surface)), hex).toBeGreaterThanOrEqual(4.5);
      expect(contrast(parseHex(hex), parseHex(COLOURS.background)), hex).toBeGreaterThanOrEqual(4.5);
    }
    expect(contrast(parseHex(COLOURS.lastYear), parseHex(COLOURS.surface))).toBeGreaterThanOrEqual(3);
    expect(contrast(parseHex(COLOURS.background), parseHex(COLOURS.stale))).toBeGreaterThanOrEqual(4.5);
  });
  it('[UI51] tiers and data stay ≥ 12 apart in four kinds of vision', () => {
    const names = Object.keys(colours) as (keyof typeof colours)[];
    for (const vision of VISIONS)
      for (const [index, a] of names.entries())
        for (const b of names.slice(index + 1)) {
          const apart = deltaE(seenBy(vision, parseHex(colours[a])), seenBy(vision, parseHex(colours[b])));
          expect(apart, `${vision} ${a} ${b}`).toBeGreaterThanOrEqual(12);
        }
  });
});
