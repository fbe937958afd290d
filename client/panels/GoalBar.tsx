import type { ReactElement } from 'react';
import { useT } from '../i18n/t.ts';

export interface GoalBarProps {
  readonly value: number | null;
  readonly target: number | null;
  readonly plan: number | null;
  readonly trusted: boolean;
}
const share = (part: number, whole: number): number => Math.max(0, Math.min(1, part / whole));

/** How much of the target is reached, with a tick where the plan says we should be now. */
export function GoalBar({ value, target, plan, trusted }: GoalBarProps): ReactElement {
  const { t } = useT();
  const reached = value !== null && target ? share(value, target) : 0;
  return (
    <div
      className="goal"
      data-testid="goal-bar"
      data-trusted={trusted}
      role="img"
      aria-label={`${Math.floor(reached * 1_000) / 10}% ${t('gmv.ofTarget')}`}
    >
      <div className="goal-done" style={{ width: `${reached * 100}%` }} />
      {plan !== null && target ? (
        <div className="goal-tick" style={{ left: `calc(${share(plan, target)} * (100% - var(--bar) * 0.55))` }} />
      ) : null}
    </div>
  );
}
