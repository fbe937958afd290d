import type { ScheduleReply } from '#contract/duty';
import { minuteTime } from '../../numbers/time.ts';
import { dayName } from '../../numbers/zone.ts';
import { useConsole } from '../../state/console-store.ts';
import { useZone } from '../frame/use-now.ts';

/** Names of posts, and instants as people of the campaign say them. */
export function useNames(posts: ScheduleReply['posts']): {
  readonly postName: (id: string) => string;
  readonly when: (ms: number) => string;
  /** The end of a span that began then: without the day when it is the same. */
  readonly until: (ms: number, fromMs: number) => string;
} {
  const lang = useConsole((state) => state.lang);
  const zone = useZone();
  return {
    postName: (id) => posts.find((post) => post.id === id)?.[lang] ?? id,
    when: (ms) => `${dayName(ms, zone, lang)} ${minuteTime(ms, zone)}`,
    until: (ms, fromMs) => {
      const day = dayName(ms, zone, lang);
      return `${day === dayName(fromMs, zone, lang) ? '' : `${day} `}${minuteTime(ms, zone)}`;
    },
  };
}
