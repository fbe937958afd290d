import type { ReactElement } from 'react';
import { GO } from '../../keys/decide.ts';
import { setSingleKeys, useSingleKeys } from '../../keys/use-keys.ts';
import { Dialog, DialogExit } from '../../panels/Dialog.tsx';
import type { PageKey } from './PageFrame.tsx';
import { useFrameWords } from './words.ts';

/** The keys of the page and those that lead elsewhere, and the switch that turns single keys off. */
export function KeyHelp(props: { readonly keys: readonly PageKey[]; readonly onClose: () => void }): ReactElement {
  const { keys, onClose } = props;
  const { say } = useFrameWords();
  const on = useSingleKeys();
  const rows: [string, string][] = [
    ...keys.map(({ key, words }): [string, string] => [key, words]),
    ...Object.entries(GO).map(([key, page]): [string, string] => [`g ${key}`, say('go', { page: say(page) })]),
    ['?', say('thisList')],
  ];
  return (
    <Dialog id="key-help" title={say('keys')} onClose={onClose}>
      <dl>
        {rows.map(([key, words]) => (
          <div className="proof-fact" key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
      <label className="check-line">
        <input type="checkbox" checked={on} onChange={(event) => setSingleKeys(event.target.checked)} />
        {say('singleKeys')}
      </label>
      <p className="dialog-exit">
        <DialogExit words={say('close')} />
      </p>
    </Dialog>
  );
}
