import { describe, expect, it } from 'vitest';
import { decide, type KeyPress } from './decide.ts';

const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  repeat: false,
  ...more,
});
const known = new Set(['a', 'j', 't', '?']);

describe('single keys', () => {
  for (const { title, got, want } of [
    { title: '[PAGE1] a key of the page acts', got: decide(press('a'), known, false), want: { kind: 'act', key: 'a' } },
    { title: '[PAGE1] others do nothing', got: decide(press('q'), known, false), want: { kind: 'none' } },
    {
      title: '[PAGE1] Ctrl is the browser’s',
      got: decide(press('a', { ctrlKey: true }), known, false),
      want: { kind: 'none' },
    },
    {
      title: '[PAGE1] Alt is the browser’s',
      got: decide(press('a', { altKey: true }), known, false),
      want: { kind: 'none' },
    },
    {
      title: '[PAGE1] Meta is the browser’s',
      got: decide(press('a', { metaKey: true }), known, false),
      want: { kind: 'none' },
    },
    {
      title: '[PAGE1] a held key never acts',
      got: decide(press('a', { repeat: true }), known, false),
      want: { kind: 'none' },
    },
    {
      title: '[PAGE1] a held key moves',
      got: decide(press('j', { repeat: true }), known, false),
      want: { kind: 'act', key: 'j' },
    },
    { title: '[PAGE2] g waits for a place', got: decide(press('g'), known, false), want: { kind: 'prefix' } },
    {
      title: '[PAGE2] g t goes, although t acts',
      got: decide(press('t'), known, true),
      want: { kind: 'go', path: '/timeline' },
    },
    {
      title: '[PAGE2] g and no place is the key alone',
      got: decide(press('a'), known, true),
      want: { kind: 'act', key: 'a' },
    },
    {
      title: '[PAGE2] Ctrl+t after g is the browser’s',
      got: decide(press('t', { ctrlKey: true }), known, true),
      want: { kind: 'none' },
    },
  ])
    it(title, () => expect(got).toEqual(want));
});
