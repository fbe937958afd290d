import { type ReactElement, useEffect, useState } from 'react';
import '../../styles/page.css';
import '../../styles/runbooks.css';
import { useKeys } from '../../keys/use-keys.ts';
import { useHistoryLines } from '../../net/use-history.ts';
import { useLink } from '../../net/use-link.ts';
import { RoomHead } from '../../panels/RoomHead.tsx';
import { WallHeader } from '../../panels/WallHeader.tsx';
import { KeyHelp } from '../frame/KeyHelp.tsx';
import { PageBar } from '../frame/PageBar.tsx';
import { PlanPage, RunbooksPage } from './RunbooksPage.tsx';
import { RunPage } from './RunPage.tsx';

/** `/runbooks`, `/runbooks/<id>`, `/runs/<id>`: on a desk in two columns, on a phone in one. */
export default function RunbooksScreen({ page, id }: { page: '/runbooks' | '/runs'; id: string | null }): ReactElement {
  useLink('wall:countdown'); // the lightest view: for the link, the server's clock and the timeline
  useHistoryLines();
  useEffect(() => {
    scrollTo(0, 0);
  }, [page, id]);
  const running = page === '/runs' && id !== null;
  return (
    <main className="desk runbooks">
      <WallHeader Head={RoomHead} />
      {running ? <PageBar /> : <KeyedBar />}
      {running ? <RunPage id={id} key={id} /> : id !== null ? <PlanPage id={id} key={id} /> : <RunbooksPage />}
    </main>
  );
}

const NO_KEYS = [] as const;
/** A run has a list of keys of its own, and acts by single letters: `g` and a letter lead away from the lists only. */
function KeyedBar(): ReactElement {
  const [help, setHelp] = useState(false);
  useKeys({ '?': () => setHelp(true) });
  return (
    <>
      <PageBar onKeys={() => setHelp(true)} />
      {help ? <KeyHelp keys={NO_KEYS} onClose={() => setHelp(false)} /> : null}
    </>
  );
}
