import { type ReactElement, useEffect, useState } from 'react';
import type { Run, RunbookReply, RunbookSummary } from '#contract/runbooks';
import { RequestFailed } from '../../net/http.ts';
import { minuteTime } from '../../numbers/time.ts';
import { TierMark } from '../../panels/TierMark.tsx';
import { navigate } from '../../router.ts';
import { useConsole } from '../../state/console-store.ts';
import { getRunbook, getRunbooks, getRuns, startRun } from './api.ts';
import { PlanAside } from './PlanAside.tsx';
import { StepDetail } from './StepDetail.tsx';
import { useKpis } from './use-kpis.ts';
import { isPassing, RETRY_MS } from './use-run.ts';
import { refusedWord, useWords } from './words.ts';

/** Reads once and again when the timeline tells of a run. */
function useLoaded<T>(read: () => Promise<T>, why: unknown): { data: T | null; failed: RequestFailed | null } {
  const [data, setData] = useState<T | null>(null);
  const [failed, setFailed] = useState<RequestFailed | null>(null);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    let left = false;
    read().then(
      (found) => {
        if (left) return;
        setData(found);
        setFailed(null);
      },
      (error: unknown) => {
        if (left) return;
        setFailed(error instanceof RequestFailed ? error : new RequestFailed('internal', 0, String(error)));
      },
    );
    return () => {
      left = true;
    };
  }, [why, tries]); // tries: asked again by itself while the server is loading or away
  useEffect(() => {
    if (failed === null || !isPassing(failed)) return;
    const timer = setTimeout(() => setTries(tries + 1), RETRY_MS);
    return () => clearTimeout(timer);
  }, [failed, tries]);
  return { data, failed };
}
/** Nothing could be read yet: by what is passing the page opens by itself. */
function NotRead({ failed }: { failed: RequestFailed }): ReactElement {
  const { say } = useWords();
  return isPassing(failed) ? (
    <p role="status" data-testid="waiting">
      {say('loadingServer')}
    </p>
  ) : (
    <p role="alert">{refusedWord(say, failed.code)}</p>
  );
}
const useRunsTold = (): number =>
  useConsole((state) => state.timeline.entries.findLast(({ kind }) => kind.startsWith('run.'))?.seq ?? 0);

/** All plans, and what is being carried out. */
export function RunbooksPage(): ReactElement {
  const { say } = useWords();
  const told = useRunsTold();
  const { data: books, failed } = useLoaded(getRunbooks, 'once');
  const { data: runs } = useLoaded(getRuns, told);
  return (
    <div className="books" data-testid="runbooks">
      <h1>{say('runbooks')}</h1>
      {failed === null || (books !== null && isPassing(failed)) ? null : <NotRead failed={failed} />}
      <RunList runs={runs?.runs.filter(({ state }) => state === 'running') ?? []} title={say('running')} />
      <ul className="book-list">
        {books?.runbooks.map((book) => (
          <BookRow key={book.id} book={book} />
        ))}
      </ul>
      {runs?.runs.length === 0 ? <p className="quiet">{say('noRuns')}</p> : null}
      <RunList runs={runs?.runs.filter(({ state }) => state !== 'running') ?? []} title={say('runs')} />
    </div>
  );
}

/** Nothing at all when there is none. */
function RunList({ runs, title }: { runs: readonly Run[]; title: string }): ReactElement | null {
  if (runs.length === 0) return null;
  return (
    <section>
      <h2>{title}</h2>
      <ul className="book-list">
        {runs.map((run) => (
          <RunRow key={run.id} run={run} />
        ))}
      </ul>
    </section>
  );
}

function BookRow({ book }: { book: RunbookSummary }): ReactElement {
  const { say, lang } = useWords();
  return (
    <li className="card">
      <a className="book-title" href={`/runbooks/${book.id}`}>
        {book.title[lang]}
      </a>
      <p className="row quiet">
        <span className="tiers">
          {[...book.tiers].reverse().map((tier) => (
            <TierMark key={tier} tier={tier} />
          ))}
        </span>
        <span>{say('steps', { n: book.stepCount })}</span>
        {book.owner ? (
          <span>
            {say('owner')} {book.owner[lang]}
          </span>
        ) : null}
        <span>{say('rehearsed', { day: book.lastRehearsed })}</span>
        <span data-overdue={book.overdue}>
          {book.overdue ? `! ${say('overdue')} · ` : ''}
          {say('reviewBy', { day: book.reviewBy })}
        </span>
      </p>
    </li>
  );
}

function RunRow({ run }: { run: Run }): ReactElement {
  const { say, lang } = useWords();
  const zone = useConsole((state) => state.campaign?.timeZone ?? 'Asia/Shanghai');
  const settled = run.steps.filter(({ state }) => state === 'done' || state === 'skipped').length;
  return (
    <li className="card" data-run={run.state}>
      <a className="book-title" href={`/runs/${run.id}`}>
        {run.title[lang]}
      </a>
      <p className="row quiet">
        <span className="chip">{say(`state.${run.state}`)}</span>
        {run.drill ? <span className="chip chip-drill">{say('drill')}</span> : null}
        <span>
          {settled}/{run.steps.length}
        </span>
        <span>{minuteTime(run.startedAt, zone)}</span>
        <span>{say('startedBy', { who: run.startedBy.kind === 'user' ? run.startedBy.name : run.startedBy.id })}</span>
      </p>
    </li>
  );
}

/** One plan to read, and to start. */
export function PlanPage({ id }: { id: string }): ReactElement {
  const { say } = useWords();
  const { data, failed } = useLoaded(() => getRunbook(id), id);
  if (data === null && failed !== null) return <NotRead failed={failed} />;
  return data === null ? <p role="status">{say('loading')}</p> : <Plan reply={data} />;
}

function Plan({ reply: { runbook, posts } }: { reply: RunbookReply }): ReactElement {
  const { say, lang } = useWords();
  const kpis = useKpis(runbook);
  const [refused, setRefused] = useState<string | null>(null);
  const mayAct = useConsole(
    (state) => typeof state.session === 'object' && state.session.permissions.includes('runs.act'),
  );
  const start = (drill: boolean): void => {
    const alertId = new URLSearchParams(location.search).get('alert');
    startRun({ runbook: runbook.id, drill, ...(alertId === null ? {} : { alertId }) }).then(
      ({ run }) => navigate(`/runs/${run.id}`),
      (error: unknown) => setRefused(error instanceof RequestFailed ? error.code : 'network'),
    );
  };
  return (
    <div className="run" data-testid="plan">
      <header className="run-head">
        <h1>{runbook.title[lang]}</h1>
        <p className="row">
          <button
            type="button"
            className="button button-main"
            data-testid="start"
            disabled={!mayAct}
            onClick={() => start(false)}
          >
            {say('start')}
          </button>
          <button
            type="button"
            className="button"
            data-testid="start-drill"
            disabled={!mayAct}
            onClick={() => start(true)}
          >
            {say('startDrill')}
          </button>
          {mayAct ? null : <span className="quiet">{say('readOnly')}</span>}
          <span className="quiet">{say('reviewBy', { day: runbook.reviewBy })}</span>
        </p>
        <p role="alert" className="refused">
          {refused === null ? '' : refusedWord(say, refused)}
        </p>
      </header>
      <div className="run-columns">
        <ol className="steps">
          {runbook.steps.map((step) => (
            <li key={step.n} className="card step">
              <p className="step-head">
                <span className="step-number">{step.n}</span>
                <span className="step-title">{step.title[lang]}</span>
              </p>
              <StepDetail step={step} posts={posts} kpis={kpis} />
            </li>
          ))}
        </ol>
        <PlanAside runbook={runbook} posts={posts} kpis={kpis} />
      </div>
    </div>
  );
}
