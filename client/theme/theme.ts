/** How a screen is coloured. Runs before the first paint too (`early.ts`), so it imports nothing. */
export type Theme = 'dark' | 'light';
/** What a person chose; `system` follows the machine, also when that changes. */
export const THEME_CHOICES = ['system', 'dark', 'light'] as const;
export type ThemeChoice = (typeof THEME_CHOICES)[number];

const THEME_KEY = 'wr-theme';
/** Below this a wall would be unreadable: the same figures come in one column, and that is a person's phone. */
export const NARROW = '(max-width: 760px), (max-aspect-ratio: 1/1)';
export const SYSTEM_LIGHT = '(prefers-color-scheme: light)';
/** Background of each, for the frame that a phone draws around the page. */
export const FRAME: Readonly<Record<Theme, string>> = { dark: '#14181D', light: '#F1F4F7' };

export interface ThemeFacts {
  /** Path and query of the page. */
  readonly path: string;
  readonly search: string;
  readonly choice: ThemeChoice;
  readonly systemIsLight: boolean;
  readonly isNarrow: boolean;
}

/**
 * A wall is dark unless its own address says `theme=light`: it hangs in a dark room and nobody sits before it who could choose. All
 * else follows the person. Pure.
 */
export function themeOf({ path, search, choice, systemIsLight, isNarrow }: ThemeFacts): Theme {
  if (path === '/kiosk' || (!isNarrow && (path === '/wall' || path === '/tech')))
    return new URLSearchParams(search).get('theme') === 'light' ? 'light' : 'dark';
  if (choice === 'system') return systemIsLight ? 'light' : 'dark';
  return choice;
}

export function keptChoice(): ThemeChoice {
  try {
    const kept = localStorage.getItem(THEME_KEY);
    return THEME_CHOICES.find((choice) => choice === kept) ?? 'system';
  } catch {
    return 'system';
  }
}
export function keepChoice(choice: ThemeChoice): void {
  try {
    localStorage.setItem(THEME_KEY, choice);
  } catch {
    // Storage may be off: the choice then lasts as long as the page.
  }
}

/** Colours the page as it is now. Cheap: call it whenever something of this may have changed. */
export function applyTheme(choice: ThemeChoice): Theme {
  const theme = themeOf({
    path: location.pathname,
    search: location.search,
    choice,
    systemIsLight: matchMedia(SYSTEM_LIGHT).matches,
    isNarrow: matchMedia(NARROW).matches,
  });
  document.documentElement.dataset.theme = theme;
  document.querySelector('meta[name="theme-color"]')?.setAttribute('content', FRAME[theme]);
  return theme;
}
