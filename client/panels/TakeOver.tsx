import type { ReactElement } from 'react';
import type { FirstStep } from '#contract/room';
import { useT } from '../i18n/t.ts';
import { elide, figureLine } from '../numbers/format.ts';
import { againstLine } from '../screens/desk/alert-words.ts';
import { useConsole } from '../state/console-store.ts';
import { useFormat } from '../state/use-figure.ts';
import { useSame } from '../state/use-same.ts';
import { useFeedFreshness } from '../state/use-ticked.ts';
import { Elided } from './Elided.tsx';
import { Panel } from './Panel.tsx';
import { useRoomWords } from './room-words.ts';
import { TierMark } from './TierMark.tsx';
import { rowTitle, useAlertAge, usePlace } from './take-over.ts';
import { useRecovery } from './use-recovery.ts';

/** Letters beyond which the plan's name is left out; Latin ones, Han count twice. */
const STEP_LETTERS = { near: 64, mid: 46, far: 31 } as const;
/** What stands beside the step when the alert costs money. */
const COST_LETTERS = 20;
const NONE: readonly never[] = [];

/**
 * A red alert that nobody has taken: what is hurt, the number against its limit, who has it, since when, and the first step of its
 * plan. Of several the one that costs most. It has the same place on every scene and goes when somebody takes it or it is over.
 */
export function TakeOver(): ReactElement | null {
  const { t } = useT();
  const { say, lang } = useRoomWords();
  const taken = useSame((state) => state.frame?.alerts.takeOver);
  const first = useSame((state) => state.frame?.room?.firstStep);
  const scale = useConsole((state) => state.wallScale);
  const freshness = useFeedFreshness(NONE);
  const format = useFormat();
  const alert = taken?.alert;
  const place = usePlace(alert);
  const age = useAlertAge(alert?.startsAt);
  const recovery = useRecovery(alert, scale === 'far');
  if (taken === undefined || alert === undefined) return null;
  const name = rowTitle(alert, lang);
  const step = first?.alertId === alert.id ? first : null;
  const number = againstLine(alert, format) ?? '—';
  const lost = alert.costMinorPerMinute;
  const cost =
    lost !== null && lost > 0 && scale !== 'far' ? say('losing', { money: figureLine(lost, 'minor', format) }) : '';
  /** The step comes first; the plan's name stands behind it where there is room. */
  const stepLine = (known: FirstStep, most: number): string => {
    const begin = `${say('firstStep')} · ${known.step[lang]}`;
    const whole = `${begin} · ${say('plan', { title: known.title[lang] })}`;
    return elide(whole, most) === whole ? whole : begin;
  };
  return (
    <Panel
      id="take-over"
      className="take-over"
      title={
        <>
          {freshness.trusted ? <TierMark tier="red" silent /> : null}
          <b className="tier-word">{t('tier.red')}</b>{' '}
          <span className="take-owner" data-testid="take-owner">
            {alert.owner === null ? say('unowned') : say('owned', { who: elide(alert.owner, 10) })}
          </span>{' '}
          <span data-testid="take-age">{age}</span>
        </>
      }
      freshness={freshness}
      tier="red"
      aside={
        taken.moreCount > 0 ? (
          <span data-testid="take-more">
            {scale === 'far' ? `+${taken.moreCount}` : say('more', { n: taken.moreCount })}
          </span>
        ) : null
      }
    >
      <p className="take-main">
        <Elided className="take-name" testId="take-name" text={place === '' ? name : `${name} · ${place}`} />
        <span className="take-number" data-testid="take-number">
          {number}
        </span>
      </p>
      <p className="take-step" data-testid="take-step">
        {recovery === null ? null : (
          <b className="take-recovery" data-testid="recovering">
            {recovery}
          </b>
        )}
        <Elided
          className="take-words"
          text={step === null ? say('noPlan') : stepLine(step, STEP_LETTERS[scale] - (cost === '' ? 0 : COST_LETTERS))}
        />
        {cost === '' ? null : <span className="take-cost">{cost}</span>}
      </p>
    </Panel>
  );
}
