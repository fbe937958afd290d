import type { ReactElement } from 'react';
import { useDeskWords } from '../../i18n/phone-words.ts';
import { TierMark } from '../../panels/TierMark.tsx';
import { useLoaded } from '../frame/use-loaded.ts';
import { getRunbooks, getRuns } from '../runbooks/api.ts';

/** What is being carried out now, then the plans; each opens in the same words as on the desk. */
export default function BooksTab(): ReactElement {
  const { say, lang } = useDeskWords();
  const { data: runs } = useLoaded(getRuns, 'runs', { about: /^run\./ });
  const { data: books } = useLoaded(getRunbooks, 'books', { everyMs: 60_000 });
  const running = runs?.runs.filter(({ state }) => state === 'running') ?? [];
  return (
    <section className="phone-list" data-testid="books-tab">
      <h1>{say('phone.running')}</h1>
      {running.length === 0 ? <p className="quiet">{say('phone.noRuns')}</p> : null}
      {running.map((run) => (
        <a key={run.id} className="phone-link" href={`/runs/${run.id}`}>
          <span>{run.title[lang]}</span>
          <span className="quiet">
            {run.steps.filter(({ state }) => state === 'done' || state === 'skipped').length}/{run.steps.length}
          </span>
        </a>
      ))}
      <h1>{say('phone.books')}</h1>
      {books?.runbooks.map((book) => (
        <a key={book.id} className="phone-link" href={`/runbooks/${book.id}`}>
          <span>{book.title[lang]}</span>
          <span>
            {[...book.tiers].reverse().map((tier) => (
              <TierMark key={tier} tier={tier} />
            ))}
          </span>
        </a>
      ))}
    </section>
  );
}
