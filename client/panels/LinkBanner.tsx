import { type ReactElement, type ReactNode, useEffect } from 'react';
import { LINK_OFFLINE_MS, LINK_STALE_MS } from '#contract/freshness';
import { UNVERIFIED_AFTER_MS } from '#contract/room';
import { TIER_RANK } from '#contract/tiers';
import { useT } from '../i18n/t.ts';
import { spokenSpan } from '../numbers/time.ts';
import { useConsole } from '../state/console-store.ts';
import { useSame } from '../state/use-same.ts';
import { useTicked } from '../state/use-ticked.ts';
import { FACE_MS, type Face, facesOf, pagesOf } from './faces.ts';
import { IncidentBanner, incidentPages } from './IncidentBanner.tsx';
import { bannerLetters, RoomBanner } from './RoomBanner.tsx';

/** `ok`, `reconnecting` after 3 s of silence, `offline` after 10 s: then actions are off. */
export function useLinkState(): 'ok' | 'reconnecting' | 'offline' {
  return useTicked((nowMs) => {
    const silentMs = nowMs - useConsole.getState().link.heardAtMs;
    return silentMs > LINK_OFFLINE_MS ? 'offline' : silentMs > LINK_STALE_MS ? 'reconnecting' : 'ok';
  }) as 'ok' | 'reconnecting' | 'offline';
}

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
function RoomBannerOr({ children }: { children: ReactNode }): ReactNode {
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

/**
 * How long alerting has not been known to work, in whole minutes; 0 while it is known. Rules were not evaluated, or the canary has
 * not gone the whole way (P16).
 */
function useUnverifiedMs(): number {
  return useConsole(({ frame }) => {
    if (frame === null || frame.alerts.state === 'off') return 0;
    const agoMs = Math.max(frame.alerts.evaluatedAgoMs ?? 0, frame.room?.verifiedAgoMs ?? 0);
    return agoMs > UNVERIFIED_AFTER_MS ? Math.floor(agoMs / 60_000) * 60_000 : 0;
  });
}

/** Takes the place of its children while the link is lost, counting the seconds; nothing else on the page moves. */
export function LinkBanner({ children }: { children: ReactNode }): ReactElement {
  const { t, lang } = useT();
  const state = useLinkState();
  const refusal = useConsole((each) => (each.link.status === 'refused' ? each.link.refusal : null));
  const loading = useConsole((each) => each.frame?.loadingRatio ?? 1);
  const insecure = useConsole((each) => each.frame?.insecure === true);
  const seconds = useTicked((nowMs) => Math.floor((nowMs - useConsole.getState().link.heardAtMs) / 1_000));
  const campaign = useConsole((each) => each.campaign);
  useEffect(() => {
    const name = campaign ? `${t('app.name')} · ${campaign[lang]}` : t('app.name');
    document.title = state === 'offline' ? `${t('link.offlineTitle')} · ${name}` : name;
  }, [state, campaign, lang, t]);
  if (state !== 'ok') {
    const words = t(state === 'offline' ? 'link.offline' : 'link.reconnecting', { n: seconds });
    return (
      <div className="banner" data-testid="banner" data-link={state}>
        <span role="alert" className="sr-only">
          {t(state === 'offline' ? 'link.offlineTitle' : 'link.connecting')}
        </span>
        <span aria-hidden="true">{refusal ? refusedWords(t, refusal) : words}</span>
      </div>
    );
  }
  return (
    <div className="wall-mid">
      <RoomBannerOr>{children}</RoomBannerOr>
      {loading < 1 ? (
        <span className="chip chip-stale" data-testid="loading">
          {t('link.loading', { n: Math.floor(loading * 100) })}
        </span>
      ) : null}
      {insecure ? (
        <span className="chip" data-testid="insecure">
          {t('link.insecure')}
        </span>
      ) : null}
    </div>
  );
}

const refusedWords = (t: ReturnType<typeof useT>['t'], refusal: string): string =>
  refusal === 'protocol' ? t('link.protocol') : t('link.refused', { code: refusal });
