import { type ReactElement, useEffect, useMemo, useRef, useState } from 'react';
import type { CommandReply, Preview, Run, RunReply } from '#contract/runbooks';
import { getAlert } from '../../net/alert-commands.ts';
import { RequestFailed } from '../../net/http.ts';
import { spokenSpan } from '../../numbers/time.ts';
import { Dialog, DialogExit } from '../../panels/Dialog.tsx';
import { useLinkState } from '../../panels/LinkBanner.tsx';
import { TierMark } from '../../panels/TierMark.tsx';
import { useConsole } from '../../state/console-store.ts';
import { serverNowMs } from '../../state/server-clock.ts';
import { useTicked } from '../../state/use-freshness.ts';
import { titleOf } from '../desk/alert-words.ts';
import { useLoaded } from '../frame/use-loaded.ts';
import { abortRun, dryRun, stepCommand } from './api.ts';
import { PlanAside } from './PlanAside.tsx';
import { ReasonDialog } from './ReasonDialog.tsx';
import { RUN_KEYS, type RunKey, runKey } from './run-keys.ts';
import { StepCard } from './StepCard.tsx';
import { useKpis } from './use-kpis.ts';
import { useRun } from './use-run.ts';
import { refusedWord, useWords, type WordKey } from './words.ts';

/** S6: one run, the same on every screen that shows it. */
export function RunPage({ id }: { id: string }): ReactElement {
  const { say } = useWords();
  const { reply, failed, apply, reload } = useRun(id);
  if (failed !== null) return <p role="alert">{refusedWord(say, failed.code)}</p>;
  if (reply === null) return <p role="status">{say('loading')}</p>;
  return <Live reply={reply} apply={apply} reload={reload} />;
}

/** Where a reader begins: the first step that is not settled. */
const currentStep = ({ steps }: Run): number =>
  steps.find(({ state }) => state !== 'done' && state !== 'skipped')?.n ?? steps.length;

function Live({
  reply,
  apply,
  reload,
}: {
  reply: RunReply;
  apply: (run: Run) => void;
  reload: () => void;
}): ReactElement {
  const { say } = useWords();
  const { run, runbook, posts } = reply;
  const kpis = useKpis(runbook);
  const online = useLinkState() !== 'offline';
  const session = useConsole((state) => (typeof state.session === 'object' ? state.session : null));
  const may = (permission: 'runs.act' | 'runs.approve'): boolean => session?.permissions.includes(permission) === true;
  const [sending, setSending] = useState(false);
  // one act at a time: while its answer is looked for, nothing else of this run may be pressed
  const mayAct = may('runs.act') && online && !sending;
  const [focused, setFocused] = useState(() => currentStep(run));
  const [preview, setPreview] = useState<{ n: number; preview: Preview } | null>(null);
  const [refused, setRefused] = useState<string | null>(null);
  const [dialog, setDialog] = useState<'skip' | 'done' | 'fail' | 'abort' | 'help' | null>(null);
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
      setRefused(error instanceof RequestFailed ? error.code : 'network');
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
      (error: unknown) => setRefused(error instanceof RequestFailed ? error.code : 'network'),
    );
  };
  const step = run.steps[focused - 1];
  const spec = runbook.actions[runbook.steps[focused - 1]?.action ?? ''] ?? null;
  const me = session === null ? null : session.name; // a session knows its person by name, which is unique
  const over = run.state !== 'running';
  const mine = step?.state === 'claimed' && step.owner?.name === me;
  const waiting = step?.execution?.state;

  const press: Readonly<Record<RunKey, () => void>> = {
    next: () => setFocused((n) => Math.min(run.steps.length, n + 1)),
    before: () => setFocused((n) => Math.max(1, n - 1)),
    claim: () => {
      if (mayAct && !over && !mine) void onCommand('claim', step?.owner ? { takeOver: true } : {});
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
      if (online && !sending && may('runs.approve') && waiting === 'awaiting') void onCommand('approve', { terms });
    },
    cancel: () => {
      if (mayAct && (waiting === 'awaiting' || waiting === 'countdown')) void onCommand('cancel', {});
    },
    undo: () => {
      if (mayAct && waiting === 'sent') onPreview(true);
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
    else
      void onCommand('complete', {
        outcome: kind === 'fail' ? 'failed' : 'done',
        ...(text === '' ? {} : { note: text }),
      });
  };
  const actions = useMemo(() => ({ onPreview, onCommand }), [focused, run.id]);
  return (
    <div className="run" data-testid="run" data-run={run.state}>
      <RunHead run={run} mayAct={mayAct} onAbort={() => setDialog('abort')} onHelp={() => setDialog('help')} />
      {online ? null : <p role="alert">{say('offline')}</p>}
      {session !== null && !may('runs.act') ? <p className="quiet">{say('readOnly')}</p> : null}
      <p role="alert" className="refused" data-testid="refused">
        {refused === null ? '' : refusedWord(say, refused)}
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
              mayApprove={online && may('runs.approve') && !sending}
              preview={preview?.n === one.n ? preview.preview : null}
              onOpen={() => setFocused(one.n)}
              onClosePreview={() => setPreview(null)}
              onAsk={setDialog}
              {...actions}
            />
          ))}
        </ol>
        <PlanAside runbook={runbook} posts={posts} kpis={kpis} onStep={setFocused} />
      </div>
      {dialog === 'help' ? <KeyList onClose={close} /> : null}
      {dialog !== null && dialog !== 'help' ? (
        <ReasonDialog
          title={say(dialog === 'abort' ? 'abort' : dialog)}
          required={dialog === 'skip' || dialog === 'abort'}
          onDone={answered}
          onClose={close}
        />
      ) : null}
    </div>
  );
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
