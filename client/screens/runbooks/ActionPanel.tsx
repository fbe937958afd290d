import { type ReactElement, useEffect, useState } from 'react';
import { undoableId } from '#contract/run-facts';
import type { ActionSpec, CommandReply, Execution, Preview, RunStep } from '#contract/runbooks';
import { spokenSpan } from '../../numbers/time.ts';
import { HoldButton } from '../../panels/HoldButton.tsx';
import { Diff, toldLine } from './Diff.tsx';
import { useSecondsLeft, VerifyLine } from './StepDetail.tsx';
import { useWords } from './words.ts';

export interface ActionPanelProps {
  readonly step: RunStep;
  readonly spec: ActionSpec;
  readonly preview: Preview | null;
  /** Name of the reader. */
  readonly me: string | null;
  readonly mayAct: boolean;
  readonly mayApprove: boolean;
  readonly over: boolean;
  /** Whether the action is what comes next, and not "done". */
  readonly bright: boolean;
  readonly onPreview: (undo: boolean) => void;
  readonly onClosePreview: () => void;
  readonly onCommand: (verb: string, body: object) => Promise<CommandReply | null>;
}

/** One costly act: dry run with its difference → hold → second person above the limit → countdown → what came of it. */
export function ActionPanel(props: ActionPanelProps): ReactElement {
  const { step, spec, preview, mayAct, over, onPreview, onClosePreview, onCommand } = props;
  const { say, lang } = useWords();
  const { execution } = step;
  const busy = execution !== null && ['awaiting', 'countdown', 'sending'].includes(execution.state);
  const sent = undoableId(execution) !== null;
  const mine = step.state === 'claimed' && step.owner?.name === props.me;
  return (
    <section className="action" data-testid={`action-${step.n}`} data-execution={execution?.state ?? 'none'}>
      <p className="action-title">
        <span className="step-label">{say('action')}</span> {spec.title[lang]}
      </p>
      {execution ? <ExecutionLine {...props} execution={execution} /> : null}
      <VerifyLine step={step} />
      {preview && !busy ? (
        <div className="action-preview" data-testid="preview">
          <p className="step-label" data-testid="preview-of">
            {say(preview.direction === 'undo' ? 'previewOfUndo' : 'previewOf')}
          </p>
          <Diff rows={preview.diff} />
          <p>
            <span className="step-label">{say(preview.direction === 'undo' ? 'effectUndo' : 'effect')}</span>{' '}
            {preview.effect[lang]}
          </p>
          <p className="quiet">
            {preview.direction === 'undo' ? '' : `${say(preview.undoable ? 'undoable' : 'notUndoable')} · `}
            {say(preview.secondPerson ? 'needsSecond' : 'needsOne')}
          </p>
          <p className="row">
            <HoldButton
              testId="hold"
              label={say(preview.direction === 'undo' ? 'holdUndo' : 'hold')}
              disabled={!mayAct}
              comes
              onHeld={() => {
                const undo = preview.direction === 'undo';
                void onCommand('execute', { terms: preview.terms, ...(undo ? { undo: true } : {}) }).then((done) => {
                  if (done !== null) onClosePreview();
                });
              }}
            />
            <button type="button" className="button" onClick={onClosePreview}>
              {say('back')}
            </button>
          </p>
        </div>
      ) : null}
      {busy || preview ? null : (
        <p className="row">
          {mine && !over && !sent ? (
            <button
              type="button"
              className={props.bright ? 'button button-main' : 'button'}
              data-testid="dry-run"
              disabled={!mayAct}
              onClick={() => onPreview(false)}
            >
              {say('preview')} <kbd>e</kbd>
            </button>
          ) : null}
          {sent ? (
            <button
              type="button"
              className={step.verification?.state === 'failed' ? 'button button-main' : 'button'}
              data-testid="undo"
              disabled={!mayAct}
              onClick={() => onPreview(true)}
            >
              {say('undo')} <kbd>u</kbd>
            </button>
          ) : null}
        </p>
      )}
    </section>
  );
}

function ExecutionLine({
  execution,
  me,
  mayAct,
  mayApprove,
  onCommand,
}: ActionPanelProps & { execution: Execution }): ReactElement {
  const { say, lang } = useWords();
  const left = useSecondsLeft(execution.dueAt ?? 0);
  const { state, requestedBy, approvedBy, outcome } = execution;
  const own = requestedBy.name === me;
  // Cancelling must be as near as the act was.
  const [focusCancel, setFocusCancel] = useState<HTMLButtonElement | null>(null);
  useEffect(() => {
    if (state === 'countdown' && own) focusCancel?.focus();
  }, [state, own, focusCancel]);
  const who = [
    say('requestedBy', { who: requestedBy.name }),
    approvedBy ? say('approvedBy', { who: approvedBy.name }) : '',
    execution.cancelledBy ? say('cancelledBy', { who: execution.cancelledBy.name }) : '',
  ]
    .filter((part) => part !== '')
    .join(' · ');
  const cancel = (
    <button
      type="button"
      ref={setFocusCancel}
      className="button"
      data-testid="cancel"
      disabled={!mayAct}
      onClick={() => void onCommand('cancel', {})}
    >
      {say('cancel')} <kbd>x</kbd>
    </button>
  );
  if (state === 'awaiting')
    return (
      <div className="execution">
        <p role="status">{say('waitApproval', { time: spokenSpan(left * 1_000, lang) })}</p>
        <p className="quiet">{who}</p>
        <Diff rows={execution.diff} />
        <p className="row">
          {own ? (
            <span className="quiet">{say('ownApproval')}</span>
          ) : mayApprove ? (
            <button
              type="button"
              className="button button-main"
              data-testid="approve"
              onClick={() => void onCommand('approve', { terms: execution.terms })}
            >
              {say('approve')} <kbd>y</kbd>
            </button>
          ) : null}
          {cancel}
        </p>
      </div>
    );
  if (state === 'countdown')
    return (
      <div className="execution">
        <p className="countdown" role="status" data-testid="countdown-action">
          {say('countdown', { n: left })}
        </p>
        <p className="quiet">{who}</p>
        <p className="row">{cancel}</p>
      </div>
    );
  const text = state === 'sending' ? say('sending') : say(`execution.${state}`);
  return (
    <p className="execution" data-testid="execution">
      {execution.direction === 'undo' && state === 'sent' ? say('rolledBack') : text}
      {outcome === null || state === 'cancelled' || state === 'expired' ? '' : ` · ${toldLine(execution, say)}`}{' '}
      <span className="quiet">{who}</span>
    </p>
  );
}
