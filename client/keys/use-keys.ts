import { useEffect, useRef, useSyncExternalStore } from 'react';
import { navigate } from '../router.ts';
import { decide, PREFIX_MS } from './decide.ts';

/** What the keys of a page do, by `event.key` (`A` is Shift+a). */
export type KeyActions = Readonly<Record<string, () => void>>;

/** Innermost last: a list over a page takes its keys first. */
const stack: { current: KeyActions }[] = [];
let prefixedAtMs = Number.NEGATIVE_INFINITY;

const SETTING = 'wr-single-keys';
const changed = new Set<() => void>();
export function keysAreOn(): boolean {
  try {
    return localStorage.getItem(SETTING) !== 'off';
  } catch {
    return true; // storage may be off; then keys are on
  }
}
/** Single keys can be turned off by people whose tools type letters (WCAG 2.1.4); kept in this browser. */
export function setSingleKeys(on: boolean): void {
  try {
    localStorage.setItem(SETTING, on ? 'on' : 'off');
  } catch {
    return;
  }
  for (const listener of changed) listener();
}
export const useSingleKeys = (): boolean =>
  useSyncExternalStore((listener) => {
    changed.add(listener);
    return () => changed.delete(listener);
  }, keysAreOn);

/** Somebody types, or a dialog has the keyboard. */
const taken = (target: EventTarget | null): boolean =>
  (target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable="true"]') !== null) ||
  document.querySelector('dialog[open]') !== null;

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || taken(event.target) || !keysAreOn()) return;
  const known = new Set(stack.flatMap(({ current }) => Object.keys(current)));
  const decision = decide(event, known, performance.now() - prefixedAtMs < PREFIX_MS);
  prefixedAtMs = decision.kind === 'prefix' ? performance.now() : Number.NEGATIVE_INFINITY;
  if (decision.kind === 'none' || decision.kind === 'prefix') return;
  if (decision.kind === 'go') {
    event.preventDefault();
    navigate(decision.path);
    return;
  }
  // Enter and Space on a focused button or link are its own.
  const own = event.target instanceof Element && event.target.closest('button, a, summary') !== null;
  if (own && (event.key === 'Enter' || event.key === ' ')) return;
  event.preventDefault();
  stack.findLast(({ current }) => Object.hasOwn(current, decision.key))?.current[decision.key]?.();
}

/**
 * Single keys of a page or a list, and `g` + key to another page. None while something is typed or a dialog is open, none
 * with Ctrl, Alt or Meta, none when they are turned off.
 */
export function useKeys(actions: KeyActions): void {
  const latest = useRef(actions);
  latest.current = actions;
  useEffect(() => {
    const entry = {
      get current() {
        return latest.current;
      },
    };
    if (stack.length === 0) addEventListener('keydown', onKeyDown);
    stack.push(entry);
    return () => {
      stack.splice(stack.indexOf(entry), 1);
      if (stack.length === 0) removeEventListener('keydown', onKeyDown);
    };
  }, []);
}
