import type { ReactElement } from 'react';
import type { Preview, Run, Runbook } from '#contract/runbooks';
import { StepCard, type StepCardProps } from './StepCard.tsx';

export interface StepListProps
  extends Omit<StepCardProps, 'step' | 'plan' | 'spec' | 'open' | 'over' | 'preview' | 'onOpen'> {
  readonly run: Run;
  readonly runbook: Runbook;
  /** Number of the open step. */
  readonly focused: number;
  /** A dry run, and of which step. */
  readonly preview: { readonly n: number; readonly preview: Preview } | null;
  readonly onOpen: (n: number) => void;
}

/** The steps of a run, of which one is open. */
export function StepList({ run, runbook, focused, preview, onOpen, ...shared }: StepListProps): ReactElement {
  return (
    <ol className="steps">
      {run.steps.map((one, place) => (
        <StepCard
          key={one.n}
          {...shared}
          step={one}
          plan={runbook.steps[place] ?? null}
          spec={runbook.actions[runbook.steps[place]?.action ?? ''] ?? null}
          open={one.n === focused}
          over={run.state !== 'running'}
          preview={preview?.n === one.n ? preview.preview : null}
          onOpen={() => onOpen(one.n)}
        />
      ))}
    </ol>
  );
}
