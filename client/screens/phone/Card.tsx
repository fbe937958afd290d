import { type ReactElement, useState } from 'react';
import type { Alert } from '#contract/alerts';
import type { RunbooksReply, RunsReply } from '#contract/runbooks';
import { useDeskWords } from '../../i18n/phone-words.ts';
import { requestJson } from '../../net/http.ts';
import { navigate } from '../../router.ts';
import { useTicked } from '../../state/use-ticked.ts';
import { RowBody } from '../desk/AlertRow.tsx';
import { giveBack, takeAlerts } from '../desk/acts.ts';
import { byUrgency, type DeskRow } from '../desk/list-model.ts';
import { useTold } from '../desk/told.ts';

/** Opens what is being carried out for the alert, else the plan to read and start: a phone in a pocket starts nothing. */
async function openRunbook(alert: Alert): Promise<void> {
  const { runs } = await requestJson<RunsReply>('/api/v1/runs');
  const run = runs.find(({ alertId, state, drill }) => alertId === alert.id && state === 'running' && !drill);
  if (run !== undefined) {
    navigate(`/runs/${run.id}`);
    return;
  }
  const { runbooks } = await requestJson<RunbooksReply>(`/api/v1/runbooks?alert=${encodeURIComponent(alert.id)}`);
  const [best] = runbooks;
  navigate(best === undefined ? '/runbooks' : `/runbooks/${best.id}?alert=${alert.id}`);
}

/** One alert or one storm: what is hurt, number against limit, whose it is, and the three things a thumb can do. */
export function Card({
  row,
  off,
  me,
  checked,
  onCheck,
  onOpen,
  onMore,
}: {
  row: DeskRow;
  off: 'offline' | 'readOnly' | null;
  me: string;
  /** null: many are not being chosen now. */
  checked: boolean | null;
  onCheck: () => void;
  onOpen: () => void;
  onMore: (alert: Alert) => void;
}): ReactElement {
  const { say } = useDeskWords();
  const [busy, setBusy] = useState(false);
  const single = row.kind === 'alert' ? row.alert : null;
  const first = single ?? (row.kind === 'group' ? [...row.alerts].sort(byUrgency)[0] : undefined);
  const over = row.kind === 'alert' && row.over;
  const disabled = off !== null || over;
  const book = (): void => {
    if (first === undefined) return;
    setBusy(true);
    openRunbook(first)
      .catch(() => undefined) // without a link the button does nothing, and the head says why
      .finally(() => setBusy(false));
  };
  return (
    <li
      className="phone-card"
      data-testid="card"
      data-key={row.key}
      data-over={over}
      data-child={row.kind === 'alert' && row.inGroup}
    >
      <div className="phone-card-body">
        {checked === null ? null : (
          <label className="phone-check">
            <input type="checkbox" checked={checked} onChange={onCheck} />
            <span className="sr-only">{say('do.selectMany')}</span>
          </label>
        )}
        <RowBody row={row} />
      </div>
      <p className="phone-card-buttons">
        {single === null && row.kind === 'group' ? (
          <>
            <button
              type="button"
              className="phone-button phone-main"
              disabled={disabled || row.unownedCount === 0}
              data-testid="ack-group"
              onClick={() => void takeAlerts(row.alerts)}
            >
              {say('do.acknowledgeMany', { n: row.unownedCount })}
            </button>
            <button type="button" className="phone-button" disabled={busy} onClick={book}>
              {say('do.runbook')}
            </button>
            <button type="button" className="phone-button" onClick={onOpen} data-testid="open-group">
              {say(row.open ? 'phone.close' : 'phone.open')}
            </button>
          </>
        ) : single === null ? null : (
          <>
            <TakeButton alert={single} me={me} disabled={disabled} />
            <button type="button" className="phone-button" disabled={busy} onClick={book} data-testid="book">
              {say('do.runbook')}
            </button>
            <button type="button" className="phone-button" onClick={() => onMore(single)} data-testid="more">
              {say('do.more')}
            </button>
          </>
        )}
      </p>
    </li>
  );
}

/** Acknowledge; for ten seconds after it the way back; later give back, or take over from somebody else. */
function TakeButton({ alert, me, disabled }: { alert: Alert; me: string; disabled: boolean }): ReactElement {
  const { say } = useDeskWords();
  const undo = useTold(({ told }) => told?.undo?.includes(alert.id) === true && told.undo.length === 1);
  const leftS = useTicked((nowMs) => {
    const { told } = useTold.getState();
    return told === null ? 0 : Math.max(0, Math.ceil((told.untilMs - nowMs) / 1_000));
  });
  if (alert.owner === null)
    return (
      <button
        type="button"
        className="phone-button phone-main"
        disabled={disabled}
        data-testid="ack"
        onClick={() => void takeAlerts([alert])}
      >
        {say('do.acknowledge')}
      </button>
    );
  const mine = alert.owner.name === me;
  return (
    <button
      type="button"
      className="phone-button"
      disabled={disabled}
      data-testid={mine ? 'unack' : 'take-over'}
      onClick={() => void (mine ? giveBack([alert.id]) : takeAlerts([alert], { takeOver: true }))}
    >
      {mine ? (undo ? say('phone.undoIn', { n: leftS }) : say('do.unacknowledge')) : say('do.takeOver')}
    </button>
  );
}
