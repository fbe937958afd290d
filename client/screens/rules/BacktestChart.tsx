import type { ReactElement } from 'react';
import type { BacktestLine } from '#contract/alerts';
import { TIERS } from '#contract/tiers';
import { minuteTime } from '../../numbers/time.ts';
import { TierMark } from '../../panels/TierMark.tsx';
import { useFormat } from '../../state/use-figure.ts';
import { limitLine } from '../desk/alert-words.ts';
import { useZone } from '../frame/use-now.ts';
import { HEIGHT, pathOf, scaleOf, WIDTH } from './chart.ts';
import type { FiringBar } from './model.ts';
import { usePlaceOf } from './use-place.ts';
import { useRuleWords } from './words.ts';

const TICKS = [0, 0.25, 0.5, 0.75, 1] as const;

export interface BacktestBars {
  readonly edited: readonly FiringBar[];
  readonly present: readonly FiringBar[];
  readonly did: readonly FiringBar[];
}
/** What the rule measured against its limits, and under it when it fires: edited, as it is, and what really happened. */
export function BacktestChart(props: {
  readonly lines: readonly BacktestLine[];
  readonly bars: BacktestBars;
  readonly fromMs: number;
  readonly toMs: number;
}): ReactElement {
  const { lines, bars, fromMs, toMs } = props;
  const { say } = useRuleWords();
  const placeOf = usePlaceOf();
  const format = useFormat();
  const zone = useZone();
  const scale = scaleOf(lines, fromMs, toMs);
  const limits = lines.find((line) => line.limits.length > 0)?.limits ?? [];
  const unit = lines.find((line) => line.unit !== '')?.unit ?? '';
  const label = say('chart', {
    n: lines.length,
    edited: bars.edited.length,
    present: bars.present.length,
    did: bars.did.length,
  });
  const inside = limits.flatMap((limit, rank) => {
    const tier = TIERS[rank];
    return limit === null || tier === undefined || limit < scale.low || limit > scale.high ? [] : [{ limit, tier }];
  });
  return (
    <figure className="bt-chart" aria-label={label} data-testid="bt-chart">
      <div className="bt-plot">
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
          {inside.map(({ limit, tier }) => (
            <line key={tier} className="bt-limit" x1={0} x2={WIDTH} y1={scale.y(limit)} y2={scale.y(limit)} />
          ))}
          {lines.map((line) => (
            <path key={JSON.stringify(line.labels)} className="bt-line" d={pathOf(line, scale)}>
              <title>{placeOf(line.labels)}</title>
            </path>
          ))}
        </svg>
        {inside.map(({ limit, tier }) => (
          <span key={tier} className="bt-limit-name" style={{ top: `${(scale.y(limit) / HEIGHT) * 100}%` }}>
            <TierMark tier={tier} /> {limitLine(limit, unit, format)}
          </span>
        ))}
      </div>
      {(['edited', 'present', 'did'] as const).map((which) => (
        <div className="bt-lane" key={which} data-testid={`bt-${which}`} data-count={bars[which].length}>
          <span className="bt-name">{say(which)}</span>
          <div className="bt-track">
            {bars[which].map(({ where, fromMs: startMs, toMs: endMs, tier }) => {
              const left = Math.max(0, (startMs - fromMs) / (toMs - fromMs));
              const right = Math.min(1, ((endMs ?? toMs) - fromMs) / (toMs - fromMs));
              return (
                <span
                  key={`${where}${startMs}`}
                  className={`bt-bar tier-${tier}`}
                  data-tier={tier}
                  title={`${where} ${minuteTime(startMs, zone)}–${endMs === null ? '' : minuteTime(endMs, zone)}`}
                  style={{ left: `${left * 100}%`, width: `${Math.max(0.004, right - left) * 100}%` }}
                />
              );
            })}
          </div>
        </div>
      ))}
      <p className="bt-ticks quiet" aria-hidden="true">
        {TICKS.map((part) => (
          <time key={part}>{minuteTime(fromMs + part * (toMs - fromMs), zone)}</time>
        ))}
      </p>
    </figure>
  );
}
