import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactElement, type Ref, useEffect, useImperativeHandle, useRef } from 'react';
import { TIERS, type Tier } from '#contract/tiers';
import type { TimelineEntry } from '#contract/timeline';
import { clockTime } from '../../numbers/time.ts';
import { dayName } from '../../numbers/zone.ts';
import { TierMark } from '../../panels/TierMark.tsx';
import { useConsole } from '../../state/console-store.ts';
import { useZone } from '../frame/use-now.ts';
import { entryLine } from './entry-line.ts';
import { groupOf } from './filter.ts';
import { useTimelineWords } from './words.ts';

const ROW_PX = 44;
/** Rows from the end at which older ones are asked for. */
const NEAR_END = 20;
const AT_TOP_PX = 4;

export interface ListHandle {
  readonly scrollToSeq: (seq: number) => void;
  readonly scrollToTop: () => void;
}
export interface EntryListProps {
  /** Newest first. */
  readonly rows: readonly TimelineEntry[];
  readonly hasOlder: boolean;
  readonly onOlder: () => void;
  /** Somebody reads: the pointer is over it, it has the focus, or it is scrolled. */
  readonly onReading: (reading: boolean) => void;
  readonly handle: Ref<ListHandle>;
}

/** The entries as rows, of which only those that can be seen are in the document. */
export function EntryList({ rows, hasOlder, onOlder, onReading, handle }: EntryListProps): ReactElement {
  const { say } = useTimelineWords();
  const box = useRef<HTMLElement>(null);
  const over = useRef({ pointer: false, focus: false, scrolled: false });
  const told = useRef(false);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_PX,
    overscan: 8,
    getItemKey: (index) => rows[index]?.seq ?? index,
  });
  const items = virtual.getVirtualItems();
  const lastIndex = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasOlder && lastIndex >= rows.length - NEAR_END) onOlder();
  }, [hasOlder, lastIndex, rows.length, onOlder]);
  const reading = (change: Partial<typeof over.current>): void => {
    Object.assign(over.current, change);
    const { pointer, focus, scrolled } = over.current;
    const now = pointer || focus || scrolled;
    if (now === told.current) return;
    told.current = now;
    onReading(now);
  };
  useImperativeHandle(handle, () => ({
    scrollToSeq: (seq) => {
      const index = rows.findIndex((row) => row.seq <= seq);
      if (index !== -1) virtual.scrollToIndex(index, { align: 'center' });
    },
    scrollToTop: () => virtual.scrollToOffset(0),
  }));
  return (
    <section
      ref={box}
      className="entries card"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
      tabIndex={0}
      aria-label={say('title')}
      data-testid="entries"
      onPointerEnter={() => reading({ pointer: true })}
      onPointerLeave={() => reading({ pointer: false })}
      onFocus={() => reading({ focus: true })}
      onBlur={() => reading({ focus: false })}
      onScroll={(event) => reading({ scrolled: event.currentTarget.scrollTop > AT_TOP_PX })}
    >
      <ol style={{ height: virtual.getTotalSize() }}>
        {items.map(({ index, key, start }) => {
          const entry = rows[index];
          const above = rows[index - 1];
          return entry === undefined ? null : (
            <li
              key={key}
              ref={virtual.measureElement}
              data-index={index}
              data-seq={entry.seq}
              style={{ transform: `translateY(${start}px)` }}
            >
              <EntryRow entry={entry} above={above} />
            </li>
          );
        })}
      </ol>
      <p className="quiet entries-end">{hasOlder ? say('older') : say(rows.length === 0 ? 'empty' : 'start')}</p>
    </section>
  );
}

function EntryRow({ entry, above }: { entry: TimelineEntry; above: TimelineEntry | undefined }): ReactElement {
  const { say, lang } = useTimelineWords();
  const campaign = useConsole((state) => state.campaign);
  const zone = useZone();
  const { words, detail, who } = entryLine(entry, lang, campaign);
  const tier = TIERS.find((each): each is Tier => each === entry.params.tier);
  const day = dayName(entry.atMs, zone, lang);
  const newDay = above === undefined || dayName(above.atMs, zone, lang) !== day;
  const group = groupOf(entry.kind);
  return (
    <article className="entry" data-group={group} data-kind={entry.kind}>
      <time dateTime={new Date(entry.atMs).toISOString()}>
        {newDay ? <span className="entry-day">{day}</span> : null}
        {clockTime(entry.atMs, zone)}
      </time>
      <span className="entry-group">{say(`group.${group}`)}</span>
      <span className="entry-text">
        {tier ? <TierMark tier={tier} /> : null}
        <b>{words}</b> {detail === '' ? null : <span className="quiet">{detail}</span>}
      </span>
      <span className="entry-who">{who}</span>
    </article>
  );
}
