import { type ReactElement, useEffect, useMemo, useState } from 'react';
import { undoableId } from '#contract/run-facts';
import type { CommandReply, Preview, Run, RunReply } from '#contract/runbooks';
import { useKeys } from '../../keys/use-keys.ts';
import type { RequestFailed } from '../../net/http.ts';
import { useLinkState } from '../../panels/LinkBanner.tsx';
import { useConsole } from '../../state/console-store.ts';
import { KeyHelp } from '../frame/KeyHelp.tsx';
import type { PageKey } from '../frame/PageFrame.tsx';
import { abortRun, dryRun, stepCommand } from './api.ts';
import { PlanAside } from './PlanAside.tsx';
import { LostLine, OldLine, Refused, WaitsLine } from './RunBanners.tsx';
import { RunHead } from './RunHead.tsx';
import { type Question, RunQuestion } from './RunQuestion.tsx';
import { RunRecord } from './RunRecord.tsx';
import { RUN_KEYS, type RunKey, runKeyWord } from './run-keys.ts';
import { doubtsOf } from './StepCard.tsx';
import { StepList } from './StepList.tsx';
import { asRefused, useActs } from './use-acts.ts';
import { useKpis } from './use-kpis.ts';
import { isPassing, useRun } from './use-run.ts';
import { refusedWord, useWords } from './words.ts';

/** S6: one run, the same on every screen that shows it. */
export function RunPage({ id }: { id: string }): ReactElement {
  const { say } = useWords();
  const { reply, failed, apply, reload } = useRun(id);
  if (reply !== null) return <Live reply={reply} failed={failed} apply={apply} reload={reload} />;
  if (failed === null) return <p role="status">{say('loading')}</p>;
  if (!isPassing(failed)) return <p role="alert">{refusedWord(say, failed.code)}</p>;
  return (
    <p role="status" data-testid="waiting">
      {say('loadingServer')}
    </p>
  );
}

/** Where a reader begins: the first step that is not settled. */
const currentStep = ({ steps }: Run): number =>
  steps.find(({ state }) => state !== 'done' && state !== 'skipped')?.n ?? steps.length;

function Live({
  reply,
  failed,
  apply,
  reload,
}: {
  reply: RunReply;
  /** The last reading failed: what is shown is old. */
  failed: RequestFailed | null;
  apply: (run: Run) => void;
  reload: () => void;
}): ReactElement {
  const { say, lang } = useWords();
  const { run, runbook, posts } = reply;
  const kpis = useKpis(runbook);
  const online = useLinkState() !== 'offline';
  const session = useConsole((state) => (typeof state.session === 'object' ? state.session : null));
  const may = (permission: 'runs.act' | 'runs.approve'): boolean => session?.permissions.includes(permission) === true;
  const { sending, refused, setRefused, send } = useActs({ apply, reload });
  const fresh = online && failed === null;
  const mayAct = may('runs.act') && fresh && !sending;
  const zone = useConsole((state) => state.campaign?.timeZone ?? 'Asia/Shanghai');
  const [focused, setFocused] = useState(() => currentStep(run));
  const [preview, setPreview] = useState<{ n: number; preview: Preview } | null>(null);
  const [dialog, setDialog] = useState<Question | 'help' | null>(null);
  // When the step in work is settled by anybody, the next one opens by itself.
  const current = currentStep(run);
  useEffect(() => setFocused(current), [current]);
  useEffect(() => {
    document.querySelector(`[data-step="${focused}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [focused]);

  const onCommand = (verb: string, body: object): Promise<CommandReply | null> =>
    send(() => stepCommand(run.id, focused, verb, body));
  const onPreview = (undo: boolean): void => {
    setRefused(null);
    dryRun(run.id, focused, undo).then(
      (found) => setPreview({ n: focused, preview: found }),
      (error: unknown) => setRefused(asRefused(error)),
    );
  };
  const step = run.steps[focused - 1];
  const spec = runbook.actions[runbook.steps[focused - 1]?.action ?? ''] ?? null;
  const me = session === null ? null : session.name; // a session knows its person by name, which is unique
  const over = run.state !== 'running';
  const mine = step?.state === 'claimed' && step.owner?.name === me;
  const waiting = step?.execution?.state;
  const approval = run.steps.find(
    ({ execution }) => execution?.state === 'awaiting' && execution.requestedBy.name !== me,
  );
  const plan = runbook.steps[focused - 1] ?? null;
  const doubts = step === undefined ? null : doubtsOf(step, plan, kpis);
  const titleOfStep = (n: number): string => runbook.steps[n - 1]?.title[lang] ?? '';
  // what the question was asked about: a claim since then is refused and told
  const [seen, setSeen] = useState(0);
  const ask = (what: 'skip' | 'done' | 'fail' | 'take'): void => {
    setSeen(step?.version ?? 0);
    setDialog(what);
  };

  const press: Readonly<Record<RunKey, () => void>> = {
    next: () => setFocused((n) => Math.min(run.steps.length, n + 1)),
    before: () => setFocused((n) => Math.max(1, n - 1)),
    claim: () => {
      if (!mayAct || over || mine || step === undefined) return;
      if (step.owner !== null && step.state === 'claimed') ask('take');
      else void onCommand('claim', { version: step.version });
    },
    done: () => {
      if (mayAct && mine) setDialog('done');
    },
    skip: () => {
      if (mayAct && !over) setDialog('skip');
    },
    action: () => {
      if (mayAct && mine && spec !== null) onPreview(false);
    },
    approve: () => {
      const terms = step?.execution?.terms;
      if (fresh && !sending && may('runs.approve') && waiting === 'awaiting') void onCommand('approve', { terms });
    },
    cancel: () => {
      if (mayAct && (waiting === 'awaiting' || waiting === 'countdown')) void onCommand('cancel', {});
    },
    undo: () => {
      if (mayAct && undoableId(step?.execution ?? null) !== null) onPreview(true);
    },
    waiting: () => {
      if (approval !== undefined) setFocused(approval.n);
    },
    help: () => setDialog('help'),
  };
  const keys = (Object.entries(RUN_KEYS) as [string, RunKey][]).map(
    ([key, verb]): PageKey => ({ key, words: say(runKeyWord(verb)), act: press[verb] }),
  );
  useKeys(Object.fromEntries(keys.map(({ key, act }) => [key, act])));
  const close = (): void => setDialog(null);
  const answered = (text: string): void => {
    const kind = dialog;
    close();
    if (kind === 'skip') void onCommand('skip', { reason: text });
    else if (kind === 'abort') void send(() => abortRun(run.id, text));
    else if (kind === 'take') void onCommand('claim', { takeOver: true, version: seen });
    else
      void onCommand('complete', {
        outcome: kind === 'fail' ? 'failed' : 'done',
        ...(text === '' ? {} : { note: text }),
        ...(kind === 'done' && doubts !== null ? { despite: true } : {}),
      });
  };
  const actions = useMemo(() => ({ onPreview, onCommand }), [focused, run.id]);
  return (
    <div className="run" data-testid="run" data-run={run.state}>
      <RunHead run={run} mayAct={mayAct} onAbort={() => setDialog('abort')} onHelp={() => setDialog('help')} />
      {online ? null : <p role="alert">{say('offline')}</p>}
      {failed === null ? null : <OldLine failed={failed} atMs={reply.serverMs} zone={zone} />}
      {approval === undefined ? null : (
        <WaitsLine step={approval} title={titleOfStep(approval.n)} onGo={() => setFocused(approval.n)} />
      )}
      <LostLine run={run} me={me} titleOf={titleOfStep} zone={zone} />
      {session !== null && !may('runs.act') ? <p className="quiet">{say('readOnly')}</p> : null}
      <p role="alert" className="refused" data-testid="refused">
        <Refused refused={refused} titleOf={titleOfStep} zone={zone} onStep={setFocused} />
      </p>
      <div className="run-columns">
        <StepList
          run={run}
          runbook={runbook}
          focused={focused}
          preview={preview}
          posts={posts}
          kpis={kpis}
          me={me}
          mayAct={mayAct}
          mayApprove={fresh && may('runs.approve') && !sending}
          onOpen={setFocused}
          onClosePreview={() => setPreview(null)}
          onAsk={ask}
          {...actions}
        />
        <PlanAside runbook={runbook} posts={posts} kpis={kpis} onStep={setFocused} />
      </div>
      <RunRecord run={run} zone={zone} />
      {dialog === 'help' ? <KeyHelp keys={keys.filter(({ key }) => key !== '?')} onClose={close} /> : null}
      {dialog !== null && dialog !== 'help' ? (
        <RunQuestion
          question={dialog}
          run={run}
          n={focused}
          step={step}
          plan={plan}
          doubts={doubts}
          kpis={kpis}
          zone={zone}
          onDone={answered}
          onClose={close}
        />
      ) : null}
    </div>
  );
}
