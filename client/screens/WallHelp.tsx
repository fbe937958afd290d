import type { ReactElement } from 'react';
import { useT } from '../i18n/t.ts';
import { Dialog, DialogExit } from '../panels/Dialog.tsx';

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
export function WallHelp({ onClose }: { onClose: () => void }): ReactElement {
  const { t } = useT();
  return (
    <Dialog id="help" title={t('help.title')} onClose={onClose}>
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
      <p className="dialog-exit">
        <DialogExit words={t('proof.close')} />
      </p>
    </Dialog>
  );
}
