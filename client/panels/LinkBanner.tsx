import { type ReactElement, type ReactNode, useEffect } from 'react';
import { LINK_OFFLINE_MS, LINK_STALE_MS } from '#contract/freshness';
import { useT } from '../i18n/t.ts';
import { useConsole } from '../state/console-store.ts';
import { useTicked } from '../state/use-ticked.ts';
import { StackedHead } from './StackedHead.tsx';

/** `ok`, `reconnecting` after 3 s of silence, `offline` after 10 s: then actions are off. */
export function useLinkState(): 'ok' | 'reconnecting' | 'offline' {
  return useTicked((nowMs) => {
    const silentMs = nowMs - useConsole.getState().link.heardAtMs;
    return silentMs > LINK_OFFLINE_MS ? 'offline' : silentMs > LINK_STALE_MS ? 'reconnecting' : 'ok';
  }) as 'ok' | 'reconnecting' | 'offline';
}

/** What the room works on and what it is told, with what else stands there. */
export type RoomPart = (props: { readonly children: ReactNode }) => ReactNode;

/** Takes the place of its children while the link is lost, counting the seconds; nothing else on the page moves. */
export function LinkBanner({
  Head = StackedHead,
  children,
}: {
  /** What the room works on and what it is told, before its children; both under each other when absent. */
  readonly Head?: RoomPart | undefined;
  readonly children: ReactNode;
}): ReactElement {
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
      <Head>{children}</Head>
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
