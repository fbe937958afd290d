import '../i18n/scene-words.ts';
import { type ReactElement, useEffect, useState } from 'react';
import { useT } from '../i18n/t.ts';
import { retryDelayMs } from '../net/backoff.ts';
import { RequestFailed } from '../net/http.ts';
import { askPairing, claimPairing } from '../net/session.ts';
import { spokenSpan } from '../numbers/time.ts';
import { navigate } from '../router.ts';
import { useConsole } from '../state/console-store.ts';
import { LangSwitch } from './LangSwitch.tsx';

const ASK_EVERY_MS = 2_000;
type Pairing =
  | { readonly kind: 'asking' }
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'expired' }
  | { readonly kind: 'code'; readonly code: string; readonly endsAtMs: number };

/** Asks for a code, shows it, and asks every 2 s whether somebody approved it; a code that ran out is replaced. */
function usePairing(): Pairing {
  const [pairing, setPairing] = useState<Pairing>({ kind: 'asking' });
  useEffect(() => {
    let left = false;
    let timer: ReturnType<typeof setTimeout> | null = null;
    let attempt = 0;
    const later = (run: () => void, ms: number): void => {
      if (!left) timer = setTimeout(run, ms);
    };
    const ask = async (): Promise<void> => {
      try {
        const { code, secret, expiresAtMs } = await askPairing();
        if (left) return;
        attempt = 0;
        // Only a length is taken from two clocks that may differ: what is left is counted by ours, at most 10 minutes.
        const leftMs = Math.min(600_000, Math.max(30_000, expiresAtMs - Date.now()));
        setPairing({ kind: 'code', code, endsAtMs: performance.now() + leftMs });
        later(() => void claim({ code, secret }), ASK_EVERY_MS);
      } catch {
        if (left) return;
        setPairing({ kind: 'unreachable' });
        later(() => void ask(), retryDelayMs(attempt++, Math.random()));
      }
    };
    const claim = async (pair: { code: string; secret: string }): Promise<void> => {
      try {
        const reply = await claimPairing(pair);
        if (left) return;
        if (reply.state === 'waiting') return later(() => void claim(pair), ASK_EVERY_MS);
        useConsole.getState().applySession(reply.session);
        navigate('/wall', { replace: true });
      } catch (error) {
        if (left) return;
        const gone = error instanceof RequestFailed && (error.status === 410 || error.status === 404);
        if (gone) {
          setPairing({ kind: 'expired' });
          return later(() => void ask(), 1_000);
        }
        later(() => void claim(pair), ASK_EVERY_MS * 2);
      }
    };
    void ask();
    return () => {
      left = true;
      if (timer !== null) clearTimeout(timer);
    };
  }, []);
  return pairing;
}

/** A wall has no keyboard: it shows a code, and somebody with the right lets it in. */
export default function KioskScreen(): ReactElement {
  const { t, lang } = useT();
  const pairing = usePairing();
  const [, setSecond] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setSecond((second) => second + 1), 1_000);
    return () => clearInterval(timer);
  }, []);
  return (
    <main className="gate">
      <div className="gate-card gate-kiosk">
        <p className="gate-app">{t('app.name')}</p>
        <h1>{t('kiosk.title')}</h1>
        {pairing.kind === 'code' ? (
          <>
            <output className="kiosk-code" data-testid="kiosk-code">
              {pairing.code}
            </output>
            <p>{t('kiosk.hint')}</p>
            <p className="gate-quiet">
              {t('kiosk.wait')} · {t('kiosk.left', { time: spokenSpan(pairing.endsAtMs - performance.now(), lang) })}
            </p>
          </>
        ) : (
          <p role="status">{t(`kiosk.${pairing.kind === 'asking' ? 'wait' : pairing.kind}`)}</p>
        )}
        <p className="gate-links">
          <a href="/login">{t('kiosk.back')}</a>
          <LangSwitch />
        </p>
      </div>
    </main>
  );
}
