import { useSyncExternalStore } from 'react';
import type { PersonRole } from '#contract/people';

/** The console's pages. The server sends index.html for each of them. */
export const PATHS = [
  '/',
  '/login',
  '/kiosk',
  '/wall',
  '/desk',
  '/tech',
  '/timeline',
  '/silences',
  '/roster',
  '/rules',
  '/health',
  '/password',
  '/runbooks',
  '/runs',
  '/incidents',
  '/money',
] as const;
export type Path = (typeof PATHS)[number];
/** Pages of which each thing has its own: `/runs/<id>`. */
const ITEM = /^(\/runbooks|\/runs|\/incidents)\/([a-z0-9-]{1,64})$/;
export interface Route {
  readonly path: Path | null;
  /** Of `/runbooks/<id>`, `/runs/<id>` and `/incidents/<id>`; null elsewhere. */
  readonly id: string | null;
  readonly query: URLSearchParams;
}

const listeners = new Set<() => void>();
const changed = (): void => {
  for (const listener of listeners) listener();
};
globalThis.addEventListener?.('popstate', changed);

/** Goes to a page of ours; `replace` leaves no entry to come back to. */
export function navigate(to: string, { replace = false } = {}): void {
  history[replace ? 'replaceState' : 'pushState'](null, '', to);
  changed();
}

/** Changes parts of the query and nothing else: a wall's whole state is its address. */
export function setQuery(change: Readonly<Record<string, string | null>>): void {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(change)) {
    if (value === null) query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString();
  navigate(location.pathname + (text ? `?${text}` : ''), { replace: true });
}

const address = (): string => location.pathname + location.search;
export function useRoute(): Route {
  const at = useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, address);
  const [pathname = '/', search = ''] = at.split('?');
  const [, folder, id = null] = ITEM.exec(pathname) ?? [];
  return { path: PATHS.find((path) => path === (folder ?? pathname)) ?? null, id, query: new URLSearchParams(search) };
}

/** A screen for one hand. */
const isPhone = (): boolean => globalThis.matchMedia?.('(max-width: 760px)').matches === true;
/** The page a role works on: who is called lands on what burns, who spends on the money, and so does finance with a phone, to approve. */
export const homeOf = (role: PersonRole, phone = isPhone()): Path =>
  role === 'oncall' ? '/desk' : role === 'marketing' || (role === 'finance' && phone) ? '/money' : '/wall';

/** Where to go after signing in: only a path of ours, never another origin. */
export function safeNext(query: URLSearchParams, home: Path): string {
  const next = query.get('next') ?? home;
  return /^\/(wall|desk|tech|timeline|silences|roster|rules|health|runbooks|runs|incidents|money)(\/[a-z0-9-]+)?(\?[\w=&.%+-]*)?$/.test(
    next,
  )
    ? next
    : home;
}

/** Links to our pages go without a reload; with a modifier they are the browser's. */
export function followLinks(): () => void {
  const follow = (event: MouseEvent): void => {
    const anchor = event.target instanceof Element ? event.target.closest('a') : null;
    const href = anchor?.getAttribute('href') ?? '';
    if (!/^\/(?!\/)/.test(href) || /^\/(api|-)\//.test(href) || anchor?.hasAttribute('download')) return;
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    navigate(href);
  };
  document.addEventListener('click', follow);
  return () => document.removeEventListener('click', follow);
}
