import { type ReactElement, useEffect, useRef, useState } from 'react';
import { claimedSince } from '#contract/run-facts';
import type { Run, RunPerson, RunStep } from '#contract/runbooks';
import type { RequestFailed } from '../../net/http.ts';
import { clockTime, spokenSpan } from '../../numbers/time.ts';
import { useSecondsLeft } from './StepDetail.tsx';
import { isPassing } from './use-run.ts';
import { hasWord, refusedWord, useWords, type WordKey } from './words.ts';

/** The last reading failed: what is shown is old. */
export function OldLine({ failed, atMs, zone }: { failed: RequestFailed; atMs: number; zone: string }): ReactElement {
  const { say } = useWords();
  return (
    <p role="alert" className="run-old" data-testid="old">
      {isPassing(failed)
        ? say('oldServer', {
            code: say(hasWord(`code.${failed.code}`) ? (`code.${failed.code}` as WordKey) : 'code.other'),
            time: clockTime(atMs, zone),
          })
        : refusedWord(say, failed.code)}
    </p>
  );
}

/** A step waits for a second person, who may be the reader. */
export function WaitsLine({
  step: { n, execution },
  title,
  onGo,
}: {
  step: RunStep;
  title: string;
  onGo: () => void;
}): ReactElement | null {
  const { say, lang } = useWords();
  const leftS = useSecondsLeft(execution?.dueAt ?? 0);
  if (execution === null) return null;
  return (
    <p role="status" className="run-waits" data-testid="waits">
      <span>
        {say('waitsHere', {
          n,
          step: title,
          who: execution.requestedBy.name,
          time: spokenSpan(leftS * 1_000, lang),
        })}
      </span>{' '}
      <button type="button" className="link-button" onClick={onGo}>
        {say('waitsGo')} <kbd>w</kbd>
      </button>
    </p>
  );
}

/** Somebody took a step from the reader. */
export function LostLine({
  run,
  me,
  titleOf,
  zone,
}: {
  run: Run;
  me: string | null;
  titleOf: (n: number) => string;
  zone: string;
}): ReactElement | null {
  const { say } = useWords();
  const lost = useLost(run, me);
  if (lost === null) return null;
  return (
    <p role="alert" className="run-lost" data-testid="lost">
      {say('taken', { who: lost.who, n: lost.n, step: titleOf(lost.n), time: clockTime(lost.atMs, zone) })}
    </p>
  );
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

/** What was refused, and where to go on: the step that comes first, or who has it. */
export function Refused({
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
