import type { AlertLabels, AlertLineReply } from '#contract/alerts';
import type { FrameSource } from '../server/realtime/frame-source.ts';
import { NOT_RECORDED, sourceAt } from './backtest.ts';
import { BaselineBook, readingResolver } from './readings.ts';
import { lookAt, type RunnableRule } from './rule.ts';

const SPAN_MS = 30 * 60_000;
const STEP_MS = 30_000;
/** Of what has only begun: so many of its points are too few for a line, so that they are looked at closer. */
const YOUNG_COUNT = 4;
const YOUNG_STEP_MS = 5_000;
/** Looks without letting others run; a look of a baseline rule reads a quarter of an hour of windows. */
const TOGETHER = 10;

/**
 * What a rule measures for one alert, over the last half hour: the rule's own expression looked at anew, so that the line and
 * its limit are the same figure that alarmed. The newest point is now; what has only begun is looked at closer.
 * @param pause - lets others run between looks
 */
export async function alertLine(
  runnable: RunnableRule | undefined,
  labels: AlertLabels,
  source: FrameSource,
  nowMs: number,
  pause: () => Promise<unknown>,
): Promise<AlertLineReply> {
  const nothing = { stepMs: STEP_MS, unit: '', points: [] };
  if (runnable === undefined) return { ...nothing, why: 'no_rule' };
  if (runnable.expr.readings.some(({ name }) => NOT_RECORDED.has(name))) return { ...nothing, why: 'not_recorded' };
  const match = runnable.matches.find((each) => Object.entries(each).every(([name, value]) => labels[name] === value));
  if (match === undefined) return { ...nothing, why: 'no_rule' };
  const endMs = Math.floor(Math.min(nowMs, source.watermarkMs ?? nowMs) / 1_000) * 1_000;
  const baselines = new BaselineBook();
  const points: [number, number | null][] = [];
  let unit = '';
  const lookBack = (atMs: number, last: boolean): [number, number | null] => {
    const seen = last ? source : sourceAt(source, atMs);
    const resolve = readingResolver(seen, last ? nowMs : atMs, () => null, baselines);
    const look = lookAt(runnable, match, resolve);
    if (look.kind === 'seen' && look.unit !== '') ({ unit } = look);
    return [atMs, look.kind === 'seen' ? look.value : null];
  };
  for (let back = SPAN_MS / STEP_MS; back >= 0; back -= 1) {
    const last = back === 0;
    // the newest one as the engine sees it now: totals end at the newest event, rates at the watermark
    points.push(lookBack(last ? Math.max(endMs, source.asOfMs ?? endMs) : endMs - back * STEP_MS, last));
    if (back % TOGETHER === 0) await pause();
  }
  const begun = points.findIndex(([, value]) => value !== null);
  if (begun > 0 && points.length - begun <= YOUNG_COUNT) {
    const newest = points.at(-1)?.[0] ?? endMs;
    const closer: [number, number | null][] = [];
    for (let atMs = points[begun - 1]?.[0] ?? newest; atMs < newest; atMs += YOUNG_STEP_MS)
      closer.push(lookBack(atMs, false));
    points.splice(begun - 1, points.length - begun, ...closer);
  }
  return { stepMs: STEP_MS, unit, points, why: null };
}
