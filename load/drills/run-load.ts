import { background } from './background.ts';
import type { LoadOrder, LoadReport } from './load-process.ts';

/** The process of a drill's load: gets its order, sends until it is told to stop, answers what it sent. */
const stop = new AbortController();
process.once('disconnect', () => process.exit(1)); // whoever ordered it is gone
process.on('message', (message: LoadOrder | 'stop') => {
  if (message === 'stop') {
    stop.abort();
    return;
  }
  const answer = (report: LoadReport): void => {
    process.send?.(report);
  };
  background(message, stop.signal).then(
    (result) => answer({ result }),
    (error: unknown) => answer({ error: error instanceof Error ? error.message : String(error) }),
  );
});
