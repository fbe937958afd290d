import type { ReactElement } from 'react';
import type { Alert } from '#contract/alerts';
import { firstStepOf } from '#contract/first-step';
import type { Run, RunbookReply } from '#contract/runbooks';
import { useDeskWords } from '../../i18n/desk-words.ts';
import { useConsole } from '../../state/console-store.ts';
import { CheckLine, holdsNow } from '../runbooks/Nodes.tsx';
import { PlanName } from '../runbooks/PlanName.tsx';
import { useKpis } from '../runbooks/use-kpis.ts';
import { useAge } from './AlertRow.tsx';
import { CommandButton } from './CommandButton.tsx';
import { presentStep, type RunbookFor } from './use-runbook.ts';

const MARKS = { pending: '', claimed: '▸', done: '✓', skipped: '↷', failed: '✗' } as const;

/** The plan for this alert at its present step: one key starts it, or opens it where it stands. */
export function RunbookCard({ alert, plan }: { alert: Alert; plan: RunbookFor }): ReactElement {
  const { say, lang } = useDeskWords();
  const { book, run, none, refused, go } = plan;
  const offline = useConsole((state) => state.link.status !== 'open');
  const mayRun = useConsole(({ session }) => typeof session === 'object' && session.permissions.includes('runs.act'));
  if (book === null)
    return (
      <section className="desk-card" aria-labelledby="book-title" data-testid="runbook">
        <h2 id="book-title">{say('book.title')}</h2>
        <p className="quiet">{say(none ? 'book.none' : 'detail.loading')}</p>
      </section>
    );
  const { runbook } = book;
  return (
    <section className="desk-card" aria-labelledby="book-title" data-testid="runbook">
      <header className="card-head">
        <h2 id="book-title">
          {say('book.title')} · <a href={`/runbooks/${runbook.id}?alert=${alert.id}`}>{runbook.title[lang]}</a>
        </h2>
        <CommandButton
          verb="runbook"
          words={run === null ? (mayRun ? 'book.start' : 'book.read') : 'do.runbook'}
          off={offline && run === null ? 'off.offline' : null}
          main={run === null && mayRun}
          onPress={go}
        />
      </header>
      {refused === null ? null : (
        <p role="alert" className="ask-refused">
          {say('book.failed', { why: refused })}
        </p>
      )}
      {run === null ? (
        <>
          <p>
            <b data-testid="first-step">{say('book.first', { step: firstStepOf(runbook)?.title[lang] ?? '' })}</b>
          </p>
          <Decisions book={book} />
        </>
      ) : (
        <Running run={run} />
      )}
      <ol className="book-steps">
        {runbook.steps.map((step) => {
          const state = run?.steps[step.n - 1]?.state ?? 'pending';
          const present = run !== null && presentStep(run) === step.n;
          const owner = run?.steps[step.n - 1]?.owner?.name;
          return (
            <li key={step.n} data-state={state} data-present={present}>
              <span className="book-mark">{MARKS[state] || step.n}</span>
              <span className="book-step">{step.title[lang]}</span>
              <span className="quiet">{owner ?? book.posts[step.role]?.a ?? ''}</span>
            </li>
          );
        })}
      </ol>
    </section>
  );
}

function Running({ run }: { run: Run }): ReactElement {
  const { say } = useDeskWords();
  const age = useAge(run.startedAt);
  const who = run.startedBy.kind === 'user' ? run.startedBy.name : run.startedBy.id;
  return (
    <p>
      <b>{say('book.open', { n: presentStep(run) })}</b>{' '}
      <span className="quiet">{say('book.running', { who, time: age })}</span>
    </p>
  );
}

/** The first condition of the plan that is true now, and the step it leads to: where to begin. */
function Decisions({ book: { runbook } }: { book: RunbookReply }): ReactElement | null {
  const { say, lang } = useDeskWords();
  const kpis = useKpis(runbook);
  const held = runbook.decisions.find(({ check }) => check !== null && holdsNow(check, kpis) === true);
  if (held === undefined || held.check === null) return null;
  return (
    <p className="book-decision">
      <CheckLine check={held.check} kpis={kpis} />{' '}
      {held.goTo.kind === 'step' ? (
        held.goTo.n === 1 ? null : (
          <b>{say('book.decision', { n: held.goTo.n, step: runbook.steps[held.goTo.n - 1]?.title[lang] ?? '' })}</b>
        )
      ) : held.goTo.kind === 'runbook' ? (
        <a href={`/runbooks/${held.goTo.id}`} data-testid="other-plan">
          → <PlanName id={held.goTo.id} />
        </a>
      ) : null}
    </p>
  );
}
