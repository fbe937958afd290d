import type { ReactElement } from 'react';
import type { FrameAlerts } from '#contract/frames';
import type { Tier } from '#contract/tiers';
import { useT } from '../i18n/t.ts';
import { PACE_MS, usePaced } from '../state/use-paced.ts';
import { useSame } from '../state/use-same.ts';
import { useFeedFreshness } from '../state/use-ticked.ts';
import { AlertLines } from './AlertLines.tsx';
import { LimitStrip } from './LimitStrip.tsx';
import { MutedCounts } from './MutedCounts.tsx';
import { Panel } from './Panel.tsx';
import { useStripWords } from './strip-words.ts';
import { TierMark } from './TierMark.tsx';

/** Rules that nobody has evaluated for this long alarm about nothing: it is said. */
const UNVERIFIED_MS = 180_000;

export interface AlertStripProps {
  readonly rows: number;
  /** It stands under the alert that has taken the wall, and goes on with the next one. */
  readonly besideTaken?: boolean;
}

/**
 * What is wrong now. Without a rule engine (`alerts.state: off`) it says so, and shows the limits of the campaign that are
 * broken instead: an empty list would read as "all is well".
 */
export function AlertStrip({ rows, besideTaken = false }: AlertStripProps): ReactElement {
  const state = usePaced((each) => each.frame?.alerts.state, PACE_MS.chart);
  return state === 'on' ? (
    <RunningStrip rows={rows} besideTaken={besideTaken} />
  ) : (
    <LimitStrip rows={rows} known={state === 'off'} />
  );
}

/** Alerts of the rule engine, most urgent first as the server sorts them. */
function RunningStrip({ rows, besideTaken }: Required<AlertStripProps>): ReactElement {
  const { t } = useT();
  const { say } = useStripWords();
  // Alerts are drawn at once, not at the pace of numbers.
  const alerts = useSame((state) => state.frame?.alerts);
  const freshness = useFeedFreshness([]);
  const silenced = alerts?.silencedCount ?? 0;
  const taken = besideTaken ? alerts?.takeOver?.alert.id : undefined;
  const top = (alerts?.top ?? []).filter(({ id }) => id !== taken);
  return (
    <Panel
      id="alerts"
      className="strip"
      title={say(besideTaken ? 'others' : 'title')}
      freshness={freshness}
      aside={
        (alerts?.evaluatedAgoMs ?? 0) > UNVERIFIED_MS ? (
          <span className="chip chip-stale" data-testid="unverified">
            {t('strip.unverified')}
          </span>
        ) : (
          <Counts alerts={alerts} trusted={freshness.trusted} />
        )
      }
    >
      <ul className="strip-list">
        <AlertLines alerts={top.slice(0, rows)} trusted={freshness.trusted} />
        {top.length === 0 ? (
          <li className="strip-empty" data-testid="strip-empty">
            {!freshness.trusted
              ? say('unknown')
              : taken !== undefined
                ? say('noOther')
                : silenced > 0
                  ? say('onlySilenced', { n: silenced })
                  : t('strip.none')}
          </li>
        ) : null}
      </ul>
    </Panel>
  );
}

/** Tiers that need somebody on this shift, and what is muted; the rest is counted on the on-call desk. */
const COUNTED: readonly Tier[] = ['red', 'orange', 'yellow'];
function Counts({ alerts, trusted }: { alerts: FrameAlerts | undefined; trusted: boolean }): ReactElement {
  return (
    <>
      {COUNTED.filter((tier) => trusted && (alerts?.openCount[tier] ?? 0) > 0).map((tier) => (
        <span key={tier} className="fact strip-count">
          <TierMark tier={tier} />
          {alerts?.openCount[tier]}
        </span>
      ))}
      <MutedCounts
        className="fact strip-count"
        silencedCount={alerts?.silencedCount ?? 0}
        suppressedCount={alerts?.suppressedCount}
      />
    </>
  );
}
