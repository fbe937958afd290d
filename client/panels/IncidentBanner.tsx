import type { ReactElement } from 'react';
import type { FrameIncident } from '#contract/incidents';
import { elide } from '../numbers/format.ts';
import type { Lang } from '../numbers/scale.ts';
import { useConsole } from '../state/console-store.ts';
import { serverNowMs } from '../state/server-clock.ts';
import { useSame } from '../state/use-same.ts';
import { useTicked } from '../state/use-ticked.ts';
import { useBannerWords } from './banner-words.ts';
import { TierMark } from './TierMark.tsx';

const MINUTE_MS = 60_000;
/** Title and how it stands. */
export function incidentText({ title, status }: Pick<FrameIncident, 'title' | 'status'>, lang: Lang): string {
  const told = status === null ? null : (status[lang] ?? status.zh ?? status.en);
  return told === null ? title : `${title} · ${told}`;
}

/** The incident the room works on, on every screen until it is resolved: what, how it stands, who commands, whether a word is due. */
export function IncidentBanner(props: {
  readonly narrow: boolean;
  readonly text: string;
  /** `1/3` where more comes; '' otherwise. */
  readonly count: string;
}): ReactElement | null {
  const { narrow, text, count } = props;
  const { say, lang } = useBannerWords();
  const incident = useSame((state) => state.frame?.room?.incident);
  const scale = useConsole((state) => state.wallScale);
  const overdueMs = useTicked((nowMs) => {
    const due = useConsole.getState().frame?.room?.incident?.nextUpdateAt ?? null;
    const serverMs = serverNowMs(useConsole.getState().clock, nowMs);
    return due === null || serverMs === null ? 0 : Math.max(0, Math.floor((serverMs - due) / MINUTE_MS) * MINUTE_MS);
  });
  if (!incident) return null;
  const { number, tier, state, commander, openCount } = incident;
  const whole = incidentText(incident, lang);
  const alone = scale === 'far' && text !== '';
  // One fact: what most needs somebody.
  const fact =
    overdueMs > 0
      ? say('overdue', { n: overdueMs / MINUTE_MS })
      : state === 'mitigated'
        ? say('mitigated')
        : commander === null
          ? null
          : elide(commander, 12);
  return (
    <p
      className={`room-banner incident-banner tier-${tier}`}
      role={count === '' ? 'status' : undefined}
      aria-hidden={count !== ''}
      data-testid="incident-banner"
      data-state={state}
      title={whole}
    >
      <TierMark tier={tier} />
      {alone ? null : (
        <b>
          {say('incident', { n: number })}
          {openCount > 1 ? ` +${openCount - 1}` : ''}
        </b>
      )}
      {text}
      {count === '' ? null : <span className="banner-fact">{count}</span>}
      {fact === null || narrow || alone ? null : (
        <span className={overdueMs > 0 ? 'banner-fact banner-due' : 'banner-fact'}>{fact}</span>
      )}
    </p>
  );
}
