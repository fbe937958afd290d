import { type RefObject, useEffect, useState } from 'react';

/** A finger that was just lifted may come down again on what it saw, ms. */
const AFTER_MS = 4_000;
/** Further down than this somebody reads, px. */
const READING_PX = 40;

/** A finger is on the list, was a moment ago, or the list is scrolled: it must not move. */
export function useTouched(area: RefObject<HTMLElement | null>): boolean {
  const [touched, setTouched] = useState(false);
  const [reading, setReading] = useState(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    const element = area.current;
    const down = (): void => {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      setTouched(true);
    };
    const up = (): void => {
      if (timer !== null) clearTimeout(timer);
      timer = setTimeout(() => setTouched(false), AFTER_MS);
    };
    const scrolled = (): void => setReading(scrollY > READING_PX);
    element?.addEventListener('pointerdown', down);
    addEventListener('pointerup', up);
    addEventListener('pointercancel', up);
    addEventListener('scroll', scrolled, { passive: true });
    return () => {
      if (timer !== null) clearTimeout(timer);
      element?.removeEventListener('pointerdown', down);
      removeEventListener('pointerup', up);
      removeEventListener('pointercancel', up);
      removeEventListener('scroll', scrolled);
    };
  }, [area]);
  return touched || reading;
}
