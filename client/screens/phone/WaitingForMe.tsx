import type { ReactElement, ReactNode } from 'react';
import type { BudgetReply, MovesReply } from '#contract/budget';
import { requestJson } from '../../net/http.ts';
import { navigate } from '../../router.ts';
import { useConsole } from '../../state/console-store.ts';
import { useLoaded } from '../frame/use-loaded.ts';
import { frozenOf, waitingForMe } from './waiting-for-me.ts';
import { useWaitingWords } from './waiting-words.ts';

const OF_MONEY = { about: /^budget\./, everyMs: 10_000 };
const readMoves = (): Promise<MovesReply> => requestJson('/api/v1/budget/transfers?limit=100');
const readBudget = (): Promise<BudgetReply> => requestJson('/api/v1/budget');

/** What stands still, and what waits for the approval of whoever holds this phone, one tap away; nothing while there is nothing. */
export default function WaitingForMe(): ReactElement {
  const { say } = useWaitingWords();
  const me = useConsole(({ session }) => (typeof session === 'object' ? session.name : ''));
  const { data: moves } = useLoaded(readMoves, 'moves', OF_MONEY);
  const { data: budget } = useLoaded(readBudget, 'budget', OF_MONEY);
  const count = moves === null ? 0 : waitingForMe(moves.moves, me);
  const frozen = budget === null ? null : frozenOf(budget);
  return (
    <>
      {frozen === null ? null : <ToMoney id="money-frozen">{say(frozen)}</ToMoney>}
      {count === 0 ? null : (
        <ToMoney id="waiting-for-me" count={count}>
          {say('many', { n: count })}
        </ToMoney>
      )}
    </>
  );
}

function ToMoney({ id, count, children }: { id: string; count?: number; children: ReactNode }): ReactElement {
  return (
    <a
      className="waiting-for-me"
      href="/money"
      data-testid={id}
      data-count={count}
      onClick={(event) => {
        event.preventDefault();
        navigate('/money');
      }}
    >
      {children} <span aria-hidden="true">›</span>
    </a>
  );
}
