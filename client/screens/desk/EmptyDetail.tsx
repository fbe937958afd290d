import type { ReactElement } from 'react';
import { useDeskWords } from '../../i18n/desk-words.ts';
import { keyOf } from './keys.ts';

/** Nothing is chosen: says how to choose. */
export function EmptyDetail(): ReactElement {
  const { say } = useDeskWords();
  const hint = say('detail.emptyHint', { j: ' j ', k: ' k ', help: ' ? ' }).split(' ');
  const keys = new Set([keyOf('next'), keyOf('before'), keyOf('help')]);
  return (
    <div className="detail-empty" data-testid="detail-empty">
      <p>{say('detail.empty')}</p>
      <p className="quiet">
        {hint.map((part, place) => (keys.has(part) ? <kbd key={`${part}${place}`}>{part}</kbd> : ` ${part} `))}
      </p>
    </div>
  );
}
