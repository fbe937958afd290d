import { type ReactElement, type ReactNode, useEffect, useState } from 'react';
import '../../styles/page.css';
import type { ViewId } from '#contract/frames';
import type { Permission } from '#contract/permissions';
import { useKeys } from '../../keys/use-keys.ts';
import { useHistoryLines } from '../../net/use-history.ts';
import { useLink } from '../../net/use-link.ts';
import { WallHeader } from '../../panels/WallHeader.tsx';
import { navigate, useRoute } from '../../router.ts';
import { useConsole } from '../../state/console-store.ts';
import { LangSwitch } from '../LangSwitch.tsx';
import { ThemeSwitch } from '../ThemeSwitch.tsx';
import { KeyHelp } from './KeyHelp.tsx';
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

/** One single key of the page: what it does and what the list behind `?` says of it. */
export interface PageKey {
  readonly key: string;
  readonly words: string;
  readonly act: () => void;
}
export interface PageFrameProps {
  readonly id: string;
  readonly title: string;
  readonly keys?: readonly PageKey[];
  /** What stands beside the heading: filters, a button. */
  readonly aside?: ReactNode;
  /** What is watched meanwhile, for the link, the clock and the timeline; the lightest view when absent. */
  readonly view?: ViewId;
  readonly children: ReactNode;
}
const NO_KEYS: readonly PageKey[] = [];

export const useMay = (permission: Permission): boolean =>
  useConsole((state) => typeof state.session === 'object' && state.session.permissions.includes(permission));

/** What all desk pages stand in: head, bar of pages, keys with their list behind `?`, and one place for the heading. */
export function PageFrame({ id, title, keys = NO_KEYS, aside, view, children }: PageFrameProps): ReactElement {
  useLink(view ?? 'wall:countdown');
  useHistoryLines();
  const { say } = useFrameWords();
  const [help, setHelp] = useState(false);
  const { path } = useRoute();
  const permissions = useConsole((state) => (typeof state.session === 'object' ? state.session.permissions : null));
  useKeys({ ...Object.fromEntries(keys.map(({ key, act }) => [key, act])), '?': () => setHelp(true) });
  useEffect(() => {
    document.addEventListener('click', follow);
    return () => document.removeEventListener('click', follow);
  }, []);
  return (
    <main className="desk page" data-testid={id}>
      <WallHeader />
      <nav className="page-bar" aria-label={say('nav')}>
        {PAGES.filter(([, needs]) => permissions?.includes(needs)).map(([to]) => (
          <a key={to} href={to} aria-current={path === to ? 'page' : undefined}>
            {say(to)}
          </a>
        ))}
        <span className="page-bar-end">
          <LangSwitch />
          <ThemeSwitch />
          <button type="button" className="link-button" onClick={() => setHelp(true)} data-testid="keys">
            {say('keys')} <kbd>?</kbd>
          </button>
        </span>
      </nav>
      <header className="page-head">
        <h1>{title}</h1>
        {aside}
      </header>
      {children}
      {help ? <KeyHelp keys={keys} onClose={() => setHelp(false)} /> : null}
    </main>
  );
}

/** Links between our pages go without a reload; with a modifier they are the browser's. */
function follow(event: MouseEvent): void {
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  const href = link?.getAttribute('href') ?? '';
  if (!/^\/(?!\/)/.test(href) || /^\/(api|-)\//.test(href) || link?.hasAttribute('download')) return;
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  navigate(href);
}
