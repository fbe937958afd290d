import type { ReactElement } from 'react';
import { useDeskWords } from '../../i18n/desk-words.ts';
import type { DeskKey } from '../../i18n/zh-desk.ts';
import { useSingleKeys } from '../../keys/use-keys.ts';
import { type DeskVerb, keyOf } from './keys.ts';

/** A command with the key that does the same; switched off it says why. */
export function CommandButton({
  verb,
  words,
  off,
  main = false,
  onPress,
}: {
  readonly verb: DeskVerb | null;
  readonly words: DeskKey;
  /** Why it cannot be pressed; null when it can. */
  readonly off: DeskKey | null;
  readonly main?: boolean;
  readonly onPress: () => void;
}): ReactElement {
  const { say } = useDeskWords();
  const keys = useSingleKeys();
  return (
    <button
      type="button"
      className={main ? 'button button-main' : 'button'}
      disabled={off !== null}
      title={off === null ? undefined : say(off)}
      data-testid={`do-${words.slice(words.indexOf('.') + 1)}`}
      onClick={onPress}
    >
      {say(words)}
      {verb !== null && keys ? <kbd>{keyOf(verb)}</kbd> : null}
    </button>
  );
}
