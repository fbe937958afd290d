import type { ReactNode } from 'react';
import { TIER_RANK } from '#contract/tiers';
import { useT } from '../i18n/t.ts';
import { spokenSpan } from '../numbers/time.ts';
import { useConsole } from '../state/console-store.ts';
import { useSame } from '../state/use-same.ts';
import { useTicked } from '../state/use-ticked.ts';
import { bannerLetters, FACE_MS, type Face, facesOf, incidentPages, pagesOf } from './faces.ts';
import { IncidentBanner } from './IncidentBanner.tsx';
import { RoomBanner } from './RoomBanner.tsx';
import { useUnverifiedMs } from './use-unverified.ts';

/** There is room for one at a time: what the room works on and what it is told take turns, the more urgent one first. */
function useFaces(narrow: boolean): readonly Face[] {
  const banner = useConsole(({ frame }) => frame?.banner);
  const incident = useSame(({ frame }) => frame?.room?.incident);
  const scale = useConsole((state) => state.wallScale);
  const lang = useConsole((state) => state.lang);
  const first = banner !== undefined && incident !== undefined && TIER_RANK[banner.tier] > TIER_RANK[incident.tier];
  return facesOf(
    incident === undefined ? [] : incidentPages(incident, lang, scale, narrow),
    banner === undefined ? [] : pagesOf(banner.text[lang], bannerLetters(narrow)),
    first,
  );
}

/** What the room works on and what it is told stand before where the sale is. */
export function RoomHead({ children }: { children: ReactNode }): ReactNode {
  const unverifiedMs = useUnverifiedMs();
  const { t, lang } = useT();
  const narrow = unverifiedMs > 0;
  const faces = useFaces(narrow);
  const turn = useTicked((nowMs) => (faces.length < 2 ? 0 : Math.floor(nowMs / FACE_MS) % faces.length));
  const face = faces[turn] ?? faces[0] ?? null;
  const count = faces.length < 2 ? '' : `${turn + 1}/${faces.length}`;
  const shown = face?.of ?? null;
  return (
    <>
      {count === '' ? null : (
        // said once and whole, whatever takes turns beside it
        <span className="sr-only" role="status">
          {faces.map(({ text }) => text).join(' ')}
        </span>
      )}
      {face?.of === 'banner' ? <RoomBanner text={face.text} count={count} /> : null}
      {face?.of === 'incident' ? <IncidentBanner narrow={narrow} text={face.text} count={count} /> : null}
      {unverifiedMs > 0 ? (
        <span className="chip chip-stale" role="status" data-testid="alerting-unverified">
          {t('strip.unverified')} {shown === null ? spokenSpan(unverifiedMs, lang) : ''}
        </span>
      ) : null}
      {shown !== null || unverifiedMs > 0 ? null : children}
    </>
  );
}
