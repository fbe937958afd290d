import type { Log } from '../room/log.ts';
import { type AnswerTally, createAnswerTally } from './answers.ts';
import { createClientTally } from './client-tally.ts';
import { readReport, reportToForward } from './domain/client-report.ts';
import { createEventTally, type EventTally } from './event-tally.ts';
import { createFaroForward } from './faro-forward.ts';
import { createMetricBook, type MetricBook } from './metric-book.ts';
import { createScrape, type ScrapeDeps } from './scrape.ts';

/** What the server tells of itself. Hot paths add to plain numbers; everything else is looked up when it is asked for. */
export interface Telemetry {
  readonly book: MetricBook;
  readonly events: EventTally;
  readonly answers: AnswerTally;
  /** Takes a browser's report: into the metrics, and on to the collector if there is one. */
  takeReport(report: unknown): void;
  /** How `GET /metrics` is answered, once all parts are there. */
  scrape(deps: Omit<ScrapeDeps, 'book' | 'tallies'> & { readonly more?: ScrapeDeps['tallies'] }): () => Promise<string>;
  stop(): Promise<void>;
}

export function createTelemetry(options: {
  readonly build: string;
  readonly faroCollectorUrl: string | null;
  readonly log: Log;
}): Telemetry {
  const book = createMetricBook();
  const events = createEventTally(book);
  const answers = createAnswerTally();
  const clients = createClientTally(book, options.build);
  const forward = createFaroForward(options.faroCollectorUrl, options.log);
  return {
    book,
    events,
    answers,
    takeReport(report) {
      clients.take(readReport(report));
      if (options.faroCollectorUrl !== null) forward.offer(reportToForward(report));
    },
    scrape: ({ more = [], ...deps }) =>
      createScrape({ ...deps, book, tallies: [events, answers, clients, forward, ...more] }),
    stop: () => forward.stop(),
  };
}
