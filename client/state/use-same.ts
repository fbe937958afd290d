import { useRef } from 'react';
import { type ConsoleState, useConsole } from './console-store.ts';

/**
 * Reads a small part of the store. Frames are whole, so every one brings new objects: what reads the same is the same, and draws
 * nothing again.
 */
export function useSame<T>(select: (state: ConsoleState) => T): T {
  const held = useRef<{ readonly text: string | undefined; readonly value: T } | null>(null);
  return useConsole((state) => {
    const value = select(state);
    const text = JSON.stringify(value);
    if (held.current === null || held.current.text !== text) held.current = { text, value };
    return held.current.value;
  });
}
