import type { ReactElement } from 'react';
import { ALERT_FLOOD_COUNT, type AlertRate } from '#contract/frames';
import { minuteTime } from '../../numbers/time.ts';
import { Panel } from '../../panels/Panel.tsx';
import { useConsole } from '../../state/console-store.ts';
import { useFeedFreshness } from '../../state/use-freshness.ts';
import { PACE_MS, usePaced } from '../../state/use-paced.ts';
import { useTechWords } from './words.ts';

/** Beside the heading there is room for a word and three digits, or for five digits. */
const WIDE_COUNT = 1_000;
const same = (a: AlertRate | undefined, b: AlertRate | undefined): boolean => JSON.stringify(a) === JSON.stringify(b);
let held: AlertRate | undefined;
/** The same object while nothing changed, though every frame brings a new one. */
const steady = (rate: AlertRate | undefined): AlertRate | undefined => {
  if (!same(rate, held)) held = rate;
  return held;
};

/** How many alerts fired in each ten minutes, against the number that people can still look at one by one. */
export function AlertRatePanel(): ReactElement {
  const { say } = useTechWords();
  const rate = usePaced((state) => steady(state.frame?.alerts.rate), PACE_MS.chart);
  const freshness = useFeedFreshness([]);
  const now = rate?.counts.at(-1) ?? 0;
  const isFlood = rate !== undefined && now > ALERT_FLOOD_COUNT;
  return (
    <Panel
      id="alert-rate"
      title={say('rate')}
      freshness={freshness}
      aside={
        rate === undefined ? null : (
          <span data-testid="rate-now" data-flood={isFlood} className={isFlood ? 'chip' : ''}>
            {now >= WIDE_COUNT ? now : say(isFlood ? 'floodNow' : 'rateNow', { n: now })}
          </span>
        )
      }
    >
      {rate === undefined ? <p className="note">{say('rateUnknown')}</p> : <Bars rate={rate} />}
    </Panel>
  );
}

function Bars({ rate: { fromMs, stepMs, counts } }: { rate: AlertRate }): ReactElement {
  const { say } = useTechWords();
  const zone = useConsole((state) => state.campaign?.timeZone ?? 'Asia/Shanghai');
  const most = Math.max(...counts, 0);
  const top = Math.max(most, ALERT_FLOOD_COUNT * 1.4);
  const spoken = say('rateSpoken', { most, n: counts.at(-1) ?? 0 });
  return (
    <>
      <div className="rate-bars" role="img" aria-label={spoken}>
        {counts.map((count, index) => (
          <span
            key={fromMs + index * stepMs}
            className="rate-bar"
            data-flood={count > ALERT_FLOOD_COUNT}
            data-count={count}
            style={{ height: `${(count / top) * 100}%` }}
          />
        ))}
        <span className="rate-flood" style={{ bottom: `${(ALERT_FLOOD_COUNT / top) * 100}%` }}>
          <span>{say('flood', { n: ALERT_FLOOD_COUNT })}</span>
        </span>
      </div>
      <p className="note rate-axis">
        <time>{minuteTime(fromMs, zone)}</time>
        <time>{minuteTime(fromMs + counts.length * stepMs, zone)}</time>
      </p>
    </>
  );
}
