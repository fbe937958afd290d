import type { ReactElement } from 'react';
import { useT } from '../i18n/t.ts';
import { clockTime, shortAge, zoneName } from '../numbers/time.ts';
import { useConsole } from '../state/console-store.ts';
import { serverNowMs } from '../state/server-clock.ts';
import { useTicked } from '../state/use-ticked.ts';

const now = (nowMs: number): number | null => serverNowMs(useConsole.getState().clock, nowMs);

/** Whole seconds of the server's clock: a screen whose own clock is wrong counts down rightly. */
export function useServerSecond(): number | null {
  return useTicked((nowMs) => {
    const serverMs = now(nowMs);
    return serverMs === null ? null : Math.floor(serverMs / 1_000) * 1_000;
  });
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
