import { type CSSProperties, type ReactElement, useMemo } from 'react';
import type { TimelineEntry } from '#contract/timeline';
import { minuteTime } from '../../numbers/time.ts';
import { dayName } from '../../numbers/zone.ts';
import { useZone } from '../frame/use-now.ts';
import { KNOWN_GROUPS } from './filter.ts';
import { axisLanes, BINS, unreadRatio } from './lanes.ts';
import { useTimelineWords } from './words.ts';

const DAY_MS = 86_400_000;
const TICKS = [0, 0.25, 0.5, 0.75, 1] as const;

/** Everything that is loaded, on one axis: a lane a kind, a mark where something happened. A click leads to it in the list. */
export function Axis(props: {
  /** Newest first. */
  readonly entries: readonly TimelineEntry[];
  /** There are older ones that were not read, or nothing was read yet. */
  readonly hasOlder: boolean;
  readonly fromMs: number;
  readonly toMs: number;
  readonly onPick: (seq: number) => void;
}): ReactElement {
  const { entries, hasOlder, fromMs, toMs, onPick } = props;
  const { say, lang } = useTimelineWords();
  const zone = useZone();
  const lanes = useMemo(() => axisLanes(entries, KNOWN_GROUPS, fromMs, toMs), [entries, fromMs, toMs]);
  const long = toMs - fromMs > DAY_MS;
  const time = (ms: number): string => `${long ? `${dayName(ms, zone, lang)} ` : ''}${minuteTime(ms, zone)}`;
  const unread = unreadRatio(entries.at(-1)?.atMs ?? null, hasOlder, fromMs, toMs);
  const readFromMs = fromMs + unread * (toMs - fromMs);
  const label = say('axis', { n: entries.length, from: time(readFromMs), to: time(toMs) });
  return (
    <section className="axis card" aria-label={label} data-testid="axis">
      <div className="axis-lanes">
        {lanes.map(({ group, marks }) => (
          <div className="axis-lane" key={group} data-testid={`axis-${group}`} data-count={marks.length}>
            <span className="axis-name">{say(`group.${group}`)}</span>
            <svg viewBox={`0 0 ${BINS} 10`} preserveAspectRatio="none" aria-hidden="true">
              {marks.map(({ bin, count, seq, tier }) => (
                // biome-ignore lint/a11y/noStaticElementInteractions: a shortcut for the pointer; the list is there for the keyboard
                <rect
                  key={bin}
                  className={tier ? `axis-mark tier-${tier}` : 'axis-mark'}
                  data-tier={tier ?? undefined}
                  x={bin}
                  width={1}
                  y={count > 1 ? 1 : 3}
                  height={count > 1 ? 9 : 7}
                  onClick={() => onPick(seq)}
                />
              ))}
            </svg>
          </div>
        ))}
        {unread === 0 ? null : (
          <p
            className="axis-unread"
            style={{ '--unread': unread } as CSSProperties}
            title={say('unread')}
            data-testid="axis-unread"
          >
            <span>{say('unread')}</span>
          </p>
        )}
      </div>
      <p className="axis-ticks quiet" aria-hidden="true">
        {TICKS.map((part) => (
          <time key={part}>{time(fromMs + part * (toMs - fromMs))}</time>
        ))}
      </p>
    </section>
  );
}
