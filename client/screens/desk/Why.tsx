import type { ReactElement } from 'react';
import type { PageExplanation } from '#contract/alerts';
import { sayOr, useDeskWords } from '../../i18n/desk-words.ts';
import { spokenSpan } from '../../numbers/time.ts';
import { useConsole } from '../../state/console-store.ts';
import { serverNowMs } from '../../state/server-clock.ts';
import { whyRows } from './called.ts';

/** Who on duty was (not) called for this alert, and why; the reader first. */
export function Why({ explanation }: { explanation: readonly PageExplanation[] }): ReactElement {
  const { say, lang } = useDeskWords();
  const me = useConsole(({ session }) => (typeof session === 'object' ? session.name : ''));
  const clock = useConsole((state) => state.clock);
  const serverMs = serverNowMs(clock, performance.now()) ?? 0;
  const campaign = useConsole((state) => state.campaign);
  const titleOf = (post: string): string => campaign?.posts.find(({ id }) => id === post)?.[lang] ?? post;
  const { rows, othersCount: others } = whyRows(explanation, me);
  return (
    <section className="desk-card" aria-labelledby="why-title" data-testid="why">
      <h2 id="why-title">{say('why.title')}</h2>
      {explanation.length === 0 ? <p className="quiet">{say('why.nobody')}</p> : null}
      <ul className="why">
        {rows.map((one) => (
          <li key={`${one.person} ${one.post} ${one.role}`} data-paged={one.paged}>
            <span className="why-who">
              {one.person === me ? <b>{say('why.me')}</b> : one.person}{' '}
              <span className="quiet">{one.post === '' ? '' : `${titleOf(one.post)} ${one.role}`}</span>
            </span>
            <span>
              {one.paged
                ? say('why.paged')
                : one.dueAt === null
                  ? say('why.not')
                  : say('why.due', { time: spokenSpan(Math.max(0, one.dueAt - serverMs), lang) })}
              <span className="quiet">
                {' '}
                · {sayOr(say, `reason.${one.reason}`, 'history.other', { type: one.reason })}
              </span>
            </span>
          </li>
        ))}
      </ul>
      {others > 0 ? <p className="quiet">{say('why.others', { n: others })}</p> : null}
    </section>
  );
}
