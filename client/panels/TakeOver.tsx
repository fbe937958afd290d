import type { ReactElement } from 'react';
import type { AlertRow } from '#contract/alerts';
import { useT } from '../i18n/t.ts';
import { elide, figureLine } from '../numbers/format.ts';
import { spokenSpan } from '../numbers/time.ts';
import { againstLine } from '../screens/desk/alert-words.ts';
import { useConsole } from '../state/console-store.ts';
import { serverNowMs } from '../state/server-clock.ts';
import { useFormat } from '../state/use-figure.ts';
import { useFeedFreshness, useTicked } from '../state/use-freshness.ts';
import { Panel } from './Panel.tsx';
import { useRoomWords } from './room-words.ts';
import { TierMark } from './TierMark.tsx';
import { rowTitle } from './take-over.ts';

/** Widest name and step, in Latin letters; Han count twice. */
const NAME_LETTERS = { near: 34, mid: 24, far: 18 } as const;
const STEP_LETTERS = { near: 64, mid: 46, far: 34 } as const;
const NONE: readonly never[] = [];

/** Where it is: names of the campaign where it has them. */
export function usePlace(alert: Pick<AlertRow, 'labels'> | undefined): string {
  const lang = useConsole((state) => state.lang);
  const campaign = useConsole((state) => state.campaign);
  if (alert === undefined) return '';
  return Object.entries(alert.labels)
    .filter(([name]) => name !== 'alertname' && name !== 'domain' && name !== 'tier')
    .map(([name, value]) => {
      const named = name === 'service' ? campaign?.services : campaign?.dimensions[name];
      const item = name === 'sku' ? campaign?.items.find(({ sku }) => sku === value) : undefined;
      return (item ?? named?.find(({ id }) => id === value))?.[lang] ?? value;
    })
    .join(' ');
}

/** Since when, on the screen's own clock. */
export function useAlertAge(startsAt: number | undefined): string {
  const lang = useConsole((state) => state.lang);
  return useTicked((nowMs) => {
    const serverMs = serverNowMs(useConsole.getState().clock, nowMs);
    return serverMs === null || startsAt === undefined ? '' : spokenSpan(serverMs - startsAt, lang);
  });
}

/**
 * A red alert that nobody has taken: what is hurt, the number against its limit, who has it, since when, and the first step of its
 * plan. Of several the one that costs most. It has the same place on every scene and goes when somebody takes it or it is over.
 */
export function TakeOver(): ReactElement | null {
  const { t } = useT();
  const { say, lang } = useRoomWords();
  const taken = useConsole((state) => state.frame?.alerts.takeOver);
  const first = useConsole((state) => state.frame?.room?.firstStep);
  const scale = useConsole((state) => state.wallScale);
  const freshness = useFeedFreshness(NONE);
  const format = useFormat();
  const alert = taken?.alert;
  const place = usePlace(alert);
  const age = useAlertAge(alert?.startsAt);
  if (taken === undefined || alert === undefined) return null;
  const name = rowTitle(alert, lang);
  const step = first?.alertId === alert.id ? first : null;
  const lost = alert.costMinorPerMinute;
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
        <span className="take-name" data-testid="take-name" title={`${name} ${place}`}>
          {elide(place === '' ? name : `${name} · ${place}`, NAME_LETTERS[scale])}
        </span>
        <span className="take-number" data-testid="take-number">
          {againstLine(alert, format) ?? '—'}
        </span>
      </p>
      <p className="take-step" data-testid="take-step">
        {step === null
          ? say('noPlan')
          : elide(
              `${say('firstStep')} · ${step.step[lang]} · ${say('plan', { title: step.title[lang] })}`,
              STEP_LETTERS[scale],
            )}
        {lost !== null && lost > 0 && scale !== 'far' ? (
          <span className="take-cost">{say('losing', { money: figureLine(lost, 'minor', format) })}</span>
        ) : null}
      </p>
    </Panel>
  );
}
