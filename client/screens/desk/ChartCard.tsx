import { lazy, type ReactElement, Suspense, useMemo } from 'react';
import type { Alert, AlertLineReply } from '#contract/alerts';
import { useDeskWords } from '../../i18n/desk-words.ts';
import type { DeskKey } from '../../i18n/zh-desk.ts';
import { clockTime, minuteTime } from '../../numbers/time.ts';
import { entryWords } from '../../panels/TimelineLine.tsx';
import { useConsole } from '../../state/console-store.ts';
import type { FigureFreshness } from '../../state/freshness.ts';
import { useFormat } from '../../state/use-figure.ts';
import type { Loaded } from '../frame/use-loaded.ts';
import { limitLine, measureLine, sellsOut, titleOf } from './alert-words.ts';
import { ceilingOf } from './ceiling.ts';

const AlertChart = lazy(() => import('./AlertChart.tsx'));
const SPAN_MS = 30 * 60_000;
const MARKS = 3;

/** The last half hour of what the rule measures, with its limit and what was changed; as a table for who cannot see it. */
export function ChartCard({
  alert,
  line,
  link,
}: {
  alert: Alert;
  line: Loaded<AlertLineReply>;
  link: FigureFreshness;
}): ReactElement {
  const { say, lang } = useDeskWords();
  const format = useFormat();
  const zone = useConsole((state) => state.campaign?.timeZone ?? 'Asia/Shanghai');
  const campaign = useConsole((state) => state.campaign);
  const entries = useConsole((state) => state.timeline.entries);
  const { data, failed } = line;
  const toMs = data?.points.at(-1)?.[0] ?? 0;
  const changes = useMemo(
    () =>
      entries.filter(
        ({ kind, atMs }) =>
          kind === 'change.recorded' && atMs >= (toMs || Date.now()) - SPAN_MS && (toMs === 0 || atMs <= toMs),
      ),
    [entries, toMs],
  );
  const unit = data?.unit || alert.unit;
  const drawn = useMemo(() => {
    if (data === null || data.why !== null || data.points.every(([, value]) => value === null)) return null;
    return {
      points: sinceBegun(data.points),
      limit: alert.limit,
      limitWords: alert.limit === null ? '' : limitLine(alert.limit, unit, format),
      tier: alert.tier,
      firedAtMs: alert.firedAt,
      marks: changes.slice(-MARKS).map(({ atMs, params }) => ({
        atMs,
        words: `${minuteTime(atMs, zone)} ${String(params.title ?? '')}`,
      })),
      trusted: link.trusted,
      timeZone: zone,
      textPx: Math.max(12, Math.min(26, innerWidth * 0.0066)),
      tick: (value: number) => limitLine(value, unit, format),
      ...(unit === 'ratio' ? { most: 1 } : {}),
      ceiling: ceilingOf(
        data.points.flatMap(([, value]) => (value === null ? [] : [value])),
        alert.limit,
        unit,
      ),
    };
  }, [data, alert.limit, alert.tier, alert.firedAt, unit, lang, changes, zone, link.trusted]);
  const begunMs = drawn === null || drawn.points.length === data?.points.length ? null : (drawn.points[0]?.[0] ?? null);
  const name = sellsOut(alert) ? say('chart.untilSoldOut') : titleOf(alert, lang);
  const newest = data?.points.findLast(([, value]) => value !== null)?.[1] ?? null;
  const label = say('chart.label', {
    n: data?.points.length ?? 0,
    value: newest === null ? '—' : measureLine(newest, unit, format),
    limit: alert.limit === null ? '—' : limitLine(alert.limit, unit, format),
  });
  return (
    <section className="desk-card chart-card" aria-labelledby="chart-title" data-testid="chart-card">
      <h2 id="chart-title">
        {begunMs === null ? say('chart.title', { name }) : say('chart.since', { name, time: clockTime(begunMs, zone) })}
      </h2>
      {drawn === null ? (
        <p className="chart-none quiet">{say(chartTrouble(data, failed !== null))}</p>
      ) : (
        <>
          <Suspense fallback={<div className="alert-chart" />}>
            <AlertChart line={drawn} label={label} />
          </Suspense>
          <details className="chart-table">
            <summary>{say('chart.table')}</summary>
            <table>
              <thead>
                <tr>
                  <th scope="col">{say('chart.time')}</th>
                  <th scope="col">{say('chart.value')}</th>
                </tr>
              </thead>
              <tbody>
                {drawn.points.map(([ms, value]) => (
                  <tr key={ms}>
                    <td>{minuteTime(ms, zone)}</td>
                    <td>{value === null ? '—' : measureLine(value, unit, format)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </details>
        </>
      )}
      <p className="changes" data-testid="changes">
        <b>{say('changes.title')}</b>{' '}
        {changes.length === 0 ? <span className="quiet">{say('changes.none')}</span> : null}
        {changes.slice(-MARKS).map((entry) => (
          <span key={entry.seq} className="change" title={entryWords(entry, lang, campaign)}>
            {minuteTime(entry.atMs, zone)} {entryWords(entry, lang, campaign)}
          </span>
        ))}
      </p>
    </section>
  );
}

/** Of what has only begun, the stretch that has values, with the last moment before it. */
export function sinceBegun(points: AlertLineReply['points']): AlertLineReply['points'] {
  const begun = points.findIndex(([, value]) => value !== null);
  return begun > points.length / 2 ? points.slice(begun - 1) : points;
}
const chartTrouble = (data: AlertLineReply | null, failed: boolean): DeskKey =>
  data === null ? (failed ? 'chart.failed' : 'chart.loading') : data.why === null ? 'chart.empty' : `chart.${data.why}`;
