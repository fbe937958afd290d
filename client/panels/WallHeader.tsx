import type { ReactElement } from 'react';
import { useT } from '../i18n/t.ts';
import { clockSpan, clockTime, minuteTime, shortAge, zoneName } from '../numbers/time.ts';
import { useConsole } from '../state/console-store.ts';
import { serverNowMs } from '../state/server-clock.ts';
import { useTicked } from '../state/use-ticked.ts';
import { LinkBanner } from './LinkBanner.tsx';

const now = (nowMs: number): number | null => serverNowMs(useConsole.getState().clock, nowMs);
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Whole seconds of the server's clock: a screen whose own clock is wrong counts down rightly. */
function useServerSecond(): number | null {
  return useTicked((nowMs) => {
    const serverMs = now(nowMs);
    return serverMs === null ? null : Math.floor(serverMs / 1_000) * 1_000;
  });
}

/** Whose wall this is, where in the sale we are, whether the picture moves, and what time it is. */
export function WallHeader(): ReactElement {
  const { t, lang } = useT();
  const campaign = useConsole((state) => state.campaign);
  return (
    <header className="wall-head">
      <p className="wall-name">
        <span className="wall-app">{t('app.name')}</span>
        {campaign ? <span> · {campaign[lang]}</span> : null}
        {campaign?.drill ? <span className="drill">{t('head.drill')}</span> : null}
      </p>
      <LinkBanner>
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

/** The dot beats with the server's own beats, so a frozen picture is seen at once. */
export function LiveDot(): ReactElement {
  const { t, lang } = useT();
  const quality = useConsole((state) => state.frame?.quality ?? 'live');
  const status = useConsole((state) => state.link.status);
  const beats = useConsole((state) => state.link.heardAtMs);
  const second = Math.floor(beats / 1_000);
  // How old the newest event on the wall is; before the first event, how long the link has been silent.
  const tenths = useTicked((nowMs) => {
    const { frame, link } = useConsole.getState();
    const serverMs = now(nowMs);
    const asOf = frame?.asOf ?? null;
    const ageMs = serverMs === null || asOf === null ? nowMs - link.heardAtMs : serverMs - asOf;
    const silentMs = nowMs - link.heardAtMs;
    return Math.max(ageMs, silentMs > 3_000 ? silentMs : 0, 0);
  });
  const lost = useTicked((nowMs) => nowMs - useConsole.getState().link.heardAtMs > 3_000 || status !== 'open');
  return (
    <p className="wall-live" data-testid="live" data-lost={lost} data-quality={quality}>
      <span key={second} className={lost ? 'dot dot-lost' : 'dot'} />
      {lost ? (
        <span className="sr-only">{t('link.connecting')}</span>
      ) : (
        <span className="live-word">{t(`link.${quality}`)}</span>
      )}{' '}
      <span className="live-age">{shortAge(tenths, lang)}</span>
    </p>
  );
}

export function Clock(): ReactElement | null {
  const { lang } = useT();
  const zone = useConsole((state) => state.campaign?.timeZone ?? 'Asia/Shanghai');
  const serverMs = useServerSecond();
  if (serverMs === null) return <p className="wall-clock" />;
  return (
    <p className="wall-clock">
      <time className="clock" data-testid="clock">
        {clockTime(serverMs, zone)}
      </time>{' '}
      <span className="zone">{zoneName(serverMs, zone, lang)}</span>
    </p>
  );
}
