import { RESOLUTIONS, type ResolutionName } from './resolutions.ts';

/** Late within this is counted where it belongs: by id 15 min, by sequence 24 h. */
export const HORIZON_BY_ID_MS = 15 * 60_000;
export const HORIZON_BY_SEQUENCE_MS = 24 * 3_600_000;
/** Further ahead of Redis time than this is a dead letter. */
export const FUTURE_MAX_MS = 30_000;
/** An event is believed to arrive at most this much after a newer one of its source. */
export const WATERMARK_LAG_MS = 2_000;

export type Placement =
  | { kind: 'ok' }
  | { kind: 'too_late'; lateByMs: number }
  | { kind: 'in_future'; aheadMs: number };

/**
 * Whether an event may still be counted. Boundaries are allowed: exactly the horizon late, exactly 30 s ahead.
 * @param nowMs - Redis time, ms since the Unix epoch
 */
export function placeEvent(eventAtMs: number, nowMs: number, horizonMs: number): Placement {
  const lateByMs = nowMs - eventAtMs - horizonMs;
  if (lateByMs > 0) return { kind: 'too_late', lateByMs };
  const aheadMs = eventAtMs - nowMs;
  if (aheadMs > FUTURE_MAX_MS) return { kind: 'in_future', aheadMs };
  return { kind: 'ok' };
}

/**
 * When a slice is dropped, ms since the Unix epoch: its end + its resolution's keep. The seconds of the minute and the
 * minutes of the hour in which the sale opens are kept as long as the coarser ones, so that "since opening" stays exact
 * to the second for as long as anybody can ask.
 */
export function sliceExpiresAtMs(resolution: ResolutionName, startMs: number, opensAtMs: number): number {
  const { sizeMs, keepMs } = RESOLUTIONS[resolution];
  const end = startMs + sizeMs;
  const same = (sizeOfMs: number): boolean => Math.floor(startMs / sizeOfMs) === Math.floor(opensAtMs / sizeOfMs);
  if (resolution !== '1h' && same(RESOLUTIONS['1m'].sizeMs)) return end + RESOLUTIONS['1h'].keepMs;
  if (resolution === '1m' && same(RESOLUTIONS['1h'].sizeMs)) return end + RESOLUTIONS['1h'].keepMs;
  return end + keepMs;
}
