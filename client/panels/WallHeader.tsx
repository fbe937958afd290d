import type { ReactElement } from 'react';
import { useT } from '../i18n/t.ts';
import { clockSpan, minuteTime } from '../numbers/time.ts';
import { useConsole } from '../state/console-store.ts';
import { LinkBanner, type RoomPart } from './LinkBanner.tsx';
import { Clock, LiveDot, useServerSecond } from './Liveness.tsx';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Whose wall this is, where in the sale we are, whether the picture moves, and what time it is. */
/** @param props.Head - see LinkBanner: on walls, where nothing wraps, what there is takes turns */
export function WallHeader({ Head }: { readonly Head?: RoomPart }): ReactElement {
  const { t, lang } = useT();
  const campaign = useConsole((state) => state.campaign);
  return (
    <header className="wall-head">
      <p className="wall-name">
        <span className="wall-app">{t('app.name')}</span>
        {campaign ? <span> · {campaign[lang]}</span> : null}
        {campaign?.drill ? <span className="drill">{t('head.drill')}</span> : null}
      </p>
      <LinkBanner Head={Head}>
        <Countdown />
      </LinkBanner>
      <LiveDot />
      <Clock />
    </header>
  );
}

function Countdown(): ReactElement | null {
  const { t, lang } = useT();
  const campaign = useConsole((state) => state.campaign);
  const phaseId = useConsole((state) => state.frame?.campaign.phase);
  const opensAt = useConsole((state) => state.frame?.campaign.opensAt ?? state.campaign?.opensAt ?? null);
  const waveAt = useConsole((state) => state.frame?.campaign.nextWaveAt ?? null);
  const serverMs = useServerSecond();
  if (serverMs === null || opensAt === null) return null;
  const phase = campaign?.phases.find(({ id }) => id === phaseId);
  const zone = campaign?.timeZone ?? 'Asia/Shanghai';
  const over = campaign !== null && serverMs >= campaign.closesAt;
  const wave = waveAt !== null && waveAt > serverMs && waveAt !== opensAt ? waveAt : null;
  return (
    <p className="wall-when">
      {phase ? <span className="phase">{phase[lang]}</span> : null}
      <span className="fact">
        <span className="fact-name">
          {over ? t('head.over') : t(serverMs < opensAt ? 'head.opensIn' : 'head.openFor')}
        </span>{' '}
        <time className="fact-value" data-testid="countdown" data-ms={serverMs - opensAt}>
          {clockSpan(serverMs < opensAt ? Math.ceil((opensAt - serverMs) / 1_000) * 1_000 : serverMs - opensAt)}
        </time>
      </span>
      {wave !== null && wave - serverMs < DAY_MS ? (
        <span className="fact" data-testid="next-wave">
          <span className="fact-name">{t('head.nextWave')}</span> {minuteTime(wave, zone)}
          {wave - serverMs < HOUR_MS ? ` · ${t('head.left')} ${clockSpan(wave - serverMs).slice(3)}` : null}
        </span>
      ) : null}
    </p>
  );
}
