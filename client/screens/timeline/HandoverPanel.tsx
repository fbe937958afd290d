import { type ReactElement, useEffect, useMemo, useState } from 'react';
import type { AlertsReply, SilenceView } from '#contract/alerts';
import type { DutySegment, ScheduleReply } from '#contract/duty';
import type { RunsReply } from '#contract/runbooks';
import { TIMELINE_KINDS, type TimelineEntry, type TimelineKind, type TimelineReply } from '#contract/timeline';
import { requestJson } from '../../net/http.ts';
import { minuteTime } from '../../numbers/time.ts';
import { dayName } from '../../numbers/zone.ts';
import { useConsole } from '../../state/console-store.ts';
import { nowOfServer, useZone } from '../frame/use-now.ts';
import { useRefused } from '../frame/use-refused.ts';
import { useFrameWords } from '../frame/words.ts';
import { HANDED_OVER, handoverText } from './handover.ts';
import { useTimelineWords } from './words.ts';

const HOUR_MS = 3_600_000;
const PAGES_MOST = 6;
const LAST_HOURS = [8, 12, 24] as const;

const KINDS = TIMELINE_KINDS.filter((kind) => HANDED_OVER.test(kind));
const ALERT_KINDS = KINDS.filter((kind) => kind.startsWith('alert.'));
const OTHER_KINDS = KINDS.filter((kind) => !kind.startsWith('alert.'));

interface Span {
  readonly id: string;
  readonly label: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly segment: DutySegment | null;
}
interface Facts {
  readonly spanId: string;
  readonly entries: readonly TimelineEntry[];
  readonly cut: boolean;
  readonly alerts: AlertsReply['alerts'];
  readonly runs: RunsReply['runs'];
  readonly silences: readonly SilenceView[];
}

async function readEntries(
  kinds: readonly TimelineKind[],
  fromMs: number,
  toMs: number,
): Promise<{ entries: TimelineEntry[]; cut: boolean }> {
  const entries: TimelineEntry[] = [];
  let before: number | null | undefined;
  for (let page = 0; page < PAGES_MOST && before !== null; page += 1) {
    const query = new URLSearchParams({ kinds: kinds.join(','), from: String(fromMs), to: String(toMs), limit: '500' });
    if (before !== undefined) query.set('before', String(before));
    const reply = await requestJson<TimelineReply>(`/api/v1/timeline?${query}`);
    entries.push(...reply.entries.filter(({ kind }) => kind !== 'hidden'));
    before = reply.before ?? null;
  }
  return { entries, cut: before !== null };
}
async function readFacts({ id, fromMs, toMs }: Span): Promise<Facts> {
  // alerts apart: however many there were, they keep no incident and no move out
  const [told, others, { alerts }, { runs }, { silences }] = await Promise.all([
    readEntries(ALERT_KINDS, fromMs, toMs),
    readEntries(OTHER_KINDS, fromMs, toMs),
    requestJson<AlertsReply>('/api/v1/alerts?limit=500'),
    requestJson<RunsReply>('/api/v1/runs'),
    requestJson<{ silences: readonly SilenceView[] }>('/api/v1/silences'),
  ]);
  const entries = [...told.entries, ...others.entries];
  return { spanId: id, entries, cut: told.cut || others.cut, alerts, runs, silences };
}

/** Shifts of the last day, one a span of time: many posts change hands together. */
function useShifts(): { readonly spans: readonly Span[]; readonly segments: readonly DutySegment[] } {
  const { say, lang } = useTimelineWords();
  const zone = useZone();
  const [schedule, setSchedule] = useState<ScheduleReply | null>(null);
  const [nowMs] = useState(() => nowOfServer() ?? Date.now());
  useEffect(() => {
    const query = new URLSearchParams({
      from: String(Math.floor(nowMs - 48 * HOUR_MS)),
      to: String(Math.floor(nowMs + 48 * HOUR_MS)),
    });
    requestJson<ScheduleReply>(`/api/v1/duty/schedule?${query}`).then(setSchedule, () => undefined);
  }, [nowMs]);
  const segments = schedule?.segments ?? [];
  const last = LAST_HOURS.map(
    (hours): Span => ({
      id: `last-${hours}`,
      label: say('lastHours', { n: hours }),
      fromMs: Math.floor(nowMs - hours * HOUR_MS),
      toMs: Math.floor(nowMs),
      segment: null,
    }),
  );
  const seen = new Set<string>();
  const shifts = segments.flatMap((segment): Span[] => {
    const { fromMs, toMs, by, post, role, person } = segment;
    const id = `${fromMs}-${toMs}`;
    const whole = schedule !== null && fromMs > schedule.fromMs && toMs < schedule.toMs;
    if (by === 'roster' || by === 'none' || !whole || fromMs > nowMs || seen.has(id)) return [];
    seen.add(id);
    const named = schedule.posts.find((each) => each.id === post)?.[lang] ?? post;
    const times = `${dayName(fromMs, zone, lang)} ${minuteTime(fromMs, zone)}–${minuteTime(toMs, zone)}`;
    return [{ id, label: `${times} · ${named} ${role} ${person ?? ''}`, fromMs, toMs, segment }];
  });
  return { spans: [...last, ...shifts.sort((a, b) => b.fromMs - a.fromMs)], segments };
}

/** What a shift hands over, as text to read, copy and print. */
export function HandoverPanel({ onClose }: { onClose: () => void }): ReactElement {
  const { say, lang } = useTimelineWords();
  const { say: common } = useFrameWords();
  const zone = useZone();
  const campaign = useConsole((state) => state.campaign);
  const refused = useRefused();
  const { spans, segments } = useShifts();
  const [spanId, setSpanId] = useState('last-8');
  const [facts, setFacts] = useState<Facts | null>(null);
  const [copied, setCopied] = useState(false);
  const span = spans.find(({ id }) => id === spanId) ?? spans[0];
  const { take } = refused;
  const key = span === undefined ? '' : `${span.id}|${span.fromMs}`;
  useEffect(() => {
    if (span === undefined) return;
    let left = false;
    readFacts(span).then(
      (read) => {
        if (!left) setFacts(read);
      },
      (error: unknown) => {
        if (!left) take(error);
      },
    );
    return () => {
      left = true;
    };
  }, [key, take]);
  const text = useMemo(() => {
    if (facts === null || span === undefined || facts.spanId !== span.id) return null;
    const { segment } = span;
    const next =
      segment === null
        ? null
        : (segments.find(
            ({ post, role, fromMs }) => post === segment.post && role === segment.role && fromMs === segment.toMs,
          ) ?? null);
    const { fromMs, toMs } = span;
    const nowMs = nowOfServer() ?? Date.now();
    return handoverText({ ...facts, fromMs, toMs, nowMs, timeZone: zone, lang, campaign, next }, say);
  }, [facts, span, segments, zone, lang, campaign, say]);
  return (
    <section className="handover card print-only" aria-label={say('handover')} data-testid="handover">
      <div className="line no-print">
        <label className="inline-field">
          {say('shift')}
          <select name="shift" value={spanId} onChange={(event) => setSpanId(event.target.value)}>
            {spans.map(({ id, label }) => (
              <option key={id} value={id}>
                {label}
              </option>
            ))}
          </select>
        </label>
        <button type="button" className="button" onClick={() => print()}>
          {say('print')}
        </button>
        <button
          type="button"
          className="button"
          disabled={text === null}
          onClick={() => {
            void navigator.clipboard?.writeText(text ?? '').then(() => setCopied(true));
          }}
        >
          {say(copied ? 'copied' : 'copy')}
        </button>
        <button type="button" className="button" onClick={onClose}>
          {common('close')}
        </button>
      </div>
      <p role="alert" className="refused no-print">
        {refused.text}
      </p>
      {text === null ? (
        <p role="status">{refused.text === '' ? common('loading') : ''}</p>
      ) : (
        <pre data-testid="handover-text">{text}</pre>
      )}
    </section>
  );
}
