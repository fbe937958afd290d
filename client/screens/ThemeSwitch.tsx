import type { ReactElement } from 'react';
import { useT } from '../i18n/t.ts';
import { useConsole } from '../state/console-store.ts';
import { THEME_CHOICES, type ThemeChoice } from '../theme/theme.ts';

/** Half and half, a moon, a sun; each is named in words too. */
const SIGNS: Readonly<Record<ThemeChoice, string>> = {
  system: 'M12 3a9 9 0 1 0 0 18zM12 3a9 9 0 0 1 0 18a9 9 0 0 0 0-18',
  dark: 'M20 14A8.5 8.5 0 1 1 10 4a7 7 0 0 0 10 10z',
  light:
    'M12 7.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM12 1v3M12 20v3M1 12h3M20 12h3M4.2 4.2l2.1 2.1M17.7 17.7l2.1 2.1M4.2 19.8l2.1-2.1M17.7 6.3l2.1-2.1',
};

/** System, dark or light: one press each, kept in this browser. A wall takes its colours from its address. */
export function ThemeSwitch(): ReactElement {
  const { t } = useT();
  const chosen = useConsole((state) => state.themeChoice);
  const choose = useConsole((state) => state.chooseTheme);
  return (
    <fieldset className="theme-switch" aria-label={t('theme.label')}>
      {THEME_CHOICES.map((choice) => (
        <button
          key={choice}
          type="button"
          aria-pressed={choice === chosen}
          aria-label={t(`theme.${choice}`)}
          title={t(`theme.${choice}`)}
          data-testid={`theme-${choice}`}
          onClick={() => choose(choice)}
        >
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <path d={SIGNS[choice]} fill={choice === 'light' ? 'none' : undefined} />
          </svg>
        </button>
      ))}
    </fieldset>
  );
}
