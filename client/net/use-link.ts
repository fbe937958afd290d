import { useEffect, useRef } from 'react';
import type { ScreenInfo, ViewId } from '#contract/frames';
import { useConsole } from '../state/console-store.ts';
import { type Link, openLink } from './link.ts';
import { screenId } from './screen-id.ts';

/** What this screen tells of itself, for the list of screens. */
export function describeScreen(view: ViewId): ScreenInfo {
  const { frame, frameHeardAtMs } = useConsole.getState();
  const memory = (performance as { memory?: { usedJSHeapSize: number } }).memory;
  return {
    screenId: screenId(),
    build: __BUILD__,
    scene: view,
    frameAgeMs: frame ? Math.round(performance.now() - frameHeardAtMs) : null,
    heapBytes: memory?.usedJSHeapSize ?? null,
  };
}

/** Keeps one link for the page and joins `view` on it. */
export function useLink(view: ViewId): void {
  const link = useRef<Link | null>(null);
  const viewRef = useRef(view);
  viewRef.current = view;
  useEffect(() => {
    const { applyFrame, applyBeat, applyTimeline, applyLink } = useConsole.getState();
    const heard = (): number => {
      const nowMs = performance.now();
      applyLink({ heardAtMs: nowMs });
      return nowMs;
    };
    const opened = openLink({
      url: location.origin,
      build: __BUILD__,
      screen: () => describeScreen(viewRef.current),
      timelineAfter: () => useConsole.getState().timeline.position,
      handlers: {
        onHello: (hello) => applyLink({ hello, heardAtMs: performance.now() }),
        onFrame: (frame, linkId) => applyFrame(frame, { nowMs: heard(), linkId }),
        onBeat: (serverMs) => applyBeat(serverMs, heard()),
        onTimeline: (page) => {
          heard();
          applyTimeline(page);
          const { resumeAfter } = useConsole.getState().timeline;
          if (resumeAfter && resumeAfter !== asked) {
            asked = resumeAfter;
            opened.resume(resumeAfter);
          }
        },
        onStatus: (status, refusal) => applyLink({ status, refusal }),
      },
    });
    let asked: unknown = null;
    link.current = opened;
    opened.join(viewRef.current);
    const hurry = (): void => {
      if (document.visibilityState === 'visible') opened.hurry();
    };
    addEventListener('online', hurry);
    document.addEventListener('visibilitychange', hurry);
    return () => {
      removeEventListener('online', hurry);
      document.removeEventListener('visibilitychange', hurry);
      opened.close();
      link.current = null;
    };
  }, []);
  useEffect(() => {
    link.current?.join(view);
  }, [view]);
}
