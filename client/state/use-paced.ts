import { useCallback, useRef, useSyncExternalStore } from 'react';
import { type ConsoleState, useConsole } from './console-store.ts';

/** Repaint periods, ms: digits that change faster than this cannot be read beside others. */
export const PACE_MS = { hero: 1_000, kpi: 2_000, chart: 1_000, grid: 5_000 } as const;

/**
 * Reads the store at most once a period, whatever the rate of messages. The newest value always arrives: what came in
 * between is drawn when the period ends. A first value, and the loss of one, are drawn at once.
 */
export function usePaced<T>(select: (state: ConsoleState) => T, periodMs: number): T {
  const selectRef = useRef(select);
  selectRef.current = select;
  const held = useRef<{ value: T; atMs: number } | null>(null);
  held.current ??= { value: select(useConsole.getState()), atMs: Number.NEGATIVE_INFINITY };

  const subscribe = useCallback(
    (draw: () => void) => {
      let timer: ReturnType<typeof setTimeout> | null = null;
      const take = (): void => {
        timer = null;
        const value = selectRef.current(useConsole.getState());
        if (held.current && Object.is(held.current.value, value)) return;
        held.current = { value, atMs: performance.now() };
        draw();
      };
      const stop = useConsole.subscribe((state) => {
        if (timer !== null) return;
        const value = selectRef.current(state);
        if (!held.current || Object.is(held.current.value, value)) return;
        const dueInMs = held.current.atMs + periodMs - performance.now();
        const first = held.current.value === undefined || held.current.value === null || value === undefined;
        if (dueInMs <= 0 || first) take();
        else timer = setTimeout(take, dueInMs);
      });
      take();
      return () => {
        stop();
        if (timer !== null) clearTimeout(timer);
      };
    },
    [periodMs],
  );
  const snapshot = useCallback(() => (held.current as { value: T }).value, []);
  return useSyncExternalStore(subscribe, snapshot, snapshot);
}
