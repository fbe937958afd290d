import { type ReactElement, useEffect, useState } from 'react';
import type { MovesReply } from '#contract/budget';
import { requestJson } from '../../net/http.ts';
import { navigate } from '../../router.ts';
import { useConsole } from '../../state/console-store.ts';
import { waitingForMe } from './waiting-for-me.ts';
import { useWaitingWords } from './waiting-words.ts';

const EVERY_MS = 10_000;

/** What waits for the approval of whoever holds this phone, one tap away; nothing while there is nothing. */
export default function WaitingForMe(): ReactElement | null {
  const { say } = useWaitingWords();
  const me = useConsole(({ session }) => (typeof session === 'object' ? session.name : ''));
  const told = useConsole(
    ({ timeline }) => timeline.entries.findLast(({ kind }) => kind.startsWith('budget.'))?.seq ?? 0,
  );
  const [count, setCount] = useState(0);
  useEffect(() => {
    let left = false;
    const read = (): void => {
      requestJson<MovesReply>('/api/v1/budget/transfers?limit=100').then(
        ({ moves }) => {
          if (!left) setCount(waitingForMe(moves, me));
        },
        () => undefined, // what was known stays; the next reading is near
      );
    };
    read();
    const timer = setInterval(read, EVERY_MS);
    return () => {
      left = true;
      clearInterval(timer);
    };
  }, [me, told]); // told says when to read again
  if (count === 0) return null;
  return (
    <a
      className="waiting-for-me"
      href="/money"
      data-testid="waiting-for-me"
      data-count={count}
      onClick={(event) => {
        event.preventDefault();
        navigate('/money');
      }}
    >
      {say(count === 1 ? 'one' : 'many', { n: count })} <span aria-hidden="true">›</span>
    </a>
  );
}
