import { type ReactElement, useEffect, useRef, useState } from 'react';
import { FREEZE_DIRECTIONS, type Freeze, type FreezeDirection, type FreezeReply } from '#contract/budget';
import { command } from '../../net/command.ts';
import { HoldButton } from '../runbooks/HoldButton.tsx';
import type { Desk } from './use-money.ts';
import { type MoneyText, useMoneyText } from './use-money-text.ts';

/** Who stopped what and until when; lifting it is for finance and the commander. */
export function FreezeBanner({ desk }: { desk: Desk }): ReactElement | null {
  const text = useMoneyText(desk.accounts);
  const { say } = text;
  const [refused, setRefused] = useState('');
  const { freezes, ledgerFrozen } = desk.budget;
  if (freezes.length === 0 && ledgerFrozen === null) return null;
  const run = (method: 'POST' | 'DELETE', path: string): void => {
    setRefused('');
    command(method, path, ...(method === 'POST' ? [{}] : []))
      .catch((error: unknown) => setRefused(text.failure(error)))
      .finally(desk.reload);
  };
  return (
    <section className="card freeze-banner" data-testid="freezes" data-frozen={ledgerFrozen !== null} role="status">
      {ledgerFrozen === null ? null : (
        <p className="line">
          <b data-testid="ledger-frozen">{say('ledgerFrozen', { reason: ledgerFrozen.reason })}</b>
          {desk.may.lift ? (
            <HoldButton
              label={say('resume')}
              testId="resume-ledger"
              disabled={false}
              onHeld={() => run('POST', '/budget/ledger/resume')}
            />
          ) : null}
        </p>
      )}
      {freezes.map((freeze) => (
        <p className="line" key={freeze.id} data-testid={`freeze-${freeze.id}`}>
          <b>{say('freezes')}</b> <span>{freezeWords(freeze, text)}</span>
          <span className="quiet">{say('freezeStill')}</span>
          {desk.may.lift && freeze.source !== 'tier' ? (
            <HoldButton
              label={say('lift')}
              testId={`lift-${freeze.id}`}
              disabled={desk.off !== ''}
              onHeld={() => run('DELETE', `/budget/freezes/${encodeURIComponent(freeze.id)}`)}
            />
          ) : null}
        </p>
      ))}
      <p role="alert" className="refused">
        {refused}
      </p>
    </section>
  );
}

function freezeWords({ channels, direction, by, reason, until }: Freeze, text: MoneyText): string {
  const { say, code, name, time } = text;
  const words = say('freezeOf', {
    channels: channels.includes('*') ? say('freezeAll') : channels.map((id) => name(`chan:${id}`)).join(', '),
    direction: code(`direction.${direction}`),
    who: 'name' in by ? by.name : by.id,
    reason,
  });
  return until === null ? words : `${words} · ${say('freezeUntil', { time: time(until) })}`;
}

/** The brake: one channel or all, no increases or no moves at all, for minutes or until it is lifted. Held for a second, then at once. */
export function FreezeDialog({ desk, onClose }: { desk: Desk; onClose: () => void }): ReactElement {
  const text = useMoneyText(desk.accounts);
  const { say, code, name } = text;
  const dialog = useRef<HTMLDialogElement>(null);
  const [channel, setChannel] = useState('*');
  const [direction, setDirection] = useState<FreezeDirection>('increases');
  const [minutes, setMinutes] = useState('');
  const [reason, setReason] = useState('');
  const [refused, setRefused] = useState('');
  useEffect(() => {
    const box = dialog.current;
    if (!box?.open) box?.showModal();
    return () => box?.close();
  }, []);
  const isTime = minutes === '' || /^\d{1,5}$/.test(minutes);
  const off = desk.budget.ledgerFrozen === null ? desk.off : '';
  const send = (): void => {
    setRefused('');
    const body = {
      channels: [channel],
      direction,
      reason: reason.trim(),
      ...(minutes === '' ? {} : { minutes: Number(minutes) }),
    };
    command<FreezeReply>('POST', '/budget/freezes', body).then(
      () => {
        desk.reload();
        onClose();
      },
      (error: unknown) => setRefused(text.failure(error)),
    );
  };
  return (
    <dialog ref={dialog} className="proof" aria-labelledby="freeze-title" data-testid="freeze-dialog" onClose={onClose}>
      <h2 id="freeze-title">{say('freezeTitle')}</h2>
      <div className="stack-form">
        <label className="field">
          {say('channel')}
          <select name="channel" value={channel} onChange={(event) => setChannel(event.target.value)}>
            <option value="*">{say('freezeAll')}</option>
            {desk.channels.map(({ id, channel: each }) => (
              <option key={id} value={each ?? ''}>
                {name(id)}
              </option>
            ))}
          </select>
        </label>
        <label className="field">
          {say('freezeWhat')}
          <select value={direction} onChange={(event) => setDirection(event.target.value as FreezeDirection)}>
            {FREEZE_DIRECTIONS.map((each) => (
              <option key={each} value={each}>
                {code(`direction.${each}`)}
              </option>
            ))}
          </select>
        </label>
        <label className="field">
          {say('minutes')}
          <input
            name="minutes"
            inputMode="numeric"
            value={minutes}
            onChange={(event) => setMinutes(event.target.value)}
          />
        </label>
        <label className="field">
          {say('reason')}
          <input name="reason" maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />
        </label>
        <p role="alert" className="refused">
          {refused}
        </p>
        <p className="line">
          <HoldButton
            label={say('holdFreeze')}
            testId="freeze-send"
            disabled={reason.trim() === '' || !isTime || off !== ''}
            onHeld={send}
          />
          <button type="button" className="button" onClick={() => dialog.current?.close()}>
            {say('back')} <kbd>Esc</kbd>
          </button>
          <span className="quiet">{off !== '' ? off : reason.trim() === '' ? say('needReason') : ''}</span>
        </p>
      </div>
    </dialog>
  );
}
