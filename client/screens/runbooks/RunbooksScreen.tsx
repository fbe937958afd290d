import { type ReactElement, useEffect } from 'react';
import '../../styles/runbooks.css';
import { useLink } from '../../net/use-link.ts';
import { WallHeader } from '../../panels/WallHeader.tsx';
import { navigate } from '../../router.ts';
import { LangSwitch } from '../LangSwitch.tsx';
import { ThemeSwitch } from '../ThemeSwitch.tsx';
import { PlanPage, RunbooksPage } from './RunbooksPage.tsx';
import { RunPage } from './RunPage.tsx';
import { useWords } from './words.ts';

/** `/runbooks`, `/runbooks/<id>`, `/runs/<id>`: on a desk in two columns, on a phone in one. */
export default function RunbooksScreen({ page, id }: { page: '/runbooks' | '/runs'; id: string | null }): ReactElement {
  useLink('wall:countdown'); // the lightest view: for the link, the server's clock and the timeline
  const { say } = useWords();
  useEffect(() => {
    scrollTo(0, 0);
  }, [page, id]);
  useEffect(() => {
    document.addEventListener('click', follow);
    return () => document.removeEventListener('click', follow);
  }, []);
  return (
    <main className="desk runbooks">
      <WallHeader />
      <nav className="row">
        <a href="/desk">{say('desk')}</a>
        <a href="/runbooks">{say('runbooks')}</a>
        <LangSwitch />
        <ThemeSwitch />
      </nav>
      {page === '/runs' && id !== null ? (
        <RunPage id={id} key={id} />
      ) : id !== null ? (
        <PlanPage id={id} key={id} />
      ) : (
        <RunbooksPage />
      )}
    </main>
  );
}

/** Links between these pages go without a reload; with a modifier they are the browser's. */
function follow(event: MouseEvent): void {
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  const href = link?.getAttribute('href') ?? '';
  if (!/^\/(runbooks|runs|desk)/.test(href) || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  navigate(href);
}
