import type { ReactElement } from 'react';
import { useT } from '../i18n/t.ts';
import { figureLine, goalLine } from '../numbers/format.ts';
import { sharedScale } from '../numbers/shared-scale.ts';
import { useConsole } from '../state/console-store.ts';
import { serverNowMs } from '../state/server-clock.ts';
import { useFigure, useFormat } from '../state/use-figure.ts';
import { useFreshness, useTicked } from '../state/use-freshness.ts';
import { PACE_MS } from '../state/use-paced.ts';
import { CorrectedMark } from './CorrectedMark.tsx';
import { CountdownHero } from './CountdownHero.tsx';
import { Delta } from './Delta.tsx';
import { FigureNumber } from './FigureNumber.tsx';
import { GoalBar } from './GoalBar.tsx';
import { Panel } from './Panel.tsx';
import { AgeNote, StateNote } from './StateNote.tsx';

const PAID = 'gmv_paid@open';

/** Before the sale the number the room waits for is the time; from the opening on it is the money. */
export function HeroPanel(): ReactElement {
  const before = useTicked((nowMs) => {
    const { clock, frame, campaign } = useConsole.getState();
    const serverMs = serverNowMs(clock, nowMs);
    const opensAt = frame?.campaign.opensAt ?? campaign?.opensAt ?? null;
    return serverMs !== null && opensAt !== null && serverMs < opensAt;
  });
  return before ? <CountdownHero /> : <SalesHero />;
}

/** The number the room came for: paid GMV since opening, against the target of the sale, the plan for now, and last year. */
function SalesHero(): ReactElement {
  const { t, lang } = useT();
  const format = useFormat();
  const paid = useFigure(PAID, PACE_MS.hero);
  const net = useFigure('gmv_net@open', PACE_MS.hero);
  const attainment = useFigure('target_attainment@open', PACE_MS.hero);
  const growth = useFigure('gmv_growth_rate@open', PACE_MS.hero);
  const freshness = useFreshness(PAID);
  const value = paid?.value ?? null;
  const target = paid?.target ?? null;
  const tier = freshness.trusted ? attainment?.tier : undefined;
  const draw = (minor: number) =>
    format.text(minor, 'minor', { scale: sharedScale('gmv', minor / format.minorPerMajor, lang), decimals: 2 });
  const line = (minor: number): string => figureLine(minor, 'minor', format);
  const ready = freshness.state !== 'empty' && freshness.state !== 'gone';
  return (
    <Panel
      id="hero"
      className="hero"
      title={
        <>
          {t('gmv.title')}
          {ready && value !== null && target !== null && value >= target ? (
            <span className="fact-reached" data-testid="goal-reached">
              {t('gmv.reached')}
            </span>
          ) : null}
        </>
      }
      freshness={freshness}
      aside={
        <>
          <AgeNote freshness={freshness} />
          {ready && net && net.value !== null ? (
            <span className="fact" data-testid="net">
              <CorrectedMark figureKey="gmv_net@open" /> <span className="fact-name">{t('gmv.net')}</span>{' '}
              <span className="fact-value" data-testid="net-value">
                {figureLine(net.value, 'minor', { ...format, decimals: 2 })}
              </span>
            </span>
          ) : null}
        </>
      }
    >
      <div className="hero-number">
        <FigureNumber
          figureKey={PAID}
          label={t('gmv.title')}
          value={value}
          freshness={freshness}
          format={draw}
          size="hero"
          roll
        />
        <CorrectedMark figureKey={PAID} />
      </div>
      <GoalBar value={ready ? value : null} target={target} plan={paid?.plan ?? null} trusted={freshness.trusted} />
      <StateNote freshness={freshness} figure={paid} last={value === null ? null : line(value)}>
        {target ? (
          <span className="fact">
            <span className="fact-name">{t('gmv.target')}</span>{' '}
            <span className="fact-plain">{goalLine(target, format)}</span>{' '}
            {value !== null ? (
              <span className="fact-value" data-testid="of-target">
                {figureLine(value / target, 'ratio', { ...format, decimals: 1 })}
              </span>
            ) : null}
          </span>
        ) : null}
        {attainment && attainment.value !== null ? (
          <Delta words={t('gmv.vsPlan')} ratio={attainment.value - 1} tier={tier} />
        ) : null}
        {growth && growth.value !== null ? <Delta words={t('gmv.vsLastYear')} ratio={growth.value} /> : null}
      </StateNote>
    </Panel>
  );
}
