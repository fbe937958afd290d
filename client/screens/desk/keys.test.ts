import { expect, it } from 'vitest';
import { GO } from '../../keys/decide.ts';
import { DESK_KEYS, keyOf } from './keys.ts';

it('[DESK6] one key a verb, none of them the way to other pages; shown as it is pressed', () => {
  const verbs = Object.values(DESK_KEYS);
  expect(new Set(verbs).size).toBe(verbs.length);
  expect(Object.keys(DESK_KEYS)).not.toContain('g');
  expect(GO.o).toBe('/desk');
  expect([keyOf('acknowledgeGroup'), keyOf('back'), keyOf('help')]).toEqual(['Shift+A', 'Esc', '?']);
});
