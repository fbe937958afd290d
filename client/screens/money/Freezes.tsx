import { type ReactElement, useState } from 'react';
import { FREEZE_DIRECTIONS, type Freeze, type FreezeDirection, type FreezeReply } from '#contract/budget';
import { command } from '../../net/command.ts';
import { Dialog, DialogFoot } from '../../panels/Dialog.tsx';
import { HoldButton } from '../../panels/HoldButton.tsx';
import { useSending } from '../../panels/use-sending.ts';
import type { Desk } from './use-money.ts';
import { type MoneyText, useMoneyText } from './use-money-text.ts';

/** A week; the server takes no longer one. */
const FREEZE_MOST_MINUTES = 10_080;

/** Who stopped what and until when; lifting it is for finance and the commander. */
export function FreezeBanner({ desk }: { desk: Desk }): ReactElement | null {
  const text = useMoneyText(desk.accounts);
  const { say } = text;
  const sending = useSending(text.failure);
  const { freezes, ledgerFrozen } = desk.budget;
  if (freezes.length === 0 && ledgerFrozen === null) return null;
  const run = (method: 'POST' | 'DELETE', path: string): void => {
    void sending.send(() => command(method, path, ...(method === 'POST' ? [{}] : []))).then(desk.reload);
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
        {sending.text}
      </p>
    </section>
  );
}

function freezeWords({ channels, direction, by, reason, source, until }: Freeze, text: MoneyText): string {
  const { say, code, name, time } = text;
  const words = say('freezeOf', {
    channels: channels.includes('*') ? say('freezeAll') : channels.map((id) => name(`chan:${id}`)).join(', '),
    direction: code(`direction.${direction}`),
    who: 'name' in by ? by.name : by.id,
    reason: source === 'runbook' ? say('freezeByRun') : reason,
  });
  return until === null ? words : `${words} · ${say('freezeUntil', { time: time(until) })}`;
}

/** The brake: one channel or all, no increases or no moves at all, for minutes or until it is lifted. Held for a second, then at once. */
export function FreezeDialog({ desk, onClose }: { desk: Desk; onClose: () => void }): ReactElement {
  const text = useMoneyText(desk.accounts);
  const { say, code, name } = text;
  const [channel, setChannel] = useState('*');
  const [direction, setDirection] = useState<FreezeDirection>('increases');
  const [minutes, setMinutes] = useState('');
  const [reason, setReason] = useState('');
  const sending = useSending(text.failure);
  const isTime =
    minutes === '' || (/^\d{1,5}$/.test(minutes) && Number(minutes) >= 1 && Number(minutes) <= FREEZE_MOST_MINUTES);
  // the brake works while the ledger is frozen
  const stopped = desk.budget.ledgerFrozen === null ? desk.off : '';
  const off = stopped !== '' ? stopped : reason.trim() === '' ? say('needReason') : isTime ? '' : say('badMinutes');
  const send = async (): Promise<void> => {
    const body = {
      channels: [channel],
      direction,
      reason: reason.trim(),
      ...(minutes === '' ? {} : { minutes: Number(minutes) }),
    };
    const taken = await sending.send(() => command<FreezeReply>('POST', '/budget/freezes', body));
    desk.reload();
    if (taken) onClose();
  };
  return (
    <Dialog id="freeze-dialog" title={say('freezeTitle')} className="proof form-dialog" onClose={onClose}>
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
        <DialogFoot id="freeze" refused={sending.text} off={off} exit={say('back')}>
          <HoldButton
            label={say('holdFreeze')}
            testId="freeze-send"
            disabled={off !== '' || sending.busy}
            onHeld={() => void send()}
          />
        </DialogFoot>
      </div>
    </Dialog>
  );
}
