import { type ReactElement, useRef, useState } from 'react';
import type { BudgetAccount, MoveReply, MoveView } from '#contract/budget';
import { command } from '../../net/command.ts';
import { FormDialog } from '../../panels/FormDialog.tsx';
import { spokenReason } from '../../panels/own-reasons.ts';
import { type Sending, useSending } from '../../panels/use-sending.ts';
import { driftWords, hasDrift } from './drift.ts';
import { HoldAct } from './HoldAct.tsx';
import { OtherWaits, RailsChanges } from './PreviewFacts.tsx';
import { shortId } from './requests.ts';
import type { Desk } from './use-money.ts';
import { type MoneyText, useMoneyText } from './use-money-text.ts';

/** Two spellings of one name are one person, as the server has it. */
const same = (a: string, b: string): boolean => a.normalize('NFKC').toLowerCase() === b.normalize('NFKC').toLowerCase();

/** What waits for somebody's word: who may give it, until when, and the button for whoever may. */
export function Approvals({ desk, onDrift }: { desk: Desk; onDrift: (account: BudgetAccount) => void }): ReactElement {
  const text = useMoneyText(desk.accounts);
  const { say } = text;
  const sending = useSending(text.failure);
  const [rejected, setRejected] = useState<MoveView | null>(null);
  const [busy, setBusy] = useState<string | null>(null);
  const waiting = desk.moves.filter(({ state }) => state === 'awaiting_approval');
  const drifted = desk.channels.filter(({ platform }) => platform !== null && hasDrift(platform));
  // while somebody holds a button, or counts down, nothing is added, taken away or reworded: it would move under the finger
  const [still, setStill] = useState(false);
  const kept = useRef({ desk, waiting, drifted });
  if (!still) kept.current = { desk, waiting, drifted };
  const shown: Desk = { ...kept.current.desk, nowMs: desk.nowMs, off: desk.off };
  const act = async (id: string, verb: 'approve' | 'reject' | 'cancel', body: object): Promise<boolean> => {
    sending.clear();
    setBusy(id); // until its outcome is known nothing else may be done to this request; others may be decided meanwhile
    try {
      desk.told((await command<MoveReply>('POST', `/budget/transfers/${id}/${verb}`, body)).move);
      return true;
    } catch (error) {
      sending.take(error);
      return false;
    } finally {
      setBusy(null);
      desk.reload();
    }
  };
  return (
    <section
      className="card"
      aria-labelledby="inbox-title"
      data-testid="inbox"
      data-count={waiting.length}
      id="inbox"
      tabIndex={-1}
    >
      <h2 id="inbox-title">
        {say('inbox')} {waiting.length + drifted.length > 0 ? waiting.length + drifted.length : ''}
      </h2>
      <p role="alert" className="refused" data-testid="inbox-refused">
        {rejected === null ? sending.text : ''}
      </p>
      {desk.movesKnown && waiting.length + drifted.length === 0 ? <p className="quiet">{say('inboxNone')}</p> : null}
      {kept.current.drifted.map((account) => (
        <article key={account.id} className="inbox-item" data-testid={`inbox-drift-${account.id}`}>
          <h3>
            {text.name(account.id)} <span className="pill">{say('driftItem')}</span>
          </h3>
          <p className="quiet">{account.platform === null ? '' : driftWords(account.platform, text)}</p>
          {desk.may.freeze ? (
            <p className="line">
              <button
                type="button"
                className="button"
                disabled={desk.off !== ''}
                title={desk.off}
                onClick={() => onDrift(account)}
              >
                {say('settle')} {account === drifted[0] ? <kbd>d</kbd> : null}
              </button>
            </p>
          ) : null}
        </article>
      ))}
      {kept.current.waiting.map((move) => (
        <Waiting
          key={move.id}
          move={move}
          now={waiting.find(({ id }) => id === move.id)?.terms ?? null}
          desk={shown}
          text={text}
          onStill={setStill}
          onApprove={async () => {
            await act(move.id, 'approve', { terms: move.terms });
          }}
          onReject={() => {
            sending.clear();
            setRejected(move);
          }}
          onWithdraw={() => void act(move.id, 'cancel', {})}
          busy={busy === move.id}
        />
      ))}
      {rejected === null ? null : (
        <RejectDialog
          text={text}
          move={rejected}
          sending={{ ...sending, busy: busy === rejected.id }}
          off={desk.off}
          onClose={() => setRejected(null)}
          onReject={async (reason) => {
            const { id, terms } = rejected;
            if (await act(id, 'reject', { reason, terms })) setRejected(null);
          }}
        />
      )}
    </section>
  );
}

function Waiting(props: {
  readonly move: MoveView;
  /** Its terms as they are now; null: it waits no longer. */
  readonly now: string | null;
  readonly desk: Desk;
  readonly text: MoneyText;
  /** Something was sent about it whose outcome is not known yet. */
  readonly busy: boolean;
  readonly onStill: (still: boolean) => void;
  readonly onApprove: () => Promise<void>;
  readonly onReject: () => void;
  readonly onWithdraw: () => void;
}): ReactElement {
  const { move, now, desk, text, busy, onStill, onApprove, onReject, onWithdraw } = props;
  const { say, code, span, time } = text;
  const { id, tier, seats, requestedBy, requestedAt, reason, decideBy, expiresAt, escalation, approvals } = move;
  const own = same(requestedBy.name, desk.me);
  const mine = !own && desk.may.approve && seats.some(({ people }) => people.some(({ name }) => same(name, desk.me)));
  const left = (at: number): string => span(Math.max(0, at - desk.nowMs));
  return (
    <article className="inbox-item" data-testid={`waiting-${id}`} data-mine={mine} data-own={own}>
      <h3>
        <span className="quiet">#{shortId(id)}</span> <MoveLegs move={move} text={text} />{' '}
        <span className="pill">
          {tier} {say('stillNeeded', { n: text.needed(seats) })}
        </span>
      </h3>
      <p className="quiet">
        {say('asked', { who: requestedBy.name, time: time(requestedAt) })} · {spokenReason(reason, text.lang)}
      </p>
      <MoveEnds move={move} desk={desk} text={text} />
      <MoveRails move={move} desk={desk} text={text} />
      <p className="line">
        {decideBy === null ? null : <b data-testid="decide-by">{say('decideBy', { span: left(decideBy) })}</b>}
        {expiresAt === null ? null : <span className="quiet">{say('expiresIn', { span: left(expiresAt) })}</span>}
        {escalation > 0 ? <span className="quiet">{say('escalated', { n: escalation })}</span> : null}
        {approvals
          .filter(({ decision }) => decision === 'approve')
          .map(({ by, seat }) => (
            <span key={seat} className="quiet">
              {code(`seat.${seat}`)}: {say('approvedBy', { who: by.name })}
            </span>
          ))}
      </p>
      <p data-testid="who-may">
        {mine ? `${say('yours')} · ${text.whoOf(seats)}` : say(own ? 'own' : 'waits', { who: text.whoOf(seats) })}
      </p>
      <div className="line">
        {mine ? (
          <>
            <HoldAct
              label={say('approve')}
              testId={`approve-${id}`}
              disabled={desk.off !== '' || now === null}
              boundTo={now ?? ''}
              onSend={onApprove}
              onStill={onStill}
            />
            <button
              type="button"
              className="button"
              disabled={desk.off !== '' || busy}
              data-testid={`reject-${id}`}
              onClick={onReject}
            >
              {say('reject')}
            </button>
          </>
        ) : null}
        {own ? (
          <button
            type="button"
            className="button"
            disabled={desk.off !== '' || busy}
            data-testid={`withdraw-${id}`}
            onClick={onWithdraw}
          >
            {say('withdraw')}
          </button>
        ) : null}
      </div>
    </article>
  );
}

export function MoveLegs({ move, text }: { move: MoveView; text: MoneyText }): ReactElement {
  return (
    <>
      {move.legs.map(({ from, to, amountMinor }) => (
        <span key={`${from}${to}`} className="move-leg">
          {text.name(from)} → {text.name(to)} <b>{text.amount(amountMinor)}</b>
        </span>
      ))}
      {move.rails.map((rails) => (
        <span key={rails.account} className="move-leg">
          {text.name(rails.account)} <b>{text.limits(rails)}</b>
        </span>
      ))}
      {move.emergency ? <span className="pill pill-strong">{text.say('emergency')}</span> : null}
    </>
  );
}

/** Each account that the move touches, now and afterwards. */
function MoveEnds({ move, desk, text }: { move: MoveView; desk: Desk; text: MoneyText }): ReactElement {
  const deltas = new Map<string, number>();
  for (const { from, to, amountMinor } of move.legs) {
    deltas.set(from, (deltas.get(from) ?? 0) - amountMinor);
    deltas.set(to, (deltas.get(to) ?? 0) + amountMinor);
  }
  return (
    <ul className="move-ends">
      {[...deltas].map(([account, delta]) => {
        const now = desk.accounts.get(account)?.allocated ?? 0;
        const [before, after] = text.change(now, now + delta);
        return (
          <li key={account}>
            {text.name(account)} <span className="quiet">{before} →</span> <b>{after}</b>{' '}
            <span className="quiet">({text.signed(delta)})</span>{' '}
            <OtherWaits account={account} after={now + delta} moves={desk.moves} text={text} except={move.id} />
          </li>
        );
      })}
    </ul>
  );
}

/** Floor, cap and pin that the move asks for, beside what they are now. */
function MoveRails({ move, desk, text }: { move: MoveView; desk: Desk; text: MoneyText }): ReactElement {
  return (
    <>
      {move.rails.map((rails) => (
        <RailsChanges key={rails.account} rails={rails} was={desk.accounts.get(rails.account)} text={text} />
      ))}
    </>
  );
}

function RejectDialog(props: {
  readonly text: MoneyText;
  readonly move: MoveView;
  readonly sending: Sending;
  readonly off: string;
  readonly onClose: () => void;
  readonly onReject: (reason: string) => void;
}): ReactElement {
  const { text, move, sending, off, onClose, onReject } = props;
  const { say } = text;
  const [reason, setReason] = useState('');
  return (
    <FormDialog
      id="reject-move"
      title={say('rejectTitle')}
      submit={say('reject')}
      exit={say('back')}
      off={off !== '' ? off : reason.trim() === '' ? say('needReason') : ''}
      sending={sending}
      onClose={onClose}
      onSubmit={() => onReject(reason.trim())}
    >
      <p>
        <MoveLegs move={move} text={text} />
      </p>
      <label className="field">
        {say('reason')}
        <input name="reason" maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />
      </label>
    </FormDialog>
  );
}
