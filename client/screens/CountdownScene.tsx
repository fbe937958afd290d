import type { ReactElement } from 'react';
import { useT } from '../i18n/t.ts';
import { goalLine } from '../numbers/format.ts';
import { clockSpan, minuteTime, zoneName } from '../numbers/time.ts';
import { Panel } from '../panels/Panel.tsx';
import { SceneTile } from '../panels/SceneTile.tsx';
import { TileRow } from '../panels/TileRow.tsx';
import { useConsole } from '../state/console-store.ts';
import { serverNowMs } from '../state/server-clock.ts';
import { useFormat } from '../state/use-figure.ts';
import { useFeedFreshness, useTicked } from '../state/use-freshness.ts';

const TILES = ['uv@1m', 'capacity_headroom@1m', 'orders_per_s@1m', 'gmv_placed@5m', 'new_members@5m'];

/** How long to the opening, or to the next wave once it is open, and whether the house is ready. */
export function CountdownScene(): ReactElement {
  const { t, lang } = useT();
  const format = useFormat();
  const campaign = useConsole((state) => state.campaign);
  const opensAt = useConsole((state) => state.frame?.campaign.opensAt ?? state.campaign?.opensAt ?? 0);
  const waveAt = useConsole((state) => state.frame?.campaign.nextWaveAt ?? null);
  const freshness = useFeedFreshness([]);
  const serverMs = useTicked((nowMs) => {
    const now = serverNowMs(useConsole.getState().clock, nowMs);
    return now === null ? null : Math.floor(now / 1_000) * 1_000;
  });
  const zone = campaign?.timeZone ?? 'Asia/Shanghai';
  const target = campaign?.targets.gmv_paid;
  const before = serverMs !== null && serverMs < opensAt;
  const wave = campaign?.waves.find(({ atMs }) => atMs === waveAt);
  const goalAt = before ? opensAt : waveAt;
  const span = serverMs === null ? 0 : goalAt === null ? serverMs - opensAt : goalAt - serverMs;
  const title = before
    ? t('head.opensIn')
    : goalAt === null
      ? t('countdown.since')
      : t('countdown.toWave', { wave: wave?.[lang] ?? t('head.nextWave') });
  return (
    <>
      <div className="row row-giant">
        <Panel id="countdown-panel" className="giant" title={title} freshness={freshness}>
          <time className="figure giant-clock" role="timer" data-testid="giant-clock">
            {clockSpan(Math.ceil(span / 1_000) * 1_000)}
          </time>
          <p className="note">
            {goalAt === null ? null : (
              <span className="fact">
                {minuteTime(goalAt, zone)} {zoneName(goalAt, zone, lang)}
              </span>
            )}
            {typeof target === 'number' ? (
              <span className="fact">
                <span className="fact-name">{t('gmv.target')}</span>{' '}
                <span className="fact-value">{goalLine(target, format)}</span>
              </span>
            ) : null}
          </p>
        </Panel>
      </div>
      <TileRow>
        {TILES.map((key) => (
          <SceneTile key={key} figureKey={key} />
        ))}
      </TileRow>
    </>
  );
}
