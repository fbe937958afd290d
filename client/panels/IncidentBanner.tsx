import type { ReactElement } from 'react';
import { elide } from '../numbers/format.ts';
import { useConsole } from '../state/console-store.ts';
import { serverNowMs } from '../state/server-clock.ts';
import { useSame } from '../state/use-same.ts';
import { useTicked } from '../state/use-ticked.ts';
import { useBannerWords } from './banner-words.ts';
import { TierMark } from './TierMark.tsx';

const MINUTE_MS = 60_000;
/** Letters of title and status together; Han count twice. */
const LETTERS = { near: 34, mid: 16, far: 0 } as const;

/** With less room than this the title stands alone. */
const BOTH_LETTERS = 30;

/** The incident the room works on, on every screen until it is resolved: what, how it stands, who commands, whether a word is due. */
export function IncidentBanner({ narrow }: { narrow: boolean }): ReactElement | null {
  const { say, lang } = useBannerWords();
  const incident = useSame((state) => state.frame?.room?.incident);
  const scale = useConsole((state) => state.wallScale);
  const overdueMs = useTicked((nowMs) => {
    const due = useConsole.getState().frame?.room?.incident?.nextUpdateAt ?? null;
    const serverMs = serverNowMs(useConsole.getState().clock, nowMs);
    return due === null || serverMs === null ? 0 : Math.max(0, Math.floor((serverMs - due) / MINUTE_MS) * MINUTE_MS);
  });
  if (!incident) return null;
  const { number, title, tier, state, commander, status, openCount } = incident;
  const told = status === null ? null : (status[lang] ?? status.zh ?? status.en);
  const whole = told === null ? title : `${title} · ${told}`;
  // One fact: what most needs somebody.
  const fact =
    overdueMs > 0
      ? say('overdue', { n: overdueMs / MINUTE_MS })
      : state === 'mitigated'
        ? say('mitigated')
        : commander === null
          ? null
          : elide(commander, 12);
  const most = narrow ? Math.round(LETTERS[scale] / 2) : LETTERS[scale];
  const text = most < BOTH_LETTERS ? title : whole;
  return (
    <p
      className={`room-banner incident-banner tier-${tier}`}
      role="status"
      data-testid="incident-banner"
      data-state={state}
      title={whole}
    >
      <TierMark tier={tier} />
      <b>
        {say('incident', { n: number })}
        {openCount > 1 ? ` +${openCount - 1}` : ''}
      </b>
      {most === 0 ? null : elide(text, most)}
      {fact === null || narrow ? null : (
        <span className={overdueMs > 0 ? 'banner-fact banner-due' : 'banner-fact'}>{fact}</span>
      )}
    </p>
  );
}
