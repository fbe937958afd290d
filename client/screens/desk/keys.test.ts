import { describe, expect, it } from 'vitest';
import { DESK_KEYS, deskVerb, goTo, keyOf } from './keys.ts';

const press = (key: string, more: Partial<Parameters<typeof deskVerb>[0]> = {}) =>
  deskVerb({ key, ctrlKey: false, altKey: false, metaKey: false, repeat: false, ...more });

describe('keys of the desk', () => {
  it('[UI27] one key a verb; with Ctrl, Alt or Meta they are the browser’s, but for the palette', () => {
    for (const [key, verb] of Object.entries(DESK_KEYS)) {
      expect(press(key)).toBe(verb);
      for (const with_ of ['ctrlKey', 'altKey', 'metaKey'] as const)
        expect(press(key, { [with_]: true })).toBe(key === 'k' && with_ !== 'altKey' ? 'palette' : null);
    }
    expect(press('k', { ctrlKey: true })).toBe('palette');
    expect(press('z')).toBeNull();
  });
  it('[UI27] a key that is held down acts once; only moving goes on', () => {
    expect(press('a', { repeat: true })).toBeNull();
    expect(press('j', { repeat: true })).toBe('next');
  });
  it('[DESK6] keys are shown as they are pressed, and `g` leads to the pages', () => {
    expect([keyOf('acknowledgeGroup'), keyOf('back'), keyOf('help')]).toEqual(['Shift+A', 'Esc', '?']);
    expect([goTo('w'), goTo('o'), goTo('q')]).toEqual(['/wall', '/desk', null]);
  });
});
