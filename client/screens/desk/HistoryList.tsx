import type { ReactElement } from 'react';
import type { AlertHistoryEntry } from '#contract/alerts';
import { sayOr, useDeskWords } from '../../i18n/desk-words.ts';
import { useT } from '../../i18n/t.ts';
import { clockTime } from '../../numbers/time.ts';
import { useConsole } from '../../state/console-store.ts';
import { useFormat } from '../../state/use-figure.ts';
import { measureLine } from './alert-words.ts';

/** One line of an alert's life, in words. */
export function HistoryLine({ entry, unit }: { entry: AlertHistoryEntry; unit: string }): ReactElement {
  const { say } = useDeskWords();
  const { t } = useT();
  const format = useFormat();
  const zone = useConsole((state) => state.campaign?.timeZone ?? 'Asia/Shanghai');
  const { type, at, actor, tier, value, reason, text, from } = entry;
  const key = from === undefined ? `history.${type}` : `history.${type}.from`;
  const words = sayOr(say, key, 'history.other', {
    type,
    who: actor.kind === 'user' ? actor.name : '',
    tier: t(`tier.${tier}`),
    value: value === null ? '' : measureLine(value, unit, format),
    reason: reason === undefined ? '' : sayOr(say, `reason.${reason}`, 'history.other', { type: reason }),
    text: text ?? '',
    from: from ?? '',
  });
  const quoted = text !== undefined && !type.endsWith('notification');
  return (
    <li className="history-line" data-type={type}>
      <time>{clockTime(at, zone)}</time>
      <span>
        {words}
        {quoted ? <q>{text}</q> : null}
      </span>
    </li>
  );
}

/** Newest first: what just happened is what matters. */
export function HistoryList({ history, unit }: { history: readonly AlertHistoryEntry[]; unit: string }): ReactElement {
  return (
    <ul className="history" data-testid="history">
      {[...history].reverse().map((entry) => (
        <HistoryLine key={`${entry.version}${entry.type}${entry.at}${entry.text ?? ''}`} entry={entry} unit={unit} />
      ))}
    </ul>
  );
}
