import type { ReactElement } from 'react';
import { claimedSince } from '#contract/run-facts';
import type { Run, RunbookStep, RunStep } from '#contract/runbooks';
import { minuteTime } from '../../numbers/time.ts';
import { CheckLine } from './Nodes.tsx';
import { ReasonDialog } from './ReasonDialog.tsx';
import type { doubtsOf } from './StepCard.tsx';
import { inEffectOf } from './StepDetail.tsx';
import type { KpisNow } from './use-kpis.ts';
import { useWords } from './words.ts';

export type Question = 'skip' | 'done' | 'fail' | 'abort' | 'take';

/** What is asked before a step is settled or taken over, or the run ends. */
export function RunQuestion({
  question,
  run,
  n,
  step,
  plan,
  doubts,
  kpis,
  zone,
  onDone,
  onClose,
}: {
  question: Question;
  run: Run;
  /** Number of the step it is about. */
  n: number;
  step: RunStep | undefined;
  plan: RunbookStep | null;
  doubts: ReturnType<typeof doubtsOf>;
  kpis: KpisNow;
  zone: string;
  onDone: (text: string) => void;
  onClose: () => void;
}): ReactElement {
  const { say } = useWords();
  const since = step === undefined ? null : (claimedSince(step) ?? run.startedAt);
  return (
    <ReasonDialog
      title={
        question === 'take'
          ? say('takeAsk', { who: step?.owner?.name ?? '', n, time: since === null ? '' : minuteTime(since, zone) })
          : say(question)
      }
      required={question === 'skip' || question === 'abort'}
      field={question !== 'take'}
      {...(question === 'take' ? { confirm: say('takeYes') } : {})}
      {...(question === 'done' && doubts !== null ? { confirm: say('doneAll') } : {})}
      onDone={onDone}
      onClose={onClose}
    >
      {question === 'take' ? <p>{say('takeAskWhy')}</p> : null}
      {question === 'done' && doubts !== null && plan?.verify ? (
        <div role="alert" className="run-doubts" data-testid="doubts">
          {doubts.ran ? null : <p>{say('doneNotRun')}</p>}
          <p>
            {say(doubts.holds === false ? 'doneNotTrue' : 'doneUnknown')}{' '}
            <CheckLine check={plan.verify} kpis={kpis} inEffect={step === undefined ? null : inEffectOf(step)} />
          </p>
        </div>
      ) : null}
    </ReasonDialog>
  );
}
