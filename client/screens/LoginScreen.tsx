import { type FormEvent, type ReactElement, useState } from 'react';
import { useT } from '../i18n/t.ts';
import { RequestFailed } from '../net/http.ts';
import { openSession } from '../net/session.ts';
import { homeOf, navigate, safeNext, useRoute } from '../router.ts';
import { useConsole } from '../state/console-store.ts';
import { LangSwitch } from './LangSwitch.tsx';
import { loginFailure } from './login-failure.ts';
import { useLoginWords } from './login-words.ts';
import { ThemeSwitch } from './ThemeSwitch.tsx';

/**
 * Name and password. @param failed - what became of the link that led here
 * A refusal keeps what was typed and says what to do. */
export default function LoginScreen({ failed }: { failed: RequestFailed | null }): ReactElement {
  const { t } = useT();
  const { say } = useLoginWords();
  const { query } = useRoute();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<RequestFailed | null>(failed);
  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setError(null);
    try {
      const session = await openSession({ name: String(form.get('name')), password: String(form.get('password')) });
      useConsole.getState().applySession(session);
      navigate(safeNext(query, homeOf(session.role)), { replace: true });
    } catch (caught) {
      setError(caught instanceof RequestFailed ? caught : new RequestFailed('internal', 0, String(caught)));
      setBusy(false);
    }
  };
  return (
    <main className="gate">
      <form className="gate-card" onSubmit={submit} aria-busy={busy}>
        <p className="gate-app">{t('app.name')}</p>
        <h1>{say('title')}</h1>
        <label>
          {say('name')}
          <input name="name" autoComplete="username" required maxLength={64} />
        </label>
        <label>
          {say('password')}
          <input name="password" type="password" autoComplete="current-password" required maxLength={256} />
        </label>
        {error ? (
          <p role="alert" className="gate-error" data-testid="login-error">
            {loginFailure(say, error, error === failed)}
          </p>
        ) : null}
        <button type="submit" className="button button-main" disabled={busy}>
          {busy ? say('busy') : say('submit')}
        </button>
        <p className="gate-links">
          <a href="/kiosk">{say('kiosk')}</a>
          <LangSwitch />
          <ThemeSwitch />
        </p>
      </form>
    </main>
  );
}
