import { lazy, type ReactElement, Suspense, useMemo, useReducer, useRef, useState } from 'react';
import { TIERS } from '#contract/tiers';
import { useDeskWords } from '../../i18n/phone-words.ts';
import { MutedCounts } from '../../panels/MutedCounts.tsx';
import { TierMark } from '../../panels/TierMark.tsx';
import { setQuery, useRoute } from '../../router.ts';
import { useConsole } from '../../state/console-store.ts';
import { useListed } from '../../state/use-alert-feed.ts';
import { takeAlerts, useOff } from '../desk/acts.ts';
import { alertsOf, type ListQuery } from '../desk/list-model.ts';
import { ToldLine } from '../desk/ToldLine.tsx';
import { useDeskList } from '../desk/use-desk-list.ts';
import { Card } from './Card.tsx';
import { useTouched } from './use-touched.ts';

const Sheet = lazy(() => import('./Sheet.tsx'));
const NONE: ReadonlySet<string> = new Set();
/** Cards drawn at first, and more at each press: ten thousand alerts are still a few dozen cards. */
const PAGE = 30;

/** Cards, most urgent first. They stand still under a finger and while somebody reads further down. */
export function AlertsTab(): ReactElement {
  const { say } = useDeskWords();
  const listed = useListed();
  const me = useConsole(({ session }) => (typeof session === 'object' ? session.name : ''));
  const off = useOff();
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const [mine, setMine] = useState(false);
  const [opened, setOpened] = useState<ReadonlySet<string>>(NONE);
  const [checked, setChecked] = useState<ReadonlySet<string> | null>(null);
  const [shown, setShown] = useState(PAGE);
  // in the address, as pages link to an alert
  const sheet = useRoute().query.get('alert');
  const area = useRef<HTMLElement>(null);
  const touched = useTouched(area);
  const query = useMemo<ListQuery>(() => ({ filter: '', mine: mine ? me : null, opened }), [mine, me, opened]);
  const list = useDeskList(listed, query, touched || checked !== null || sheet !== null, redraw);
  const { rows, news } = list;
  const { openCount, silencedCount, suppressedCount } = listed.tally;
  const own = useMemo(() => [...listed.byId.values()].filter(({ owner }) => owner?.name === me).length, [listed, me]);
  const toggle = (set: ReadonlySet<string>, key: string): ReadonlySet<string> => {
    const next = new Set(set);
    if (!next.delete(key)) next.add(key);
    return next;
  };
  const chosen =
    checked === null ? [] : rows.filter(({ key }) => checked.has(key)).flatMap((row) => [...alertsOf(row)]);
  return (
    <section className="phone-alerts" ref={area}>
      <div className="phone-bar">
        <p className="phone-counts">
          {[...TIERS].reverse().map((tier) =>
            (openCount[tier] ?? 0) === 0 ? null : (
              <span key={tier} className="tier-count">
                <TierMark tier={tier} />
                {openCount[tier]}
              </span>
            ),
          )}
          <MutedCounts className="quiet" silencedCount={silencedCount} suppressedCount={suppressedCount} />
        </p>
        <p className="phone-switch">
          <button type="button" aria-pressed={mine} onClick={() => setMine(true)} data-testid="mine">
            {say('list.mine', { n: own })}
          </button>
          <button type="button" aria-pressed={!mine} onClick={() => setMine(false)} data-testid="all">
            {say('list.all', { n: listed.byId.size })}
          </button>
          <button
            type="button"
            aria-pressed={checked !== null}
            disabled={off !== null}
            onClick={() => setChecked(checked === null ? NONE : null)}
            data-testid="select-many"
          >
            {say('do.selectMany')}
          </button>
        </p>
        {off === null ? null : <p className="phone-off">{say(`off.${off}`)}</p>}
        <Trouble />
      </div>
      {news.count > 0 ? (
        <button
          type="button"
          className="phone-news"
          data-testid="news"
          data-count={news.count}
          onClick={() => {
            list.renew();
            scrollTo(0, 0);
          }}
        >
          {news.tier === null ? null : <TierMark tier={news.tier} />}
          {say('list.new', { n: news.count })}
        </button>
      ) : null}
      {rows.length === 0 ? (
        <p className="phone-none" role="status">
          {say(!listed.known ? 'list.loading' : mine ? 'list.noneMine' : 'list.none')}
        </p>
      ) : null}
      <ul className="phone-cards">
        {rows.slice(0, shown).map((row) => (
          <Card
            key={row.key}
            row={row}
            off={off}
            me={me}
            checked={checked === null ? null : checked.has(row.key)}
            onCheck={() => setChecked(toggle(checked ?? NONE, row.key))}
            onOpen={() => setOpened(toggle(opened, row.key))}
            onMore={({ id }) => setQuery({ alert: id })}
          />
        ))}
      </ul>
      {rows.length > shown ? (
        <button type="button" className="phone-button" onClick={() => setShown(shown + PAGE)} data-testid="show-more">
          {say('phone.showMore', { n: rows.length - shown })}
        </button>
      ) : null}
      {checked === null ? (
        <ToldLine />
      ) : (
        <div className="phone-bulk" data-testid="bulk">
          <button
            type="button"
            className="phone-button"
            onClick={() => setChecked(new Set(rows.map(({ key }) => key)))}
            data-testid="select-all"
          >
            {say('do.selectAll')}
          </button>
          <button
            type="button"
            className="phone-button phone-main"
            disabled={chosen.length === 0 || off !== null}
            data-testid="bulk-acknowledge"
            onClick={() => {
              setChecked(null);
              void takeAlerts(chosen);
            }}
          >
            {say('do.acknowledgeMany', { n: new Set(chosen.map(({ id }) => id)).size })}
          </button>
        </div>
      )}
      {sheet === null ? null : (
        <Suspense fallback={null}>
          <Sheet key={sheet} id={sheet} onClose={() => setQuery({ alert: null })} />
        </Suspense>
      )}
    </section>
  );
}

/** Rules that nobody has evaluated for this long alarm about nothing. */
const UNVERIFIED_MS = 180_000;
function Trouble(): ReactElement | null {
  const { say } = useDeskWords();
  const state = useConsole((each) => each.frame?.alerts.state ?? null);
  const minutes = useConsole((each) => Math.floor((each.frame?.alerts.evaluatedAgoMs ?? 0) / 60_000));
  if (state === 'off') return <p className="phone-off">{say('list.off')}</p>;
  if (minutes * 60_000 < UNVERIFIED_MS) return null;
  return <p className="phone-off">{say('list.unverified', { time: `${minutes} min` })}</p>;
}
