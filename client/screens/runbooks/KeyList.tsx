import type { ReactElement } from 'react';
import { Dialog, DialogExit } from '../../panels/Dialog.tsx';
import { RUN_KEYS, type RunKey } from './run-keys.ts';
import { useWords, type WordKey } from './words.ts';

/** The list behind `?`. */
export function KeyList({ onClose }: { onClose: () => void }): ReactElement {
  const { say } = useWords();
  const rows: readonly [string, WordKey][] = [
    ['j k', 'key.move'],
    ...(Object.entries(RUN_KEYS) as [string, RunKey][])
      .filter(([, command]) => command !== 'next' && command !== 'before')
      .map(([key, command]) => [key, `key.${command}` as WordKey] as [string, WordKey]),
  ];
  return (
    <Dialog id="run-keys" title={say('keys')} onClose={onClose}>
      <dl className="roles">
        {rows.map(([key, word]) => (
          <div key={key}>
            <dt>
              {key.split(' ').map((each) => (
                <kbd key={each}>{each}</kbd>
              ))}
            </dt>
            <dd>{say(word)}</dd>
          </div>
        ))}
      </dl>
      <p className="dialog-exit">
        <DialogExit words={say('back')} />
      </p>
    </Dialog>
  );
}
