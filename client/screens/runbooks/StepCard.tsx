import type { ReactElement } from 'react';
import { actionRan } from '#contract/run-facts';
import type { ActionSpec, RunbookReply, RunbookStep, RunStep } from '#contract/runbooks';
import { ActionPanel, type ActionPanelProps } from './ActionPanel.tsx';
import { holdsNow, useReadingLine } from './Nodes.tsx';
import { inEffectOf, StepDetail, VerifyLine } from './StepDetail.tsx';
import type { KpisNow } from './use-kpis.ts';
import { useWords } from './words.ts';

const MARKS: Readonly<Record<RunStep['state'], string>> = {
  pending: '·',
  claimed: '▸',
  done: '✓',
  skipped: '↷',
  failed: '✗',
};

export interface StepCardProps extends Omit<ActionPanelProps, 'spec' | 'bright'> {
  readonly plan: RunbookStep | null;
  readonly spec: ActionSpec | null;
  readonly posts: RunbookReply['posts'];
  readonly kpis: KpisNow;
  readonly open: boolean;
  readonly onOpen: () => void;
  readonly onAsk: (what: 'done' | 'fail' | 'skip' | 'take') => void;
}

/** One step: a line for all to see who is on it; opened, what to do and the commands. */
export function StepCard(props: StepCardProps): ReactElement {
  const { step, plan, spec, open, onOpen, me, kpis } = props;
  const { say, lang } = useWords();
  const readingLine = useReadingLine(kpis);
  const doubts = doubtsOf(step, plan, kpis);
  const who = step.owner?.name ?? step.settledBy?.name ?? null;
  return (
    <li
      className="card step"
      data-step={step.n}
      data-state={step.state}
      data-open={open}
      data-testid={`step-${step.n}`}
    >
      <button type="button" className="step-head" aria-expanded={open} onClick={onOpen}>
        <span className="step-mark" aria-hidden="true">
          {MARKS[step.state]}
        </span>
        <span className="step-number">{step.n}</span>
        <span className="step-title">{plan?.title[lang]}</span>
        <span className="step-state">
          {say(`step.${step.state}`)}
          {who === null ? '' : ` · ${who}`}
          {step.attempts.length > 1 ? ` · ${say('attempts', { n: step.attempts.length })}` : ''}
        </span>
      </button>
      {step.note ? <p className="quiet step-note">{step.note}</p> : null}
      {step.despite && plan?.verify ? (
        <p className="quiet step-note" data-testid={`despite-${step.n}`}>
          {say(step.despite.actionRan ? 'despite' : 'despiteNotRun', {
            check: readingLine(plan.verify, step.despite.reading.values),
          })}
        </p>
      ) : null}
      {!open && spec === null ? <VerifyLine step={step} /> : null}
      {open && plan ? (
        <>
          <StepDetail step={plan} posts={props.posts} kpis={kpis} inEffect={inEffectOf(step)} />
          {spec === null ? (
            <VerifyLine step={step} />
          ) : (
            <ActionPanel {...props} spec={spec} bright={doubts !== null && !doubts.ran} />
          )}
          <Commands {...props} ready={doubts === null} mine={step.state === 'claimed' && step.owner?.name === me} />
        </>
      ) : null}
    </li>
  );
}

/** Why "done" is not what comes next: an action with a check that is not seen to be true. null: nothing speaks against it. */
export function doubtsOf(
  step: RunStep,
  plan: RunbookStep | null,
  kpis: KpisNow,
): { readonly ran: boolean; readonly holds: false | null } | null {
  if (plan === null || plan.action === null || plan.verify === null) return null;
  if (step.verification?.state === 'passed') return null;
  const holds = holdsNow(plan.verify, kpis, inEffectOf(step));
  return holds === true ? null : { ran: actionRan(step), holds };
}

function Commands({
  step,
  mine,
  ready,
  over,
  mayAct,
  onCommand,
  onAsk,
}: StepCardProps & { mine: boolean; ready: boolean }): ReactElement | null {
  const { say } = useWords();
  if (over || step.state === 'done' || step.state === 'skipped') return null;
  const off = !mayAct;
  return (
    <p className="row step-commands">
      {mine ? (
        <>
          <button
            type="button"
            className={ready ? 'button button-main' : 'button'}
            data-testid="done"
            disabled={off}
            onClick={() => onAsk('done')}
          >
            {say('done')} <kbd>d</kbd>
          </button>
          <button type="button" className="button" data-testid="fail" disabled={off} onClick={() => onAsk('fail')}>
            {say('fail')}
          </button>
          <button
            type="button"
            className="button"
            disabled={off}
            onClick={() => void onCommand('complete', { outcome: 'released' })}
          >
            {say('release')}
          </button>
        </>
      ) : (
        <button
          type="button"
          className="button button-main"
          data-testid="claim"
          disabled={off}
          onClick={() => (step.owner ? onAsk('take') : void onCommand('claim', { version: step.version }))}
        >
          {say(step.owner ? 'takeOver' : 'claim')} <kbd>o</kbd>
        </button>
      )}
      <button type="button" className="button" data-testid="skip" disabled={off} onClick={() => onAsk('skip')}>
        {say('skip')} <kbd>s</kbd>
      </button>
    </p>
  );
}
