import { type ReactElement, useMemo, useRef, useState } from 'react';
import '../../styles/timeline.css';
import type { TimelineEntry } from '#contract/timeline';
import { useLinkState } from '../../panels/LinkBanner.tsx';
import { setQuery, useRoute } from '../../router.ts';
import { PageFrame, useMay } from '../frame/PageFrame.tsx';
import { useServerNow } from '../frame/use-now.ts';
import { useFrameWords } from '../frame/words.ts';
import { Axis } from './Axis.tsx';
import { EntryList, type ListHandle } from './EntryList.tsx';
import { FilterBar, type Person } from './FilterBar.tsx';
import { held } from './feed.ts';
import { type PageFilter, readFilter, serverQuery, writeFilter } from './filter.ts';
import { HandoverPanel } from './HandoverPanel.tsx';
import { NoteDialog } from './NoteDialog.tsx';
import { useTimelineFeed } from './use-feed.ts';
import { useTimelineWords } from './words.ts';

const AXIS_STEP_MS = 15_000;
const HOUR_MS = 3_600_000;

/** S7: all that people and rules did, on one axis and as a list, live and as far back as it goes. */
export default function TimelineScreen(): ReactElement {
  const { say } = useTimelineWords();
  const { say: common } = useFrameWords();
  const { query } = useRoute();
  const filter = useMemo(() => readFilter(query), [query]);
  const feed = useTimelineFeed(filter);
  const mayNote = useMay('timeline.note') && useLinkState() !== 'offline';
  const mayExport = useMay('timeline.export');
  const [dialog, setDialog] = useState(false);
  const [handover, setHandover] = useState(false);
  const [reading, setReading] = useState(false);
  const [paused, setPaused] = useState(false);
  const list = useRef<ListHandle>(null);
  const still = useStill(reading || paused, feed.entries, serverQuery(filter).toString());
  const { rows, newCount } = held(feed.entries, still);
  const nowMs = useServerNow(AXIS_STEP_MS);
  const change = (next: PageFilter): void => setQuery(writeFilter(next));
  const follow = (): void => {
    setPaused(false);
    setReading(false);
    list.current?.scrollToTop();
  };
  const keys = [
    { key: 'c', words: say('keyNote'), act: () => mayNote && setDialog(true) },
    {
      key: '/',
      words: say('keyFilter'),
      act: () => document.querySelector<HTMLInputElement>('.timeline-filter [name="q"]')?.focus(),
    },
    { key: 'p', words: say('keyPause'), act: () => (paused ? follow() : setPaused(true)) },
    { key: 'v', words: say('keyHandover'), act: () => setHandover((open) => !open) },
  ];
  const toMs = filter.toMs ?? (nowMs ?? Date.now()) + AXIS_STEP_MS;
  const fromMs = filter.fromMs ?? Math.min(rows.at(-1)?.atMs ?? toMs, toMs - HOUR_MS / 4);
  return (
    <PageFrame
      id="timeline"
      title={say('title')}
      keys={keys}
      aside={
        <p className="line">
          <button
            type="button"
            className="button button-main"
            disabled={!mayNote}
            data-testid="write-note"
            onClick={() => setDialog(true)}
          >
            {say('note')} <kbd>c</kbd>
          </button>
          <button type="button" className="button" data-testid="handover-open" onClick={() => setHandover(!handover)}>
            {say('handover')} <kbd>v</kbd>
          </button>
          {mayExport ? <ExportLinks filter={filter} /> : null}
        </p>
      }
    >
      {handover ? <HandoverPanel onClose={() => setHandover(false)} /> : null}
      <FilterBar filter={filter} people={peopleOf(feed.entries, filter.who)} onChange={change}>
        <span className="line tail" role="status">
          {newCount > 0 ? (
            <button type="button" className="pill pill-button pill-strong" data-testid="new" onClick={follow}>
              {say('newOnes', { n: newCount })}
            </button>
          ) : null}
          {paused ? (
            <button type="button" className="link-button" data-testid="follow" onClick={follow}>
              {say('paused')} · {say('follow')}
            </button>
          ) : null}
          {feed.state === 'failed' ? common('noServer') : feed.state === 'loading' ? common('loading') : null}
        </span>
      </FilterBar>
      <Axis
        entries={rows}
        hasOlder={feed.hasOlder || feed.state !== 'ready'}
        fromMs={fromMs}
        toMs={toMs}
        onPick={(seq) => list.current?.scrollToSeq(seq)}
      />
      <EntryList rows={rows} hasOlder={feed.hasOlder} onOlder={feed.loadOlder} onReading={setReading} handle={list} />
      {dialog ? <NoteDialog onClose={() => setDialog(false)} /> : null}
    </PageFrame>
  );
}

/** The newest seq at the moment somebody began to read, until they stop; another filter begins anew. */
function useStill(reading: boolean, entries: readonly TimelineEntry[], query: string): number | null {
  const at = useRef<{ readonly query: string; readonly seq: number } | null>(null);
  if (!reading || entries.length === 0) at.current = null;
  else if (at.current?.query !== query) at.current = { query, seq: entries[0]?.seq ?? 0 };
  return at.current?.seq ?? null;
}

/** Who is in what is loaded, and who is asked for. */
function peopleOf(entries: readonly TimelineEntry[], asked: string): readonly Person[] {
  const people = new Map<string, string>();
  for (const { actor } of entries) if (actor.kind === 'user') people.set(actor.id, actor.name);
  if (asked !== '' && !people.has(asked)) people.set(asked, asked);
  return [...people].map(([id, name]) => ({ id, name })).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function ExportLinks({ filter }: { filter: PageFilter }): ReactElement {
  const { say } = useTimelineWords();
  const query = serverQuery(filter).toString();
  const to = (format: 'csv' | 'jsonl'): string =>
    `/api/v1/timeline/export?format=${format}${query === '' ? '' : `&${query}`}`;
  return (
    <>
      {(['csv', 'jsonl'] as const).map((format) => (
        <a
          key={format}
          href={to(format)}
          download={`timeline.${format}`}
          title={say(format)}
          aria-label={say(format)}
          data-testid={`export-${format}`}
        >
          {format.toUpperCase()}
        </a>
      ))}
    </>
  );
}
