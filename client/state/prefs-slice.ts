import type { StateCreator } from 'zustand';
import type { Lang } from '../numbers/scale.ts';
import { applyTheme, keepChoice, keptChoice, type Theme, type ThemeChoice } from '../theme/theme.ts';
import type { ConsoleState } from './console-store.ts';

export const WALL_SCALES = ['near', 'mid', 'far'] as const;
export type WallScale = (typeof WALL_SCALES)[number];

export interface PrefsSlice {
  readonly lang: Lang;
  /** For how far away the wall is read; `?scale=`. */
  readonly wallScale: WallScale;
  /** What this person chose, kept in this browser. */
  readonly themeChoice: ThemeChoice;
  /** How the page is coloured now, for what is not drawn by CSS. */
  readonly theme: Theme;
  setLang: (lang: Lang) => void;
  chooseTheme: (choice: ThemeChoice) => void;
  /** After the page, its width or the machine's setting changed. */
  renewTheme: () => void;
  setWallScale: (scale: WallScale) => void;
}
const LANG_KEY = 'wr-lang';
const inBrowser = 'document' in globalThis;

/** `?lang=` wins (a wall is a URL), then the last choice, then the browser. */
export function startingLang(search: string, kept: string | null, browser: string): Lang {
  const asked = new URLSearchParams(search).get('lang') ?? kept ?? browser;
  return asked.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}
export function startingScale(search: string): WallScale {
  const asked = new URLSearchParams(search).get('scale');
  return WALL_SCALES.find((scale) => scale === asked) ?? 'mid';
}

export const createPrefsSlice: StateCreator<ConsoleState, [], [], PrefsSlice> = (set, get) => ({
  lang: startingLang(globalThis.location?.search ?? '', readKept(), globalThis.navigator?.language ?? 'en'),
  wallScale: startingScale(globalThis.location?.search ?? ''),
  setLang: (lang) => {
    try {
      localStorage.setItem(LANG_KEY, lang);
    } catch {
      // Storage may be off in a kiosk: the choice then lasts as long as the page.
    }
    set({ lang });
  },
  themeChoice: inBrowser ? keptChoice() : 'system',
  theme: inBrowser ? applyTheme(keptChoice()) : 'dark',
  chooseTheme: (themeChoice) => {
    keepChoice(themeChoice);
    set({ themeChoice, theme: applyTheme(themeChoice) });
  },
  renewTheme: () => set({ theme: applyTheme(get().themeChoice) }),
  setWallScale: (wallScale) => set({ wallScale }),
});

function readKept(): string | null {
  try {
    return globalThis.localStorage?.getItem(LANG_KEY) ?? null;
  } catch {
    return null;
  }
}
