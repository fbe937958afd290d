import { type ReactElement, useState } from 'react';
import type { AccountId, PlatformView } from '#contract/budget';
import { mayAdopt } from '#contract/platforms';
import { command } from '../../net/command.ts';
import { Dialog, DialogFoot } from '../../panels/Dialog.tsx';
import { useSending } from '../../panels/use-sending.ts';
import { hasDrift, isOnItsWay, type Settling, settledBy } from './drift.ts';
import { HoldAct } from './HoldAct.tsx';
import { LookButton } from './LookButton.tsx';
import { BeforeAfter, Fact } from './PreviewFacts.tsx';
import type { Desk } from './use-money.ts';
import { type MoneyText, useMoneyText } from './use-money-text.ts';

const WAYS = ['adopt', 'reassert'] as const satisfies readonly Settling[];
const ROWS = ['platform', 'ours', 'leftToday'] as const;

/** A platform whose budget is not ours: what both sides say, what each way out would change, and a person chooses. Money stays where it is. */
export function DriftDialog(props: {
  readonly account: AccountId;
  readonly desk: Desk;
  readonly onClose: () => void;
}): ReactElement | null {
  const { account: id, desk, onClose } = props;
  const text = useMoneyText(desk.accounts);
  const { say, name, amount, span } = text;
  const [how, setHow] = useState<Settling | null>(null);
  const [reason, setReason] = useState('');
  const sending = useSending(text.failure);
  const account = desk.accounts.get(id);
  const view = account?.platform ?? null;
  if (account === undefined || view === null) return null;
  const theirsMinor = view.readBackMinor ?? 0;
  const may = (way: Settling): boolean => (way === 'adopt' ? mayAdopt(desk.role, view) : desk.may.freeze);
  const off =
    desk.off !== ''
      ? desk.off
      : !hasDrift(view)
        ? say('driftGone')
        : how === null
          ? say('needWay')
          : !may(how)
            ? say('needFinance')
            : reason.trim() === ''
              ? say('needReason')
              : '';
  const send = async (): Promise<void> => {
    if (how === null) return;
    const body = { theirsMinor, reason: reason.trim() };
    const taken = await sending.send(() =>
      command<PlatformView>('POST', `/budget/platforms/${account.channel}/${how}`, body),
    );
    desk.reload();
    if (taken) onClose();
  };
  return (
    <Dialog
      id="drift"
      title={say('driftTitle', { name: name(id) })}
      className="proof money-preview"
      first='input[type="radio"]'
      onClose={onClose}
    >
      <p>{say('driftWhy', { object: view.objectId })}</p>
      <DriftTable view={view} how={how} text={text} />
      <dl className="facts-list">
        <Fact name={say('driftSince')}>
          {view.driftSince === null
            ? '—'
            : say('driftSinceText', { span: span(Math.max(0, desk.nowMs - view.driftSince)) })}
        </Fact>
        <Fact name={say('shownRow')}>
          <span data-testid="drift-shown">
            {view.readBackAt === null
              ? say('shownNothing')
              : say('shown', { amount: amount(theirsMinor), age: span(Math.max(0, desk.nowMs - view.readBackAt)) })}
          </span>
          <LookButton channel={account.channel} desk={desk} onFailed={sending.take} />
        </Fact>
        <Fact name={say('ledgerRow')}>{say('ledgerStays', { amount: amount(account.allocated) })}</Fact>
        {isOnItsWay(view) ? <Fact name={say('queueRow')}>{say('onItsWay')}</Fact> : null}
      </dl>
      <fieldset className="by-hand-ends">
        <legend>{say('whichWay')}</legend>
        {WAYS.map((way) => (
          <label key={way} className="check-line by-hand-end">
            <input
              type="radio"
              name="way"
              value={way}
              checked={how === way}
              data-testid={`way-${way}`}
              onChange={() => setHow(way)}
            />
            <span>
              <b>{say(`way.${way}`, { theirs: amount(theirsMinor), ours: amount(view.targetMinor ?? 0) })}</b>{' '}
              {say(`way.${way}.then`, { n: view.changesLeftCount ?? '∞' })}{' '}
              {way === 'adopt' && (view.driftMinor ?? 0) > 0
                ? say('adoptMore', { diff: amount(view.driftMinor ?? 0) })
                : ''}
            </span>
          </label>
        ))}
      </fieldset>
      <label className="field">
        {say('reason')}
        <input
          name="reason"
          maxLength={500}
          autoComplete="off"
          value={reason}
          onChange={({ target }) => setReason(target.value)}
        />
      </label>
      <DialogFoot id="drift" refused={sending.text} off={off} exit={say('back')}>
        <HoldAct
          label={say(how === 'reassert' ? 'holdReassert' : how === 'adopt' ? 'holdAdopt' : 'holdWay')}
          counting="settling"
          testId="drift-send"
          disabled={off !== ''}
          boundTo={`${how} ${theirsMinor}`}
          onSend={send}
        />
      </DialogFoot>
    </Dialog>
  );
}

/** Both sides now, and after the way that is chosen. */
function DriftTable(props: {
  readonly view: PlatformView;
  readonly how: Settling | null;
  readonly text: MoneyText;
}): ReactElement {
  const { view, how, text } = props;
  const { say, amount } = text;
  const after = settledBy(view, how ?? 'adopt');
  return (
    <BeforeAfter
      title={say('driftObject')}
      before={say('nowRow')}
      testId="drift-table"
      rows={ROWS.map((row) => [
        say(`drift.${row}`),
        amount(after[row][0]),
        how === null ? null : amount(after[row][1]),
      ])}
      text={text}
    />
  );
}
