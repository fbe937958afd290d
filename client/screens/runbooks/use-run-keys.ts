import { useEffect, useRef } from 'react';
import { type RunKey, runKey } from './run-keys.ts';

/** None while something is typed or a dialog is open. */
export function useRunKeys(press: Readonly<Record<RunKey, () => void>>): void {
  const latest = useRef(press);
  latest.current = press;
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      const { target } = event;
      if (target instanceof HTMLElement && target.closest('input, textarea, select, dialog[open]')) return;
      const key = runKey(event);
      if (key === null) return;
      event.preventDefault();
      latest.current[key]();
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, []);
}
