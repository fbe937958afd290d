import { type ReactElement, useEffect, useState } from 'react';
import type { WhatIfReply } from '#contract/recommendations';
import { requestJson } from '../../net/http.ts';
import { fieldText } from './amounts.ts';
import { fieldWrong } from './bounds.ts';
import type { ChangeSet, Conflict } from './change-set.ts';
import { type Edits, kept, redone, without } from './edits.ts';
import { type Stopped, stoppedOf } from './standstill.ts';
import type { Desk } from './use-money.ts';
import { useMoneyText } from './use-money-text.ts';

const SETTLE_MS = 400;

/** What has been changed so far, whether it sums to 0, and what stands in its way. */
export function ChangeBar(props: {
  readonly desk: Desk;
  readonly set: ChangeSet;
  readonly onEdits: (change: (edits: Edits) => Edits) => void;
  readonly onPreview: () => void;
  readonly onPool: () => void;
}): ReactElement {
  const { desk, set, onEdits, onPreview, onPool } = props;
  const text = useMoneyText(desk.accounts);
  const { say, name, amount } = text;
  const { count, sumMinor, unread, conflicts, legs } = set;
  const touched = count + unread.length > 0;
  const broken = Object.entries(set.deltas).some(([id, delta]) => {
    const row = desk.accounts.get(id);
    return row !== undefined && fieldWrong(delta, row) !== null;
  });
  // to the last digit: what is missing of 0 must be there to be typed
  const exact = (minor: number): string =>
    `${minor < 0 ? '−' : '+'}${fieldText(Math.abs(minor), desk.unit)}${desk.unit.suffix}`;
  const { pool } = desk;
  const stopped = legs === null ? [] : stoppedOf(legs, desk.accounts);
  const named = (as: Stopped['as']): string =>
    stopped
      .filter((each) => each.as === as)
      .map(({ account }) => name(account))
      .join(', ');
  const mayBalance =
    pool !== null &&
    unread.length === 0 &&
    sumMinor !== 0 &&
    sumMinor <= pool.available &&
    set.deltas[pool.id] === undefined;
  return (
    <section
      className="card change-bar"
      aria-label={say('changes', { n: count })}
      data-testid="changes"
      data-count={count}
    >
      {conflicts.map((conflict) => (
        <ConflictBlock key={conflict.account} conflict={conflict} desk={desk} onEdits={onEdits} />
      ))}
      <div className="line">
        <p className="change-words" aria-live="polite">
          <b>{say('changes', { n: count })}</b>{' '}
          <span data-testid="sum" data-sum={sumMinor} className={sumMinor === 0 ? '' : 'change-off'}>
            {say('sum', { sum: sumMinor === 0 ? '±0' : exact(sumMinor) })}
          </span>{' '}
          <span className={touched && sumMinor !== 0 ? 'change-off' : 'quiet'} data-testid="change-why">
            {unread.length > 0
              ? say('unread', { names: unread.map(name).join(', ') })
              : !touched
                ? say('empty')
                : sumMinor !== 0
                  ? say('mustBeZero')
                  : legs === null && conflicts.length === 0
                    ? say('tooMany')
                    : say('zero')}
          </span>
          {stopped.length === 0 ? null : (
            <span className="change-off" data-testid="change-stopped">
              {[
                named('taker') === '' ? '' : say('stoppedTaker', { names: named('taker') }),
                named('giver') === '' || pool === null
                  ? ''
                  : say('stoppedGiver', { names: named('giver'), pool: name(pool.id) }),
              ]
                .filter((each) => each !== '')
                .join(' · ')}
            </span>
          )}
          {/* what cannot be sent would bring nothing */}
          {legs !== null && stopped.length === 0 && !broken ? <WhatIf desk={desk} set={set} /> : null}
        </p>
        <span className="change-acts">
          {mayBalance ? (
            <button type="button" className="button" disabled={desk.off !== ''} data-testid="to-pool" onClick={onPool}>
              {say(sumMinor < 0 ? 'toPool' : 'fromPool', { amount: amount(Math.abs(sumMinor)), pool: name(pool.id) })}{' '}
              <kbd>b</kbd>
            </button>
          ) : null}
          <button
            type="button"
            className="button"
            disabled={!touched}
            data-testid="undo-all"
            onClick={() => onEdits(() => ({}))}
          >
            {say('undoAll')} <kbd>z</kbd>
          </button>
          <button
            type="button"
            className="button button-main"
            disabled={legs === null || desk.off !== ''}
            title={desk.off}
            data-testid="preview"
            onClick={onPreview}
          >
            {say('preview')} <kbd>v</kbd>
          </button>
        </span>
      </div>
      {desk.off === '' ? null : (
        <p className="quiet" data-testid="action-off">
          {desk.off}
        </p>
      )}
    </section>
  );
}

/** Somebody changed what I am changing: all three values, and three ways out. Nothing is decided for anybody. */
function ConflictBlock(props: {
  readonly conflict: Conflict;
  readonly desk: Desk;
  readonly onEdits: (change: (edits: Edits) => Edits) => void;
}): ReactElement | null {
  const { conflict, desk, onEdits } = props;
  const text = useMoneyText(desk.accounts);
  const { say, amount } = text;
  const [compared, setCompared] = useState(false);
  const { account, baseMinor, theirsMinor, mineMinor } = conflict;
  const row = desk.accounts.get(account);
  if (row === undefined) return null;
  const values = { base: amount(baseMinor), theirs: amount(theirsMinor), mine: amount(mineMinor) };
  return (
    <div className="conflict" role="alert" data-testid={`conflict-${account}`}>
      <p>{say('conflict', { name: text.name(account), ...values })}</p>
      <p className="line">
        <button
          type="button"
          className="button"
          data-testid="use-theirs"
          onClick={() => onEdits((had) => without(had, account))}
        >
          {say('useTheirs')}
        </button>
        <button
          type="button"
          className="button"
          data-testid="redo-mine"
          disabled={desk.off !== ''}
          onClick={() => onEdits((had) => redone(had, row, desk.unit))}
        >
          {say('redoMine', { amount: amount(theirsMinor + mineMinor - baseMinor) })}
        </button>
        <button
          type="button"
          className="button"
          data-testid="keep-mine"
          disabled={desk.off !== ''}
          onClick={() => onEdits((had) => kept(had, row, desk.unit))}
        >
          {say('keepMine', { amount: amount(mineMinor) })}
        </button>
        <button type="button" className="link-button" aria-expanded={compared} onClick={() => setCompared(!compared)}>
          {say('compare')}
        </button>
      </p>
      {compared ? (
        <table className="grid conflict-table">
          <tbody>
            {(['base', 'theirs', 'mine'] as const).map((which) => (
              <tr key={which}>
                <th scope="row">{say(which)}</th>
                <td className="number">{values[which]}</td>
                <td className="number quiet">
                  {which === 'base' ? '' : text.signed((which === 'mine' ? mineMinor : theirsMinor) - baseMinor)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
    </div>
  );
}

/** What the curves say of the typed allocation, before it is balanced. */
function WhatIf({ desk, set }: { desk: Desk; set: ChangeSet }): ReactElement | null {
  const text = useMoneyText(desk.accounts);
  const [found, setFound] = useState<{ asked: string; reply: WhatIfReply } | null>(null);
  const allocations = Object.fromEntries(
    Object.entries(set.deltas).flatMap(([id, delta]) => {
      const row = desk.accounts.get(id);
      return row?.kind === 'chan' ? [[id, Math.max(0, row.allocated + delta)]] : [];
    }),
  );
  const asked = JSON.stringify({ allocations, objective: desk.objective });
  const known = desk.advice !== null && desk.advice.curves.length > 0 && Object.keys(allocations).length > 0;
  useEffect(() => {
    if (!known) return;
    let left = false;
    const timer = setTimeout(() => {
      requestJson<WhatIfReply>('/api/v1/budget/recommendation/what-if', {
        method: 'POST',
        body: JSON.parse(asked),
      }).then(
        (reply) => {
          if (!left) setFound({ asked, reply });
        },
        () => {
          if (!left) setFound(null); // it is an answer to curiosity: without it the words are left out
        },
      );
    }, SETTLE_MS);
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [asked, known]);
  if (!known || found?.asked !== asked) return null;
  return (
    <span className="quiet what-if" data-testid="what-if">
      {text.say('whatIf', { effect: text.effect(found.reply.effect) })}
    </span>
  );
}
