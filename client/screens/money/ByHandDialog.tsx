import { type ReactElement, useState } from 'react';
import type { MoveReply, MoveView } from '#contract/budget';
import { command } from '../../net/command.ts';
import { Dialog, DialogFoot } from '../../panels/Dialog.tsx';
import { useSending } from '../../panels/use-sending.ts';
import { parseField } from './amounts.ts';
import { appliedOf, begunAt, type OpenCommand, seenOf } from './by-hand.ts';
import { HoldAct } from './HoldAct.tsx';
import { LookButton } from './LookButton.tsx';
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
  const [end, setEnd] = useState<(typeof ENDS)[number] | null>(null);
  const [part, setPart] = useState('');
  const [note, setNote] = useState('');
  const sending = useSending(text.failure);
  const [unit] = useState(desk.unit);
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
  const send = async (): Promise<void> => {
    if (applied === null) return;
    const body = { commandId: sent.id, appliedMinor: applied, note: note.trim() };
    const taken = await sending.send(() => command<MoveReply>('POST', `/budget/transfers/${move.id}/confirm`, body));
    desk.reload();
    if (taken) onClose();
  };
  const seen = seenOf(sent, platform, begunAt(move));
  const readAt = platform?.readBackAt ?? null;
  return (
    <Dialog id="by-hand" title={say('byHandTitle')} className="proof money-preview" onClose={onClose}>
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
          <LookButton channel={platform === null ? null : (row?.channel ?? null)} desk={desk} onFailed={sending.take} />
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
      <DialogFoot id="by-hand" refused={sending.text} off={off} exit={say('back')}>
        <HoldAct
          label={say('holdByHand')}
          counting="booking"
          testId="by-hand-send"
          disabled={off !== ''}
          boundTo={`${end} ${applied}`}
          onSend={send}
        />
      </DialogFoot>
    </Dialog>
  );
}
