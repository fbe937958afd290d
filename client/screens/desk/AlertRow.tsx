import type { ReactElement } from 'react';
import { useDeskWords } from '../../i18n/phone-words.ts';
import { figureLine } from '../../numbers/format.ts';
import { spokenSpan } from '../../numbers/time.ts';
import { TierMark } from '../../panels/TierMark.tsx';
import { useConsole } from '../../state/console-store.ts';
import { serverNowMs } from '../../state/server-clock.ts';
import { useFormat } from '../../state/use-figure.ts';
import { useTicked } from '../../state/use-ticked.ts';
import { againstLine, evaluationWord, muteWord, placeLine, recoveryWord, titleOf } from './alert-words.ts';
import type { AlertRowModel, DeskRow, GroupRowModel } from './list-model.ts';

/** Time since an instant of the server's clock, in words, on this screen's own monotonic clock. */
export function useAge(sinceMs: number): string {
  const { lang } = useDeskWords();
  return useTicked((nowMs) => {
    const serverMs = serverNowMs(useConsole.getState().clock, nowMs);
    return serverMs === null ? '' : spokenSpan(serverMs - sinceMs, lang);
  });
}

/** One line: what is hurt, how badly, where, what it costs, whose it is and since when. */
export function RowBody({ row }: { row: DeskRow }): ReactElement {
  return row.kind === 'alert' ? <AlertBody row={row} /> : <GroupBody row={row} />;
}

function AlertBody({ row: { alert, over } }: { row: AlertRowModel }): ReactElement {
  const { say, lang } = useDeskWords();
  const format = useFormat();
  const age = useAge(alert.startsAt);
  const against = againstLine(alert, format);
  const campaign = useConsole((state) => state.campaign);
  const title = titleOf(alert, lang);
  const place = placeLine(alert, title, lang, campaign);
  const recovery = over ? null : recoveryWord(alert, say, campaign?.timeZone ?? 'Asia/Shanghai');
  const notes = [recovery, evaluationWord(alert, say), muteWord(alert, say)].filter((word) => word !== null);
  const money = alert.costMinorPerMinute;
  return (
    <>
      <TierMark tier={alert.tier} />
      <span className="row-main">
        <span className="row-title">{title}</span>
        <span className="row-facts">
          {over ? <span className="row-note">{say('row.over')}</span> : null}
          {notes.map((note) => (
            <span key={note} className="row-note">
              {note}
            </span>
          ))}
          {against === null ? null : <span>{against}</span>}
          {money !== null && money > 0 ? (
            <span className="row-money">{say('row.perMinute', { money: figureLine(money, 'minor', format) })}</span>
          ) : null}
          {place === '' ? null : <span className="row-place">{place}</span>}
        </span>
      </span>
      <span className="row-who">
        <span className={alert.owner === null ? 'row-unowned' : 'row-owner'}>
          {alert.owner?.name ?? say('row.unowned')}
        </span>
        <span className="row-age">{age}</span>
      </span>
    </>
  );
}

function GroupBody({ row }: { row: GroupRowModel }): ReactElement {
  const { say, lang } = useDeskWords();
  const format = useFormat();
  const age = useAge(row.startsAt);
  const [first] = row.alerts;
  const money = row.costMinorPerMinute;
  return (
    <>
      <TierMark tier={row.tier} />
      <span className="row-main">
        <span className="row-title">
          <span className="row-count">×{row.alerts.length}</span>{' '}
          {first === undefined ? row.rule : titleOf(first, lang)}
        </span>
        <span className="row-facts">
          <span className="row-note">{say('row.storm', { n: row.alerts.length })}</span>
          {money !== null && money > 0 ? (
            <span className="row-money">{say('row.perMinute', { money: figureLine(money, 'minor', format) })}</span>
          ) : null}
        </span>
      </span>
      <span className="row-who">
        <span className={row.unownedCount > 0 ? 'row-unowned' : 'row-owner'}>
          {say('row.stormUnowned', { n: row.unownedCount })}
        </span>
        <span className="row-age">{age}</span>
      </span>
    </>
  );
}
