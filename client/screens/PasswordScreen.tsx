import { type FormEvent, type ReactElement, useState } from 'react';
import '../i18n/scene-words.ts';
import type { PasswordBody } from '#contract/people';
import { useT } from '../i18n/t.ts';
import { RequestFailed, requestJson } from '../net/http.ts';
import { currentSession } from '../net/session.ts';
import { homeOf, navigate, safeNext, useRoute } from '../router.ts';
import { useConsole } from '../state/console-store.ts';

/** Whoever came by a link chooses a password here; without one the next visit needs another link. */
export default function PasswordScreen(): ReactElement {
  const { t } = useT();
  const { query } = useRoute();
  const session = useConsole((state) => state.session);
  const [failed, setFailed] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const hasOne = typeof session === 'object' && session.passwordSet;
  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const current = String(form.get('current') ?? '');
    const body: PasswordBody = { password: String(form.get('password')), ...(current === '' ? {} : { current }) };
    setBusy(true);
    setFailed(null);
    try {
      await requestJson('/api/v1/users/current/password', { method: 'PUT', body });
      const renewed = await currentSession();
      useConsole.getState().applySession(renewed);
      navigate(safeNext(query, homeOf(renewed.role)), { replace: true });
    } catch (error) {
      setFailed(error instanceof RequestFailed ? error.code : 'internal');
      setBusy(false);
    }
  };
  return (
    <main className="gate">
      <form className="gate-card" onSubmit={submit} aria-busy={busy}>
        <p className="gate-app">{t('app.name')}</p>
        <h1>{t('password.title')}</h1>
        {hasOne ? (
          <label>
            {t('password.current')}
            <input name="current" type="password" autoComplete="current-password" required maxLength={256} />
          </label>
        ) : (
          <p className="gate-quiet">{t('password.why')}</p>
        )}
        <label>
          {t('password.new')}
          <input name="password" type="password" autoComplete="new-password" required minLength={12} maxLength={256} />
        </label>
        {failed ? (
          <p role="alert" className="gate-error">
            {failed === 'password_weak' ? t('password.weak') : t('password.failed', { code: failed })}
          </p>
        ) : null}
        <button type="submit" className="button button-main" disabled={busy}>
          {t('password.submit')}
        </button>
        <p className="gate-links">
          <a href="/wall">{t('password.later')}</a>
        </p>
      </form>
    </main>
  );
}
