import { type FormEvent, type ReactElement, useState } from 'react';
import { useT } from '../i18n/t.ts';
import { RequestFailed, requestJson } from '../net/http.ts';
import { useLinkState } from '../panels/LinkBanner.tsx';

/** Lets a wall in that shows a pairing code. Off while the link is lost: nobody could see whether it took effect. */
export function KioskApproval(): ReactElement {
  const { t } = useT();
  const offline = useLinkState() === 'offline';
  const [said, setSaid] = useState<string | null>(null);
  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget;
    const fields = new FormData(form);
    const body = { code: String(fields.get('code')), name: String(fields.get('wall')) };
    try {
      await requestJson('/api/v1/kiosks', { method: 'POST', body });
      setSaid(t('pair.done', { name: body.name }));
      form.reset();
    } catch (error) {
      setSaid(t('pair.failed', { code: error instanceof RequestFailed ? error.code : 'internal' }));
    }
  };
  return (
    <form className="pair" onSubmit={submit}>
      <label>
        {t('pair.code')} <input name="code" required maxLength={32} autoComplete="off" />
      </label>
      <label>
        {t('pair.name')} <input name="wall" required maxLength={64} autoComplete="off" />
      </label>
      <button
        type="submit"
        className="button"
        disabled={offline}
        title={offline ? t('action.off') : ''}
        data-testid="pair"
      >
        {t('pair.submit')}
      </button>
      {offline ? <span data-testid="action-off">{t('action.off')}</span> : null}
      <span role="status">{said}</span>
    </form>
  );
}
