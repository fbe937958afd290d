import type { ReactElement } from 'react';
import { useMinuteLine } from '../charts/use-minute-line.ts';
import { useT } from '../i18n/t.ts';
import { figureLine } from '../numbers/format.ts';
import { sharedScale } from '../numbers/shared-scale.ts';
import { minuteTime } from '../numbers/time.ts';
import { useConsole } from '../state/console-store.ts';
import { useFigure, useFormat } from '../state/use-figure.ts';
import { useFreshness } from '../state/use-freshness.ts';
import { PACE_MS } from '../state/use-paced.ts';
import { FigureNumber } from './FigureNumber.tsx';
import { Panel } from './Panel.tsx';
import { Spark } from './Spark.tsx';
import { AgeNote, StateNote } from './StateNote.tsx';

const MINUTE = 'gmv_paid@1m';
const SPARK_POINTS = 40;

/** GMV of the last sixty seconds, with the plan for them and the highest minute so far. */
export function MinutePanel(): ReactElement {
  const { t, lang } = useT();
  const format = useFormat();
  const zone = useConsole((state) => state.campaign?.timeZone ?? 'Asia/Shanghai');
  const figure = useFigure(MINUTE, PACE_MS.hero);
  const freshness = useFreshness(MINUTE);
  const { points, peak } = useMinuteLine();
  const value = figure?.value ?? null;
  const line = (minor: number): string => figureLine(minor, 'minor', format);
  return (
    <Panel
      id="minute"
      className="minute"
      title={t('gmv.minute')}
      freshness={freshness}
      aside={<AgeNote freshness={freshness} />}
    >
      <FigureNumber
        figureKey={MINUTE}
        label={t('gmv.minute')}
        value={value}
        freshness={freshness}
        format={(minor) =>
          format.text(minor, 'minor', { scale: sharedScale('gmv-minute', minor / format.minorPerMajor, lang) })
        }
        size="second"
        roll
      />
      <StateNote freshness={freshness} figure={figure} last={value === null ? null : line(value)}>
        {figure?.plan ? (
          <span className="fact">
            <span className="fact-name">{t('gmv.plan')}</span> <span className="fact-plain">{line(figure.plan)}</span>
          </span>
        ) : null}
        {peak ? (
          <span className="fact">
            <span className="fact-name">{t('gmv.peak')}</span>{' '}
            <span className="fact-plain">
              {line(peak.value)} · {minuteTime(peak.atMs, zone)}
            </span>
          </span>
        ) : null}
      </StateNote>
      <Spark points={points.slice(-SPARK_POINTS)} trusted={freshness.trusted} />
    </Panel>
  );
}
