import { type ReactElement, useState } from 'react';
import type { MoveReply, MoveView } from '#contract/budget';
import { command } from '../../net/command.ts';
import { dayStart } from '../../numbers/zone.ts';
import { useSending } from '../../panels/use-sending.ts';
import { useZone } from '../frame/use-now.ts';
import { MoveLegs } from './Approvals.tsx';
import { ByHandDialog } from './ByHandDialog.tsx';
import { isStuck, type OpenCommand, openCommandsOf } from './by-hand.ts';
import type { Desk } from './use-money.ts';
import { isRefusal, useMoneyText } from './use-money-text.ts';

const SHOWN = 12;
const UNDOABLE = new Set(['settled', 'partially_settled']);

/** Moves asked for since midnight of the campaign, newest first. */
export const movesOfDay = (moves: readonly MoveView[], nowMs: number, zone: string): readonly MoveView[] => {
  const from = dayStart(nowMs, zone);
  return moves.filter(({ requestedAt, state }) => requestedAt >= from || state === 'awaiting_approval');
};

/** What became of each move of the day; what settled can be taken back as far as it is still there. */
export function MovesList({ desk, onUndo }: { desk: Desk; onUndo: (move: MoveView) => void }): ReactElement {
  const text = useMoneyText(desk.accounts);
  const { say, code, time, amount } = text;
  const sending = useSending(text.failure);
  const [byHand, setByHand] = useState<{ readonly move: MoveView; readonly sent: OpenCommand } | null>(null);
  const moves = movesOfDay(desk.moves, desk.nowMs, useZone());
  const review = (move: MoveView): void => {
    void sending.send(() => command<MoveReply>('POST', `/budget/transfers/${move.id}/review`, {})).then(desk.reload);
  };
  return (
    <section className="card" aria-labelledby="moves-title" data-testid="moves">
      <h2 id="moves-title">
        {say('moves')} {moves.length > 0 ? moves.length : ''}
      </h2>
      <p role="alert" className="refused">
        {sending.text}
      </p>
      {desk.movesKnown && moves.length === 0 ? <p className="quiet">{say('movesNone')}</p> : null}
      <ul className="move-list">
        {moves.slice(0, SHOWN).map((move) => {
          const { id, state, tier, requestedBy, requestedAt, legs, outcome, undoneBy, undoOf, reviewBy, reviewedBy } =
            move;
          const forced = move.forced === true;
          const total = legs.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
          const posted = legs.reduce((sum, { postedMinor, returnedMinor }) => sum + postedMinor - returnedMinor, 0);
          const part =
            posted < total && ['partially_settled', 'increasing', 'decreasing', 'compensating'].includes(state);
          return (
            <li key={id} data-testid={`move-${id}`} data-state={state}>
              <p>
                <time className="quiet">{time(requestedAt)}</time> {undoOf === null ? null : `${say('undoOfMove')} `}
                <MoveLegs move={move} text={text} />
              </p>
              <p className="line">
                <b className="move-state">{code(`state.${state}`)}</b>
                <span className="quiet">
                  {forced ? say('forcedMove') : `${tier} · ${requestedBy.name}`}
                  {outcome !== null && isRefusal(outcome) ? ` · ${code(`no.${outcome}`)}` : ''}
                  {part ? ` · ${say('posted', { posted: amount(posted), amount: amount(total) })}` : ''}
                  {undoneBy === null ? '' : ` · ${say('undone')}`}
                  {reviewBy === null ? '' : ` · ${say('reviewed', { n: reviewedBy.length })}`}
                </span>
                {UNDOABLE.has(state) && undoneBy === null && undoOf === null && !forced && desk.may.request ? (
                  <button
                    type="button"
                    className="button"
                    disabled={desk.off !== ''}
                    data-testid={`undo-${id}`}
                    onClick={() => onUndo(move)}
                  >
                    {say('undo')}
                  </button>
                ) : null}
                {!desk.may.approve || requestedBy.name === desk.me
                  ? null
                  : openCommandsOf(move)
                      .filter(({ account }) => isStuck(move, desk.accounts.get(account)?.platform ?? null, desk.nowMs))
                      .map((sent) => (
                        <button
                          key={sent.id}
                          type="button"
                          className="button"
                          disabled={desk.off !== ''}
                          data-testid={`by-hand-${sent.id}`}
                          onClick={() => setByHand({ move, sent })}
                        >
                          {say('byHand')}
                        </button>
                      ))}
                {reviewBy !== null && reviewedBy.length < 2 && desk.may.approve && requestedBy.name !== desk.me ? (
                  <button type="button" className="button" disabled={desk.off !== ''} onClick={() => review(move)}>
                    {say('review')}
                  </button>
                ) : null}
              </p>
            </li>
          );
        })}
      </ul>
      {byHand === null ? null : <ByHandDialog {...byHand} desk={desk} onClose={() => setByHand(null)} />}
    </section>
  );
}
