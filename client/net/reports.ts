/** A screen has shown its figures long before; nothing it does then is held up by loading the reporter, ms. */
const LOAD_AFTER_MS = 10_000;
/** Errors from before the reporter was there; the first ones tell the story. */
const EARLY_MAX = 10;
let started = false;

/** Loads the reporter (a chunk of its own) some time after the first paint. Call it once somebody is signed in. */
export function startReports(): void {
  if (started) return;
  started = true;
  const early: unknown[] = [];
  const note = (event: ErrorEvent | PromiseRejectionEvent): void => {
    if (early.length < EARLY_MAX) early.push('reason' in event ? event.reason : event.error);
  };
  addEventListener('error', note);
  addEventListener('unhandledrejection', note);
  setTimeout(() => {
    import('./faro.ts')
      .then(({ startFaro }) => {
        removeEventListener('error', note);
        removeEventListener('unhandledrejection', note);
        startFaro(early);
      })
      .catch(() => undefined); // a chunk of a build that is gone: the page reloads for the new one by itself
  }, LOAD_AFTER_MS);
}
