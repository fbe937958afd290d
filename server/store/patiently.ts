import { setTimeout as pause } from 'node:timers/promises';
import { asStoreError } from './store-error.ts';

const PATIENCE_MS = 60_000;
const PAUSE_MS = 250;

/**
 * A step of a start that may be taken again: a store that is slow or away for a moment must not end a server that comes up
 * beside busy producers. Any error that is not the store's is thrown at once, the store's after a minute.
 */
export async function patiently<T>(step: () => Promise<T>, onRetry: (error: unknown) => void): Promise<T> {
  const untilMs = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await step();
    } catch (error) {
      if (asStoreError(error)?.code.startsWith('store_') !== true || performance.now() > untilMs) throw error;
      onRetry(error);
      await pause(PAUSE_MS);
    }
  }
}
