import { type ReactElement, useEffect, useRef } from 'react';
import type { Permission } from '#contract/permissions';
import { followLinks, useRoute } from '../../router.ts';
import { useConsole } from '../../state/console-store.ts';
import { LangSwitch } from '../LangSwitch.tsx';
import { ThemeSwitch } from '../ThemeSwitch.tsx';
import { useFrameWords } from './words.ts';

/** Pages in the order of the bar, and what each demands. */
export const PAGES = [
  ['/wall', 'figures.read'],
  ['/desk', 'alerts.read'],
  ['/tech', 'figures.read'],
  ['/money', 'budget.read'],
  ['/incidents', 'incidents.read'],
  ['/timeline', 'timeline.read'],
  ['/silences', 'silences.read'],
  ['/roster', 'duty.read'],
  ['/rules', 'alerts.read'],
  ['/runbooks', 'runbooks.read'],
  ['/health', 'health.read'],
] as const satisfies readonly (readonly [string, Permission])[];

/** Where else to go, with the page one is on in sight; language, theme and keys at its end. Links go without a reload. */
export function PageBar({ onKeys }: { readonly onKeys?: () => void }): ReactElement {
  const { say } = useFrameWords();
  const { path } = useRoute();
  const bar = useRef<HTMLElement>(null);
  const permissions = useConsole((state) => (typeof state.session === 'object' ? state.session.permissions : null));
  const here = path === '/runs' ? '/runbooks' : path;
  useEffect(followLinks, []);
  // on a phone the bar is wider than the screen
  useEffect(() => {
    const link = permissions === null || here === null ? null : bar.current?.querySelector('[aria-current]');
    if (!bar.current || !link) return;
    const [frame, place] = [bar.current.getBoundingClientRect(), link.getBoundingClientRect()];
    bar.current.scrollLeft += place.left + place.width / 2 - (frame.left + frame.width / 2);
  }, [permissions, here]);
  return (
    <div className="page-bar-row">
      <nav className="page-bar" aria-label={say('nav')} ref={bar}>
        {PAGES.filter(([, needs]) => permissions?.includes(needs)).map(([to]) => (
          <a key={to} href={to} aria-current={here === to ? 'page' : undefined}>
            {say(to)}
          </a>
        ))}
      </nav>
      <span className="page-bar-end">
        <LangSwitch />
        <ThemeSwitch />
        {onKeys === undefined ? null : (
          <button type="button" className="link-button" onClick={onKeys} data-testid="keys">
            {say('keys')} <kbd>?</kbd>
          </button>
        )}
      </span>
    </div>
  );
}
