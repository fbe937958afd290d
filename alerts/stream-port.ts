import type { AlertPage } from '#contract/alerts';
import type { StreamPort } from '../server/realtime/stream-push.ts';
import type { AlertBook } from './book.ts';

/** Alerts of one message; about 100 kB at most, well below what a slow link may have unsent. */
const CHUNK_ALERTS = 100;
/** Stands in no life of the stream: whoever comes back with it gets the whole list. */
const NOWHERE = { epoch: '', seq: 0 } as const;

/** A page in messages; only the first may say `reset`, all but the last say `more` and carry no position to resume from. */
export function chunksOfAlerts({ position, alerts, reset }: AlertPage): AlertPage[] {
  const chunks: AlertPage[] = [];
  for (let from = 0; from === 0 || from < alerts.length; from += CHUNK_ALERTS) {
    const more = from + CHUNK_ALERTS < alerts.length;
    const part = alerts.slice(from, from + CHUNK_ALERTS);
    chunks.push({ position: more ? NOWHERE : position, alerts: part, reset: reset && from === 0, more });
  }
  return chunks;
}

/** The book as a stream that on-call desks follow. Pages are whole alerts: hearing one twice changes nothing. */
export const alertStreamPort = (book: AlertBook): StreamPort<AlertPage> => ({
  missed: (position) => book.missed(position),
  since: async () => book.whole(),
  onPages: (listener) => book.onPage(listener),
  chunks: chunksOfAlerts,
  isEmpty: ({ alerts, reset }) => alerts.length === 0 && !reset,
});
