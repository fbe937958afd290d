import type { ReactElement } from 'react';
import type { Run } from '#contract/runbooks';
import { TIMELINE_KINDS, type TimelineReply } from '#contract/timeline';
import { requestJson } from '../../net/http.ts';
import { clockTime } from '../../numbers/time.ts';
import { useConsole } from '../../state/console-store.ts';
import { useLoaded } from '../frame/use-loaded.ts';
import { entryLine } from '../timeline/entry-line.ts';
import { useWords } from './words.ts';

const KINDS = TIMELINE_KINDS.filter((kind) => kind.startsWith('run.')).join();
/** A run of eight steps with an action each has some sixty. */
const MOST = '300';

const readRecord = (run: string): Promise<TimelineReply> =>
  requestJson(`/api/v1/timeline?${new URLSearchParams({ kinds: KINDS, text: run, limit: MOST })}`);

/** Who did what in this run, when, and with what result: what the timeline holds of it, newest first. */
export function RunRecord({
  run: { id: run, title },
  zone,
}: {
  run: Pick<Run, 'id' | 'title'>;
  zone: string;
}): ReactElement | null {
  const { say, lang } = useWords();
  const campaign = useConsole((state) => state.campaign);
  const { data } = useLoaded(() => readRecord(run), run, { about: /^run\./ });
  // which plan it is stands at the head of the page
  const prefixes = { zh: `预案「${title.zh}」`, en: `${title.en}: ` };
  const entries = data?.entries.filter(({ params }) => params.run === run) ?? [];
  if (entries.length === 0) return null;
  return (
    <section className="card run-record" aria-labelledby="run-record">
      <h2 id="run-record">{say('record')}</h2>
      <ol data-testid="record">
        {entries.toReversed().map((entry) => {
          const line = entryLine(entry, lang, campaign);
          const { detail, who } = line;
          const words = line.words.replace(prefixes[lang], '');
          const isAction = entry.kind.startsWith('run.action');
          return (
            <li key={entry.seq} data-kind={entry.kind}>
              <time className="quiet">{clockTime(entry.atMs, zone)}</time>{' '}
              {isAction ? `${say('stepNumber', { n: Number(entry.params.step) })} · ` : ''}
              {[words, detail, who].filter((part) => part !== '').join(' · ')}
            </li>
          );
        })}
      </ol>
    </section>
  );
}
