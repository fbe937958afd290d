import type { ReactElement } from 'react';
import { actionRan } from '#contract/run-facts';
import type { RunbookReply, RunbookStep, RunStep } from '#contract/runbooks';
import { spokenSpan } from '../../numbers/time.ts';
import { useConsole } from '../../state/console-store.ts';
import { serverNowMs } from '../../state/server-clock.ts';
import { useTicked } from '../../state/use-freshness.ts';
import { CheckLine, SafeLink, Text } from './Nodes.tsx';
import type { KpisNow } from './use-kpis.ts';
import { useWords } from './words.ts';

/** Whole seconds until an instant of the server's clock, never below 0. */
export const useSecondsLeft = (untilMs: number): number =>
  useTicked((nowMs) => {
    const serverMs = serverNowMs(useConsole.getState().clock, nowMs);
    return serverMs === null ? 0 : Math.max(0, Math.ceil((untilMs - serverMs) / 1_000));
  });

/** What a step asks for: the same on the plan and in a run. */
export function StepDetail({
  step,
  posts,
  kpis,
  inEffect = null,
}: {
  step: RunbookStep;
  posts: RunbookReply['posts'];
  kpis: KpisNow;
  inEffect?: boolean | null;
}): ReactElement {
  const { say, lang } = useWords();
  const post = posts[step.role];
  return (
    <div className="step-detail">
      <p className="step-who">
        <b>{post ? post.title[lang] : step.role}</b> {post ? `${post.a} / ${post.b}` : say('nobody')} ·{' '}
        {say('time', { n: Math.round(step.expectedMs / 60_000) })}
      </p>
      <ul className="step-do">
        {step.do.map((text, place) => (
          <li key={place}>
            <Text nodes={text[lang]} kpis={kpis} />
          </li>
        ))}
      </ul>
      <p className="step-expect">
        <span className="step-label">{say('expect')}</span> <Text nodes={step.expect[lang]} kpis={kpis} />{' '}
        <small>{step.otherwise === null ? say('askLead') : say('otherwise', { n: step.otherwise })}</small>
      </p>
      {step.verify ? (
        <p className="step-expect">
          <span className="step-label">{say('verify')}</span>{' '}
          <CheckLine check={step.verify} kpis={kpis} inEffect={inEffect} />
        </p>
      ) : null}
      {step.rollback ? (
        <p className="step-expect">
          <span className="step-label">{say('rollback')}</span> <Text nodes={step.rollback[lang]} kpis={kpis} />
        </p>
      ) : null}
      {step.links.map(({ href, title }) => (
        <p key={href}>
          <SafeLink href={href} label={`${title[lang]} →`} />
        </p>
      ))}
    </div>
  );
}

/** What the figures said after the step. */
export function VerifyLine({ step }: { step: RunStep }): ReactElement | null {
  const { say, lang } = useWords();
  const { verification } = step;
  const left = useSecondsLeft(verification?.until ?? 0);
  if (verification === null) return null;
  return (
    <p className="verify" data-verify={verification.state} data-testid={`verify-${step.n}`}>
      <span aria-hidden="true">{{ waiting: '…', passed: '✓', failed: '!' }[verification.state]}</span>{' '}
      {say(`verify.${verification.state}`, { time: spokenSpan(left * 1_000, lang) })}
    </p>
  );
}

/** Whether what the action does holds, as far as a run knows: not before it was run, then as its check said. */
export function inEffectOf(step: RunStep): boolean | null {
  if (!actionRan(step)) return false;
  return step.verification === null || step.verification.state === 'waiting'
    ? null
    : step.verification.state === 'passed';
}
