import { type ReactElement, useEffect, useRef } from 'react';
import { GO } from '../../keys/decide.ts';
import { setSingleKeys, useSingleKeys } from '../../keys/use-keys.ts';
import type { PageKey } from './PageFrame.tsx';
import { useFrameWords } from './words.ts';

/** The keys of the page and those that lead elsewhere, and the switch that turns single keys off. */
export function KeyHelp(props: {
  readonly open: boolean;
  readonly keys: readonly PageKey[];
  readonly onClose: () => void;
}): ReactElement {
  const { open, keys, onClose } = props;
  const { say } = useFrameWords();
  const on = useSingleKeys();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (open && !dialog.current?.open) dialog.current?.showModal();
    if (!open) dialog.current?.close();
  }, [open]);
  const rows: [string, string][] = [
    ...keys.map(({ key, words }): [string, string] => [key, words]),
    ...Object.entries(GO).map(([key, page]): [string, string] => [`g ${key}`, say('go', { page: say(page) })]),
    ['?', say('thisList')],
  ];
  return (
    <dialog ref={dialog} className="proof" aria-labelledby="keys-title" data-testid="key-help" onClose={onClose}>
      <h2 id="keys-title">{say('keys')}</h2>
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
      <form method="dialog">
        <button type="submit" className="button">
          {say('close')} <kbd>Esc</kbd>
        </button>
      </form>
    </dialog>
  );
}
