import { type ReactElement, useEffect, useRef, useState } from 'react';
import type { MoveReply, MoveView, PlatformView } from '#contract/budget';
import { command } from '../../net/command.ts';
import { requestJson } from '../../net/http.ts';
import { appliedOf, begunAt, type OpenCommand, seenOf } from './by-hand.ts';
import { HoldAct } from './HoldAct.tsx';
import { parseField } from './model.ts';
import { Fact } from './PreviewFacts.tsx';
import type { Desk } from './use-money.ts';
import { useMoneyText } from './use-money-text.ts';

const ENDS = ['all', 'none', 'part'] as const;
const SEEN = {
  asSent: 'seenAsSent',
  asBefore: 'seenAsBefore',
  other: 'seenOther',
  notSent: 'seenNotSent',
  old: 'seenOld',
  unread: 'seenUnread',
} as const;
const SENT = { decrease: 'sentDecrease', increase: 'sentIncrease', restore: 'sentRestore' } as const;

/** A command that nobody answered: what was sent, what the platform shows, and a person says which of its ends came about. */
export function ByHandDialog(props: {
  readonly sent: OpenCommand;
  readonly move: MoveView;
  readonly desk: Desk;
  readonly onClose: () => void;
}): ReactElement {
  const { sent, move, desk, onClose } = props;
  const text = useMoneyText(desk.accounts);
  const { say, name, amount, span } = text;
  const dialog = useRef<HTMLDialogElement>(null);
  const [end, setEnd] = useState<(typeof ENDS)[number] | null>(null);
  const [part, setPart] = useState('');
  const [note, setNote] = useState('');
  const [refused, setRefused] = useState('');
  const [looking, setLooking] = useState(false);
  const [unit] = useState(desk.unit);
  useEffect(() => {
    const box = dialog.current;
    if (!box?.open) box?.showModal();
    return () => box?.close();
  }, []);
  const { account, other, direction, amountMinor } = sent;
  const row = desk.accounts.get(account);
  const platform = row?.platform ?? null;
  const names = { name: name(account), other: name(other), amount: amount(amountMinor) };
  const applied = end === null ? null : appliedOf(end, amountMinor, parseField(part, unit));
  const off =
    desk.off !== ''
      ? desk.off
      : end === null
        ? say('needEnd')
        : applied === null
          ? say('partBetween', { amount: names.amount })
          : note.trim() === ''
            ? say('needReason')
            : '';
  const look = (): void => {
    setLooking(true);
    setRefused('');
    requestJson<PlatformView>(`/api/v1/budget/platforms/${row?.channel ?? ''}/look`, { method: 'POST' })
      .then(desk.reload, (error: unknown) => setRefused(text.failure(error)))
      .finally(() => setLooking(false));
  };
  const send = async (): Promise<void> => {
    if (applied === null) return;
    try {
      await command<MoveReply>('POST', `/budget/transfers/${move.id}/confirm`, {
        commandId: sent.id,
        appliedMinor: applied,
        note: note.trim(),
      });
      onClose();
    } catch (error) {
      setRefused(text.failure(error));
    } finally {
      desk.reload();
    }
  };
  const seen = seenOf(sent, platform, begunAt(move));
  const readAt = platform?.readBackAt ?? null;
  return (
    <dialog
      ref={dialog}
      className="proof money-preview"
      aria-labelledby="by-hand-title"
      data-testid="by-hand"
      onClose={onClose}
    >
      <h2 id="by-hand-title">{say('byHandTitle')}</h2>
      <p>{say('byHandWhy')}</p>
      <dl className="facts-list">
        <Fact name={say('sentRow')}>
          <span data-testid="by-hand-sent">{say(SENT[direction], names)}</span>
          {platform === null || platform.targetMinor === null || seen === 'notSent' ? null : (
            <span>{say('sentTarget', { amount: amount(platform.targetMinor), object: platform.objectId })}</span>
          )}
        </Fact>
        <Fact name={say('shownRow')}>
          <span data-testid="by-hand-shown">
            {platform === null || platform.readBackMinor === null || readAt === null
              ? say('shownNothing')
              : say('shown', { amount: amount(platform.readBackMinor), age: span(Math.max(0, desk.nowMs - readAt)) })}
          </span>
          <span>{say(SEEN[seen])}</span>
          {platform === null ? null : (
            <button
              type="button"
              className="button"
              disabled={looking || desk.off !== ''}
              data-testid="look"
              onClick={look}
            >
              {say(looking ? 'looking' : 'look')}
            </button>
          )}
        </Fact>
      </dl>
      <fieldset className="by-hand-ends">
        <legend>{say('whichEnd')}</legend>
        {ENDS.map((each) => (
          <label key={each} className="check-line by-hand-end">
            <input
              type="radio"
              name="end"
              value={each}
              checked={end === each}
              data-testid={`end-${each}`}
              onChange={() => setEnd(each)}
            />
            <span>
              <b>{say(`end.${each}`)}</b> {say(`end.${each}.${direction}`, names)}
            </span>
          </label>
        ))}
      </fieldset>
      {end === 'part' ? (
        <label className="field">
          {say('amountField', { unit: unit.suffix === '' ? desk.budget.currency : unit.suffix })}
          <input
            name="part"
            inputMode="decimal"
            autoComplete="off"
            value={part}
            onChange={({ target }) => setPart(target.value)}
          />
        </label>
      ) : null}
      <label className="field">
        {say('noteField')}
        <input
          name="note"
          maxLength={500}
          autoComplete="off"
          value={note}
          onChange={({ target }) => setNote(target.value)}
        />
      </label>
      <p role="alert" className="refused" data-testid="by-hand-refused">
        {refused}
      </p>
      <p className="line">
        <HoldAct
          label={say('holdByHand')}
          counting="booking"
          testId="by-hand-send"
          disabled={off !== ''}
          boundTo={`${end} ${applied}`}
          onSend={send}
        />
        <button type="button" className="button" onClick={() => dialog.current?.close()}>
          {say('back')} <kbd>Esc</kbd>
        </button>
        {off === '' ? null : <span className="preview-off">{off}</span>}
      </p>
    </dialog>
  );
}
