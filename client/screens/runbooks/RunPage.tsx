import { type ReactElement, useEffect, useMemo, useRef, useState } from 'react';
import { claimedSince, undoableId } from '#contract/run-facts';
import type { CommandReply, Preview, Run, RunPerson, RunReply } from '#contract/runbooks';
import { getAlert } from '../../net/alert-commands.ts';
import { RequestFailed } from '../../net/http.ts';
import { clockTime, minuteTime, spokenSpan } from '../../numbers/time.ts';
import { Dialog, DialogExit } from '../../panels/Dialog.tsx';
import { useLinkState } from '../../panels/LinkBanner.tsx';
import { TierMark } from '../../panels/TierMark.tsx';
import { useConsole } from '../../state/console-store.ts';
import { serverNowMs } from '../../state/server-clock.ts';
import { useTicked } from '../../state/use-freshness.ts';
import { titleOf } from '../desk/alert-words.ts';
import { useLoaded } from '../frame/use-loaded.ts';
import { abortRun, dryRun, stepCommand } from './api.ts';
import { CheckLine } from './Nodes.tsx';
import { PlanAside } from './PlanAside.tsx';
import { ReasonDialog } from './ReasonDialog.tsx';
import { RUN_KEYS, type RunKey, runKey } from './run-keys.ts';
import { doubtsOf, StepCard } from './StepCard.tsx';
import { inEffectOf, useSecondsLeft } from './StepDetail.tsx';
import { useKpis } from './use-kpis.ts';
import { isPassing, useRun } from './use-run.ts';
import { hasWord, refusedWord, useWords, type WordKey } from './words.ts';

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
  const [sending, setSending] = useState(false);
  // one act at a time: while its answer is looked for, nothing else of this run may be pressed
  const fresh = online && failed === null;
  const mayAct = may('runs.act') && fresh && !sending;
  const zone = useConsole((state) => state.campaign?.timeZone ?? 'Asia/Shanghai');
  const [focused, setFocused] = useState(() => currentStep(run));
  const [preview, setPreview] = useState<{ n: number; preview: Preview } | null>(null);
  const [refused, setRefused] = useState<RequestFailed | null>(null);
  const [dialog, setDialog] = useState<'skip' | 'done' | 'fail' | 'abort' | 'take' | 'help' | null>(null);
  // When the step in work is settled by anybody, the next one opens by itself.
  const current = currentStep(run);
  useEffect(() => setFocused(current), [current]);
  useEffect(() => {
    document.querySelector(`[data-step="${focused}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [focused]);

  const send = async (command: () => Promise<CommandReply>): Promise<CommandReply | null> => {
    setRefused(null);
    setSending(true);
    try {
      const done = await command();
      apply(done.run);
      return done;
    } catch (error) {
      setRefused(asRefused(error));
      reload();
      return null;
    } finally {
      setSending(false);
    }
  };
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
  const approvalLeftS = useSecondsLeft(approval?.execution?.dueAt ?? 0);
  const lost = useLost(run, me);
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
  useRunKeys(press);
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
      {failed === null ? null : (
        <p role="alert" className="run-old" data-testid="old">
          {isPassing(failed)
            ? say('oldServer', {
                code: say(hasWord(`code.${failed.code}`) ? (`code.${failed.code}` as WordKey) : 'code.other'),
                time: clockTime(reply.serverMs, zone),
              })
            : refusedWord(say, failed.code)}
        </p>
      )}
      {approval?.execution ? (
        <p role="status" className="run-waits" data-testid="waits">
          <span>
            {say('waitsHere', {
              n: approval.n,
              step: titleOfStep(approval.n),
              who: approval.execution.requestedBy.name,
              time: spokenSpan(approvalLeftS * 1_000, lang),
            })}
          </span>{' '}
          <button type="button" className="link-button" onClick={() => setFocused(approval.n)}>
            {say('waitsGo')} <kbd>w</kbd>
          </button>
        </p>
      ) : null}
      {lost === null ? null : (
        <p role="alert" className="run-lost" data-testid="lost">
          {say('taken', { who: lost.who, n: lost.n, step: titleOfStep(lost.n), time: clockTime(lost.atMs, zone) })}
        </p>
      )}
      {session !== null && !may('runs.act') ? <p className="quiet">{say('readOnly')}</p> : null}
      <p role="alert" className="refused" data-testid="refused">
        <Refused refused={refused} titleOf={titleOfStep} zone={zone} onStep={setFocused} />
      </p>
      <div className="run-columns">
        <ol className="steps">
          {run.steps.map((one, place) => (
            <StepCard
              key={one.n}
              step={one}
              plan={runbook.steps[place] ?? null}
              spec={runbook.actions[runbook.steps[place]?.action ?? ''] ?? null}
              posts={posts}
              kpis={kpis}
              me={me}
              open={one.n === focused}
              over={over}
              mayAct={mayAct}
              mayApprove={fresh && may('runs.approve') && !sending}
              preview={preview?.n === one.n ? preview.preview : null}
              onOpen={() => setFocused(one.n)}
              onClosePreview={() => setPreview(null)}
              onAsk={ask}
              {...actions}
            />
          ))}
        </ol>
        <PlanAside runbook={runbook} posts={posts} kpis={kpis} onStep={setFocused} />
      </div>
      {dialog === 'help' ? <KeyList onClose={close} /> : null}
      {dialog !== null && dialog !== 'help' ? (
        <ReasonDialog
          title={
            dialog === 'take'
              ? say('takeAsk', {
                  who: step?.owner?.name ?? '',
                  n: focused,
                  time: step === undefined ? '' : minuteTime(claimedSince(step) ?? run.startedAt, zone),
                })
              : say(dialog)
          }
          required={dialog === 'skip' || dialog === 'abort'}
          field={dialog !== 'take'}
          {...(dialog === 'take' ? { confirm: say('takeYes') } : {})}
          {...(dialog === 'done' && doubts !== null ? { confirm: say('doneAll') } : {})}
          onDone={answered}
          onClose={close}
        >
          {dialog === 'take' ? <p>{say('takeAskWhy')}</p> : null}
          {dialog === 'done' && doubts !== null && plan?.verify ? (
            <div role="alert" className="run-doubts" data-testid="doubts">
              {doubts.ran ? null : <p>{say('doneNotRun')}</p>}
              <p>
                {say(doubts.holds === false ? 'doneNotTrue' : 'doneUnknown')}{' '}
                <CheckLine check={plan.verify} kpis={kpis} inEffect={step === undefined ? null : inEffectOf(step)} />
              </p>
            </div>
          ) : null}
        </ReasonDialog>
      ) : null}
    </div>
  );
}

const asRefused = (error: unknown): RequestFailed =>
  error instanceof RequestFailed ? error : new RequestFailed('network', 0, String(error));

/** What was refused, and where to go on: the step that comes first, or who has it. */
function Refused({
  refused,
  titleOf,
  zone,
  onStep,
}: {
  refused: RequestFailed | null;
  titleOf: (n: number) => string;
  zone: string;
  onStep: (n: number) => void;
}): ReactElement | null {
  const { say } = useWords();
  if (refused === null) return null;
  const { code, problem } = refused;
  const { step: n, owner, since } = (problem ?? {}) as { step?: unknown; owner?: RunPerson; since?: unknown };
  if (code === 'step_order' && typeof n === 'number')
    return (
      <>
        {say('openNext', { n, step: titleOf(n) })}{' '}
        <button type="button" className="link-button" data-testid="go-first" onClick={() => onStep(n)}>
          {say('goThere', { n })}
        </button>
      </>
    );
  if (code === 'already_claimed' && owner !== undefined && typeof since === 'number')
    return <>{say('claimedBy', { who: owner.name, time: clockTime(since, zone) })}</>;
  return <>{refusedWord(say, code)}</>;
}

/** The last step that somebody took from the reader while the page was open; gone when it is theirs again. */
function useLost(
  run: Run,
  me: string | null,
): { readonly n: number; readonly who: string; readonly atMs: number } | null {
  const before = useRef(run);
  const [lost, setLost] = useState<{ n: number; who: string; atMs: number } | null>(null);
  useEffect(() => {
    const had = before.current;
    before.current = run;
    for (const step of run.steps) {
      const was = had.steps[step.n - 1];
      const isTaken = me !== null && was?.owner?.name === me && step.state === 'claimed' && step.owner?.name !== me;
      if (isTaken) setLost({ n: step.n, who: step.owner?.name ?? '', atMs: claimedSince(step) ?? 0 });
    }
    setLost((one) => (one !== null && run.steps[one.n - 1]?.owner?.name === me ? null : one));
  }, [run, me]);
  return lost;
}

function RunHead({
  run,
  mayAct,
  onAbort,
  onHelp,
}: {
  run: Run;
  mayAct: boolean;
  onAbort: () => void;
  onHelp: () => void;
}): ReactElement {
  const { say, lang } = useWords();
  const seconds = useTicked((nowMs) => {
    const until = run.endedAt ?? serverNowMs(useConsole.getState().clock, nowMs) ?? run.startedAt;
    return Math.max(0, Math.floor((until - run.startedAt) / 1_000));
  });
  const time = spokenSpan(seconds * 1_000, lang);
  const starter = run.startedBy.kind === 'user' ? run.startedBy.name : run.startedBy.id;
  return (
    <header className="run-head">
      <h1>
        {run.tier ? <TierMark tier={run.tier} /> : null} {run.title[lang]}
      </h1>
      <p className="row">
        <span className="chip" data-testid="run-state">
          {say(`state.${run.state}`)}
        </span>
        {run.drill ? <span className="chip chip-drill">{say('drill')}</span> : null}
        <span>{say('startedBy', { who: starter })}</span>
        <FromAlert run={run} />
        <span>{say(run.endedAt === null ? 'elapsed' : 'took', { time })}</span>
        {run.endNote ? <span className="quiet">{run.endNote}</span> : null}
        <button type="button" className="link-button" onClick={onHelp}>
          {say('keys')} <kbd>?</kbd>
        </button>
        {run.state === 'running' ? (
          <button type="button" className="link-button" disabled={!mayAct} onClick={onAbort} data-testid="abort">
            {say('abort')}
          </button>
        ) : null}
      </p>
    </header>
  );
}

/** What it is for, by the words of the alert, and the way back to it. */
function FromAlert({ run: { alertId, alertRule } }: { run: Run }): ReactElement | null {
  const { say, lang } = useWords();
  const { data } = useLoaded(() => (alertId === null ? Promise.resolve(null) : getAlert(alertId)), alertId ?? '');
  if (alertId === null) return null;
  const title = data === null ? (alertRule ?? '') : titleOf(data.alert, lang);
  return (
    <a href={`/desk?alert=${encodeURIComponent(alertId)}`} data-testid="to-alert">
      ← {say('toAlert')} · {title}
    </a>
  );
}

/** None while something is typed or a dialog is open. */
function useRunKeys(press: Readonly<Record<RunKey, () => void>>): void {
  const latest = useRef(press);
  latest.current = press;
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      const { target } = event;
      if (target instanceof HTMLElement && target.closest('input, textarea, select, dialog[open]')) return;
      const key = runKey(event);
      if (key === null) return;
      event.preventDefault();
      latest.current[key]();
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, []);
}

function KeyList({ onClose }: { onClose: () => void }): ReactElement {
  const { say } = useWords();
  const rows: readonly [string, WordKey][] = [
    ['j k', 'key.move'],
    ...(Object.entries(RUN_KEYS) as [string, RunKey][])
      .filter(([, command]) => command !== 'next' && command !== 'before')
      .map(([key, command]) => [key, `key.${command}` as WordKey] as [string, WordKey]),
  ];
  return (
    <Dialog id="run-keys" title={say('keys')} onClose={onClose}>
      <dl className="roles">
        {rows.map(([key, word]) => (
          <div key={key}>
            <dt>
              {key.split(' ').map((each) => (
                <kbd key={each}>{each}</kbd>
              ))}
            </dt>
            <dd>{say(word)}</dd>
          </div>
        ))}
      </dl>
      <p className="dialog-exit">
        <DialogExit words={say('back')} />
      </p>
    </Dialog>
  );
}
