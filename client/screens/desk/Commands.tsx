import { type ReactElement, useState } from 'react';
import { useDeskWords } from '../../i18n/desk-words.ts';
import { GO } from '../../keys/decide.ts';
import { setSingleKeys, useSingleKeys } from '../../keys/use-keys.ts';
import { Dialog, DialogExit, useCloseDialog } from '../../panels/Dialog.tsx';
import { navigate } from '../../router.ts';
import { useFrameWords } from '../frame/words.ts';
import { DESK_KEYS, type DeskVerb, keyOf } from './keys.ts';

interface Command {
  readonly key: string;
  readonly words: string;
  readonly run: () => void;
}

/** All commands with their keys, behind `?` and Ctrl+K: type a few letters and press Enter; single keys are turned off here. */
export function Commands({ onClose, press }: { onClose: () => void; press: (verb: DeskVerb) => void }): ReactElement {
  const { say } = useDeskWords();
  return (
    <Dialog id="commands" title={say('help.title')} className="proof commands" onClose={onClose}>
      <CommandList press={press} />
    </Dialog>
  );
}

function CommandList({ press }: { press: (verb: DeskVerb) => void }): ReactElement {
  const { say } = useDeskWords();
  const { say: sayFrame } = useFrameWords();
  const close = useCloseDialog();
  const keys = useSingleKeys();
  const [search, setSearch] = useState('');
  const all: Command[] = [
    ...Object.values(DESK_KEYS).map((verb) => ({
      key: keyOf(verb),
      words: say(`key.${verb}`),
      run: () => press(verb),
    })),
    ...Object.entries(GO).map(([key, page]) => ({
      key: `g ${key}`,
      words: sayFrame('go', { page: sayFrame(page) }),
      run: () => navigate(page),
    })),
  ];
  const found = all.filter(({ words, key }) =>
    search
      .toLowerCase()
      .split(/\s+/)
      .every((word) => `${words} ${key}`.toLowerCase().includes(word)),
  );
  const run = ({ run: act }: Command): void => {
    close(); // before it acts: what is behind a dialog takes no keyboard
    act();
  };
  return (
    <>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const [first] = found;
          if (first !== undefined) run(first);
        }}
      >
        <input
          value={search}
          onChange={(event) => setSearch(event.target.value)}
          aria-label={say('help.search')}
          placeholder={say('help.search')}
        />
      </form>
      <ul className="command-list">
        {found.map((command) => (
          <li key={command.key}>
            <button type="button" className="command" onClick={() => run(command)}>
              <kbd>{command.key}</kbd>
              <span>{command.words}</span>
            </button>
          </li>
        ))}
      </ul>
      <label className="check-line">
        <input
          type="checkbox"
          checked={keys}
          onChange={(event) => setSingleKeys(event.target.checked)}
          data-testid="single-keys"
        />
        {say(keys ? 'help.singles' : 'help.singlesOff')}
      </label>
      <p className="dialog-exit">
        <DialogExit words={say('do.close')} />
      </p>
    </>
  );
}
