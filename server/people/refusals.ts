import { limit } from '../limits.ts';
import { loadScript, runScript } from '../store/scripts.ts';
import { type NewTimelineEntry, timelineArgs } from '../store/timeline.ts';
import type { PeopleStore } from './principals.ts';

const recordScript = loadScript('record-refusal-4');

/**
 * Puts a refusal on the timeline. Beyond 20 a minute of one subject they are counted, and the count comes with its next entry as
 * `omittedCount`.
 * @param subject - who is refused: a principal's id or an address
 */
export async function recordRefused(
  { redis, keys }: PeopleStore,
  subject: string,
  entry: NewTimelineEntry,
): Promise<void> {
  const args = timelineArgs({ ...entry, params: { ...entry.params, omittedCount: 0 } });
  await runScript(
    redis,
    recordScript,
    [keys.tally('refused', subject), ...keys.timelineList],
    [limit('refusalEntries'), ...args],
  );
}
