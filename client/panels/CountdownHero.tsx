import type { ReactElement } from 'react';
import { useT } from '../i18n/t.ts';
import { goalLine } from '../numbers/format.ts';
import { clockSpan, minuteTime, zoneName } from '../numbers/time.ts';
import { useConsole } from '../state/console-store.ts';
import { serverNowMs } from '../state/server-clock.ts';
import { useFormat } from '../state/use-figure.ts';
import { useFeedFreshness, useTicked } from '../state/use-ticked.ts';
import { Panel } from './Panel.tsx';

/** The hero until the sale opens: how long to go, by the server's clock, and what is to be reached. */
export function CountdownHero(): ReactElement {
  const { t, lang } = useT();
  const format = useFormat();
  const campaign = useConsole((state) => state.campaign);
  const opensAt = useConsole((state) => state.frame?.campaign.opensAt ?? state.campaign?.opensAt ?? 0);
  const freshness = useFeedFreshness([]);
  const leftS = useTicked((nowMs) => {
    const serverMs = serverNowMs(useConsole.getState().clock, nowMs);
    return serverMs === null ? 0 : Math.ceil((opensAt - serverMs) / 1_000);
  });
  const zone = campaign?.timeZone ?? 'Asia/Shanghai';
  const target = campaign?.targets.gmv_paid;
  return (
    <Panel id="hero" className="hero" title={t('head.opensIn')} freshness={freshness}>
      <div className="hero-number">
        <time className="figure figure-hero" data-testid="hero-countdown" role="timer">
          {clockSpan(leftS * 1_000)}
        </time>
      </div>
      <p className="note">
        <span className="fact">
          {minuteTime(opensAt, zone)} {zoneName(opensAt, zone, lang)}
        </span>
        {typeof target === 'number' ? (
          <span className="fact">
            <span className="fact-name">{t('gmv.target')}</span>{' '}
            <span className="fact-plain">{goalLine(target, format)}</span>
          </span>
        ) : null}
      </p>
    </Panel>
  );
}
