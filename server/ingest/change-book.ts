import { limit } from '../limits.ts';
import type { Change } from './body-fold.ts';

const MINUTE_MS = 60_000;

/**
 * Deploys, price changes and the like on the timeline. Every screen gets every entry, so a source that floods is counted
 * instead of written: its next entry says how many were left out.
 */
export class ChangeBook {
  private readonly bySource = new Map<string, { sinceMs: number; written: number; omitted: number }>();
  private readonly append: (source: string, params: Readonly<Record<string, string>>) => Promise<unknown>;
  private readonly nowMs: () => number;
  /** @param nowMs - a monotonic clock, ms */
  constructor(
    append: (source: string, params: Readonly<Record<string, string>>) => Promise<unknown>,
    nowMs: () => number = () => performance.now(),
  ) {
    this.append = append;
    this.nowMs = nowMs;
  }

  /** Resolves when all are written; they are sent together, in order. */
  async record(changes: readonly Change[]): Promise<void> {
    await Promise.all(
      changes.flatMap(({ source, params }) => {
        const more = this.take(source);
        return more === null ? [] : [this.append(source, { ...params, ...more })];
      }),
    );
  }

  /** @returns what to add to the entry; null: do not write it */
  private take(source: string): Record<string, string> | null {
    const nowMs = this.nowMs();
    let state = this.bySource.get(source);
    if (state === undefined) {
      state = { sinceMs: nowMs, written: 0, omitted: 0 };
      this.bySource.set(source, state);
    }
    if (nowMs - state.sinceMs >= MINUTE_MS) {
      state.sinceMs = nowMs;
      state.written = 0;
    }
    if (state.written >= limit('changeEntries')) {
      state.omitted += 1;
      return null;
    }
    state.written += 1;
    const { omitted } = state;
    state.omitted = 0;
    return omitted === 0 ? {} : { omittedCount: String(omitted) };
  }
}
