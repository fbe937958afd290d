import {
  ErrorsInstrumentation,
  InternalLoggerLevel,
  initializeFaro,
  WebVitalsInstrumentation,
} from '@grafana/faro-web-sdk';
import { useConsole } from '../state/console-store.ts';

const FRAME_AGE_EVERY_MS = 30_000;
const SEND_EVERY_MS = 5_000;
/** Query and fragment of an address inside JSON text: they may say who somebody is, or hold a link's token. */
const ADDRESS_TAIL = /(https?:\/\/[^\s"?#\\]+)[?#][^\s"\\]*/g;

/**
 * Tells our own server how this page fares: web vitals, errors, and how old its figures are. Nothing about the person: no
 * name, no session, no query of an address. The server counts it (`/metrics`) and may pass it on.
 * @param early - what was thrown before this was loaded
 */
export function startFaro(early: readonly unknown[]): void {
  const { api } = initializeFaro({
    url: '/faro/collect',
    app: { name: 'war-room', version: __BUILD__ },
    instrumentations: [new ErrorsInstrumentation(), new WebVitalsInstrumentation()],
    sessionTracking: { enabled: false },
    pageTracking: { page: { url: location.origin + location.pathname } },
    batching: { sendTimeout: SEND_EVERY_MS },
    beforeSend: (item) => JSON.parse(JSON.stringify(item).replace(ADDRESS_TAIL, '$1')) as typeof item,
    preventGlobalExposure: true,
    internalLoggerLevel: InternalLoggerLevel.OFF, // a server that is away is said on the screen, not in the console
  });
  for (const error of early) api.pushError(error instanceof Error ? error : new Error(String(error)));

  function tellFrameAge(): void {
    const { frame, frameHeardAtMs } = useConsole.getState();
    if (frame === null) return;
    const frameAgeMs = Math.round(performance.now() - frameHeardAtMs);
    api.pushMeasurement(
      { type: 'frame_age_ms', values: { frame_age_ms: frameAgeMs } },
      { context: { view: frame.view }, skipDedupe: true },
    );
  }
  tellFrameAge();
  setInterval(tellFrameAge, FRAME_AGE_EVERY_MS);
}
