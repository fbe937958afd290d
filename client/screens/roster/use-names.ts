import type { ScheduleReply } from '#contract/duty';
import { minuteTime } from '../../numbers/time.ts';
import { dayName } from '../../numbers/zone.ts';
import { useConsole } from '../../state/console-store.ts';
import { useZone } from '../frame/use-now.ts';

/** Names of posts, and instants as people of the campaign say them. */
export function useNames(posts: ScheduleReply['posts']): {
  readonly postName: (id: string) => string;
  readonly when: (ms: number) => string;
} {
  const lang = useConsole((state) => state.lang);
  const zone = useZone();
  return {
    postName: (id) => posts.find((post) => post.id === id)?.[lang] ?? id,
    when: (ms) => `${dayName(ms, zone, lang)} ${minuteTime(ms, zone)}`,
  };
}
