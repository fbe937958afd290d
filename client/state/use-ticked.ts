import { useCallback, useRef, useSyncExternalStore } from 'react';
import { useConsole } from './console-store.ts';
import { type FigureFreshness, figureFreshness } from './freshness.ts';
import { onTick } from './ticker.ts';

/** Freshness of feeds, again on every tick; the component draws again when the state or the whole second changes. */
export function useFeedFreshness(feeds: readonly string[]): FigureFreshness {
  const held = useRef<{ at: string; value: FigureFreshness } | null>(null);
  const snapshot = (): FigureFreshness => {
    const value = figureFreshness(useConsole.getState(), feeds, performance.now());
    const at = `${feeds.join()}|${value.state}|${value.ageMs === null ? '' : Math.floor(value.ageMs / 1_000)}`;
    if (held.current?.at !== at) held.current = { at, value };
    return held.current.value;
  };
  return useSyncExternalStore(subscribe, snapshot, snapshot);
}

function subscribe(listener: () => void): () => void {
  const offTick = onTick(listener);
  const offStore = useConsole.subscribe(listener);
  return () => {
    offTick();
    offStore();
  };
}

/** A primitive taken from the store and the clock, again on every tick. */
export function useTicked<T extends string | number | boolean | null>(read: (nowMs: number) => T): T {
  const latest = useRef(read);
  latest.current = read;
  const snapshot = useCallback(() => latest.current(performance.now()), []);
  return useSyncExternalStore(subscribe, snapshot, snapshot);
}
