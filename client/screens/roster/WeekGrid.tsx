import type { ReactElement } from 'react';
import type { DutySegment, ScheduleReply } from '#contract/duty';
import { dayName } from '../../numbers/zone.ts';
import { useConsole } from '../../state/console-store.ts';
import { useZone } from '../frame/use-now.ts';
import { useNames } from './use-names.ts';
import { DAY_MS, DAYS, placeOf, type WeekRow } from './week.ts';
import { useRosterWords } from './words.ts';

/** The week as bars: a line a post and role. A shift or an override opens its form, a stretch of the roster a new shift there. */
export function WeekGrid(props: {
  readonly rows: readonly WeekRow[];
  readonly weekMs: number;
  readonly nowMs: number;
  readonly posts: ScheduleReply['posts'];
  readonly onPick: ((segment: DutySegment) => void) | null;
}): ReactElement {
  const { rows, weekMs, nowMs, posts, onPick } = props;
  const { say } = useRosterWords();
  const lang = useConsole((state) => state.lang);
  const zone = useZone();
  const { postName, when, until } = useNames(posts);
  const now = (nowMs - weekMs) / (DAYS * DAY_MS);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls sideways must be reachable by keyboard
    <section className="scroll-x" tabIndex={0} aria-label={say('week')}>
      <div className="week" data-testid="week">
        <div className="week-line week-days">
          <span />
          <div className="week-track">
            {Array.from({ length: DAYS }, (_, day) => (
              <span key={day} className="week-day" style={{ left: `${(day / DAYS) * 100}%` }}>
                {dayName(weekMs + day * DAY_MS + DAY_MS / 2, zone, lang)}
              </span>
            ))}
          </div>
        </div>
        {rows.map(({ post, role, segments }) => (
          <div className="week-line" key={`${post}|${role}`} data-testid={`week-${post}-${role}`}>
            <span className="week-name">
              {postName(post)} {role}
            </span>
            <div className="week-track">
              {segments.map((segment) => {
                const { left, width } = placeOf(segment, weekMs);
                const who = segment.person ?? say('nobody');
                const words = say('segment', {
                  post: postName(post),
                  role,
                  who,
                  from: when(segment.fromMs),
                  to: until(segment.toMs, segment.fromMs),
                  by: say(`by.${segment.by}`),
                });
                return width === 0 ? null : (
                  <button
                    key={segment.fromMs}
                    type="button"
                    className="week-bar"
                    data-by={segment.by}
                    data-testid={segment.id === null ? undefined : `bar-${segment.id}`}
                    style={{ left: `min(${left * 100}%, 100% - 24px)`, width: `${width * 100}%` }}
                    title={words}
                    aria-label={words}
                    disabled={onPick === null}
                    onClick={() => onPick?.(segment)}
                  >
                    {who}
                  </button>
                );
              })}
              {now > 0 && now < 1 ? <span className="week-now" style={{ left: `${now * 100}%` }} /> : null}
            </div>
          </div>
        ))}
      </div>
    </section>
  );
}
