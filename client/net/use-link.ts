import { useEffect, useRef } from 'react';
import type { AlertPage } from '#contract/alerts';
import type { FrameAlerts, ScreenInfo, ViewId } from '#contract/frames';
import type { Position } from '#contract/timeline';
import { soundFacts, useSound } from '../sound/sound-store.ts';
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
    ...soundFacts(),
  };
}

/** What a screen does with the stream of alerts; the same for its whole life. */
export interface AlertSink {
  readonly after: () => Position | null;
  readonly onPage: (page: AlertPage) => void;
  /** The most urgent ones as each frame has them: with the money they cost by now. */
  readonly onTop: (top: FrameAlerts['top']) => void;
}

/** Keeps one link for the page and joins `view` on it. */
export function useLink(view: ViewId, alerts?: AlertSink): void {
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
      ...(alerts === undefined ? {} : { alertsAfter: alerts.after }),
      handlers: {
        onHello: (hello) => applyLink({ hello, heardAtMs: performance.now() }),
        onFrame: (frame, linkId) => {
          applyFrame(frame, { nowMs: heard(), linkId });
          alerts?.onTop(frame.alerts.top);
        },
        onAlerts: (page) => {
          heard();
          alerts?.onPage(page);
        },
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
    const stopSound = useSound.subscribe(() => opened.report());
    addEventListener('online', hurry);
    document.addEventListener('visibilitychange', hurry);
    return () => {
      stopSound();
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
