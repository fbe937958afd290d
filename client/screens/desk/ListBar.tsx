import type { KeyboardEvent, ReactElement, RefObject } from 'react';
import type { AlertTally } from '#contract/alert-tally';
import { TIERS } from '#contract/tiers';
import { useDeskWords } from '../../i18n/desk-words.ts';
import { useSingleKeys } from '../../keys/use-keys.ts';
import { spokenSpan } from '../../numbers/time.ts';
import { MutedCounts } from '../../panels/MutedCounts.tsx';
import { TierMark } from '../../panels/TierMark.tsx';
import { useConsole } from '../../state/console-store.ts';
import type { News } from './held-list.ts';

/** Rules that nobody has evaluated for this long alarm about nothing. */
const UNVERIFIED_MS = 180_000;

export interface ListBarProps {
  /** The list is here: until then no count is a number. */
  readonly known: boolean;
  readonly tally: AlertTally;
  readonly allCount: number;
  readonly mineCount: number;
  readonly mine: boolean;
  /** Active ones; null until they are read. */
  readonly silenceCount: number | null;
  readonly filter: string;
  readonly filterRef: RefObject<HTMLInputElement | null>;
  readonly paused: boolean;
  readonly held: boolean;
  readonly news: News;
  readonly checkedCount: number;
  readonly onMine: (mine: boolean) => void;
  readonly onFilter: (filter: string) => void;
  readonly onLeaveFilter: (clear: boolean) => void;
  readonly onRenew: () => void;
  readonly onPause: () => void;
}

/** What there is, how much of it is shown, and what is new since the list stopped moving. */
export function ListBar(props: ListBarProps): ReactElement {
  const { say } = useDeskWords();
  const keys = useSingleKeys();
  const { openCount, silencedCount, suppressedCount } = props.tally;
  const { filter, filterRef, onFilter, onLeaveFilter, mine, onMine, allCount, mineCount } = props;
  const count = (n: number | null): number | string => (n !== null && props.known ? n : '–');
  const left = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' && event.key !== 'Enter') return;
    event.preventDefault();
    onLeaveFilter(event.key === 'Escape');
  };
  return (
    <div className="list-bar">
      <p className="tier-counts" data-testid="tier-counts">
        {[...TIERS].reverse().map((tier) => (
          <span
            key={tier}
            className="tier-count"
            data-zero={props.known && (openCount[tier] ?? 0) === 0}
            data-testid={`count-${tier}`}
          >
            <TierMark tier={tier} />
            {count(openCount[tier] ?? 0)}
          </span>
        ))}
        <MutedCounts className="tier-muted" silencedCount={silencedCount} suppressedCount={suppressedCount} />
        <a
          className="tier-count"
          href="/silences"
          title={say('list.silencesHint', { n: count(props.silenceCount), m: count(silencedCount) })}
          data-testid="silence-count"
        >
          {say('list.silences', { n: count(props.silenceCount) })}
        </a>
        <NewsPill {...props} />
      </p>
      <div className="list-find">
        <label className="list-filter">
          {keys ? <kbd>/</kbd> : null}
          <input
            ref={filterRef}
            value={filter}
            aria-label={say('list.filter')}
            placeholder={say('list.filterHint')}
            onChange={(event) => onFilter(event.target.value)}
            onKeyDown={left}
            data-testid="filter"
          />
        </label>
        <button
          type="button"
          className="chip-button"
          aria-pressed={!mine}
          onClick={() => onMine(false)}
          data-testid="all"
        >
          {say('list.all', { n: count(allCount) })}
        </button>
        <button
          type="button"
          className="chip-button"
          aria-pressed={mine}
          onClick={() => onMine(true)}
          data-testid="mine"
        >
          {say('list.mine', { n: count(mineCount) })}
        </button>
      </div>
      <Trouble />
    </div>
  );
}

/** Always in its place, so that its coming and going moves nothing. */
function NewsPill({ news, paused, held, checkedCount, onRenew, onPause }: ListBarProps): ReactElement {
  const { say } = useDeskWords();
  const keys = useSingleKeys();
  return (
    <span className="list-news">
      {checkedCount > 0 ? <span className="quiet">{say('list.checked', { n: checkedCount })}</span> : null}
      {news.count + news.movedCount > 0 ? (
        <button
          type="button"
          className="pill"
          onClick={onRenew}
          title={say('list.newHint')}
          data-testid="news"
          data-count={news.count}
          data-moved={news.movedCount}
        >
          {news.tier === null ? null : <TierMark tier={news.tier} />}
          {paused ? `${say('list.paused')} · ` : ''}
          {[
            ...(news.count > 0 ? [say('list.new', { n: news.count })] : []),
            ...(news.movedCount > 0 ? [say('list.moved', { n: news.movedCount })] : []),
          ].join(' · ')}
        </button>
      ) : paused ? (
        <button type="button" className="pill" onClick={onPause} data-testid="paused">
          {say('list.paused')} · {say('list.resume')} {keys ? <kbd>p</kbd> : null}
        </button>
      ) : (
        <span className="quiet" data-testid="held">
          {held ? say('list.held') : ''}
        </span>
      )}
    </span>
  );
}

/** What makes the list less than the truth. */
function Trouble(): ReactElement | null {
  const { say, lang } = useDeskWords();
  const state = useConsole((each) => each.frame?.alerts.state ?? null);
  const agoMs = useConsole((each) => each.frame?.alerts.evaluatedAgoMs ?? 0);
  if (state === 'off') return <p className="list-trouble">{say('list.off')}</p>;
  if (agoMs <= UNVERIFIED_MS) return null;
  return <p className="list-trouble">{say('list.unverified', { time: spokenSpan(agoMs, lang) })}</p>;
}
