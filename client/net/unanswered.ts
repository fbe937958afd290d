import { useSyncExternalStore } from 'react';

/** A command whose answer was lost, while the console finds out what became of it. */
export type Asked = symbol;
/** `looking`: at least one is open; else what the last one turned out to be, for as long as that is news. */
export type Looking = 'looking' | 'done' | 'refused' | 'unknown' | null;

/** What was found out stays on the page for so long, ms. */
const NEWS_MS = 8_000;
const open = new Set<Asked>();
const listeners = new Set<() => void>();
let found: Exclude<Looking, 'looking'> = null;
let timer: ReturnType<typeof setTimeout> | null = null;

export const looking = (): Looking => (open.size > 0 ? 'looking' : found);
function tell(): void {
  for (const listener of listeners) listener();
}
export function commandUnanswered(): Asked {
  const asked = Symbol('asked');
  open.add(asked);
  tell();
  return asked;
}
export function commandAnswered(asked: Asked, outcome: 'done' | 'refused' | 'unknown'): void {
  if (!open.delete(asked)) return;
  found = outcome;
  if (timer !== null) clearTimeout(timer);
  timer = setTimeout(() => {
    found = null;
    tell();
  }, NEWS_MS);
  tell();
}
/** What the page says of commands whose answer did not come. */
export const useLooking = (): Looking =>
  useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, looking);
