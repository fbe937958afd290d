/**
 * A program that the demo starts beside the server has nobody to work for once the demo is gone, however it went: it ends at
 * once. Called first of all, since the demo may be killed while this process still starts.
 */
export function endWithParent(last: () => void = () => undefined): void {
  const end = (): void => {
    try {
      last();
    } finally {
      process.exit(0);
    }
  };
  process.once('disconnect', end);
  if (process.connected === false) end(); // undefined when it was started by hand, without a channel
}

/** Resolves when this process is asked to stop. Ctrl-C reaches a child more than once: only the first counts. */
export function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => resolve());
  });
}
