import { type ReactElement, useEffect, useState } from 'react';
import { TIERS, type Tier } from '#contract/tiers';
import type { TimelineEntry, TimelineReply } from '#contract/timeline';
import { requestJson } from '../../net/http.ts';
import { minuteTime } from '../../numbers/time.ts';
import { Elided } from '../../panels/Elided.tsx';
import { Panel } from '../../panels/Panel.tsx';
import { TierMark } from '../../panels/TierMark.tsx';
import { entryWords } from '../../panels/TimelineLine.tsx';
import { useConsole } from '../../state/console-store.ts';
import { serverNowMs } from '../../state/server-clock.ts';
import { useFeedFreshness, useTicked } from '../../state/use-freshness.ts';
import { PACE_MS, usePaced } from '../../state/use-paced.ts';
import { LANES, type Lane, MARK_KINDS, MARK_SPAN_MS, marksOf } from './marks.ts';
import { useTechWords } from './words.ts';

/** What the timeline's live page does not go back to, fetched once and after every reconnect. */
function useMarks(): readonly TimelineEntry[] {
  const [older, setOlder] = useState<readonly TimelineEntry[]>([]);
  const open = useConsole((state) => state.link.status === 'open');
  const live = usePaced((state) => state.timeline.entries, PACE_MS.chart);
  useEffect(() => {
    if (!open) return;
    let left = false;
    const query = new URLSearchParams({ kinds: MARK_KINDS.join(), limit: '200' });
    requestJson<TimelineReply>(`/api/v1/timeline?${query}`)
      .then(({ entries }) => {
        if (!left) setOlder(entries);
      })
      .catch(() => undefined); // the live entries are drawn meanwhile
    return () => {
      left = true;
    };
  }, [open]);
  return [...older, ...live];
}

const tierOf = (entry: TimelineEntry): Tier | null => TIERS.find((tier) => tier === entry.params.tier) ?? null;

/** Deploys, runbooks and alerts of the last hour on one axis: what came before what. */
export function MarksPanel(): ReactElement {
  const { say } = useTechWords();
  const freshness = useFeedFreshness([]);
  const entries = useMarks();
  const nowMs = useTicked((atMs) => {
    const serverMs = serverNowMs(useConsole.getState().clock, atMs);
    return serverMs === null ? null : Math.floor(serverMs / 5_000) * 5_000;
  });
  return (
    <Panel id="marks" title={say('marks')} freshness={freshness}>
      {nowMs === null ? null : (
        <div className="lanes">
          {(Object.keys(LANES) as Lane[]).map((lane) => (
            <LaneRow key={lane} lane={lane} entries={entries} nowMs={nowMs} trusted={freshness.trusted} />
          ))}
          <p className="note lane-axis">
            <span>{say('minutesAgo', { n: MARK_SPAN_MS / 60_000 })}</span>
            <span>{say('minutesAgo', { n: MARK_SPAN_MS / 120_000 })}</span>
            <span>{say('now')}</span>
          </p>
        </div>
      )}
    </Panel>
  );
}

interface LaneProps {
  readonly lane: Lane;
  readonly entries: readonly TimelineEntry[];
  readonly nowMs: number;
  readonly trusted: boolean;
}
function LaneRow({ lane, entries, nowMs, trusted }: LaneProps): ReactElement {
  const { say, lang } = useTechWords();
  const campaign = useConsole((state) => state.campaign);
  const zone = campaign?.timeZone ?? 'Asia/Shanghai';
  const marks = marksOf(lane, entries, nowMs);
  const newest = marks.at(-1)?.entry;
  return (
    <div className="lane" data-testid={`lane-${lane}`} data-count={marks.length}>
      <p className="lane-words">
        <span className="lane-name">{say(`lane.${lane}`)}</span>{' '}
        {newest ? (
          <>
            <time>{minuteTime(newest.atMs, zone)}</time>{' '}
            <Elided className="lane-title" testId={`title-${lane}`} text={laneWords(lane, newest, lang, campaign)} />
          </>
        ) : (
          say('none')
        )}
      </p>
      <div className="lane-track" aria-hidden="true">
        {marks.map(({ entry, at }) => {
          const tier = lane === 'alert' && trusted ? tierOf(entry) : null;
          return (
            <span key={entry.seq} className="lane-mark" style={{ left: `${at * 100}%` }} data-lane={lane}>
              {tier ? <TierMark tier={tier} silent /> : null}
            </span>
          );
        })}
      </div>
    </div>
  );
}

/** The lane says what kind of thing it is: here only which one. */
function laneWords(
  lane: Lane,
  entry: TimelineEntry,
  lang: 'zh' | 'en',
  campaign: Parameters<typeof entryWords>[2],
): string {
  const { title, titleZh, titleEn, summary, summaryZh } = entry.params;
  if (lane === 'change' && title !== undefined) return String(title);
  if (lane === 'run') return String((lang === 'zh' ? titleZh : titleEn) ?? entryWords(entry, lang, campaign));
  if (lane === 'alert') return String((lang === 'zh' ? summaryZh : undefined) ?? summary ?? entry.params.rule ?? '');
  return entryWords(entry, lang, campaign);
}
