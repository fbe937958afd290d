import { type ReactElement, useEffect, useRef } from 'react';
import { useT } from '../i18n/t.ts';

const KEYS = [
  ['1 – 7', 'help.scenes'],
  ['← →', 'help.step'],
  ['Space', 'help.hold'],
  ['d', 'help.dim'],
  ['f', 'help.full'],
  ['m', 'help.sound'],
  ['l', 'help.lang'],
  ['?', 'help.help'],
] as const;

/** What the keys of the wall do. */
export function WallHelp({ open, onClose }: { open: boolean; onClose: () => void }): ReactElement {
  const { t } = useT();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (open && !dialog.current?.open) dialog.current?.showModal();
    if (!open) dialog.current?.close();
  }, [open]);
  return (
    <dialog ref={dialog} className="proof" aria-labelledby="help-title" data-testid="help" onClose={onClose}>
      <h2 id="help-title">{t('help.title')}</h2>
      <dl>
        {KEYS.map(([key, words]) => (
          <div className="proof-fact" key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{t(words)}</dd>
          </div>
        ))}
      </dl>
      <p>{t('help.proof')}</p>
      <form method="dialog">
        <button type="submit" className="button">
          {t('proof.close')} <kbd>Esc</kbd>
        </button>
      </form>
    </dialog>
  );
}
