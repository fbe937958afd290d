import { type AnswerTally, createAnswerTally } from './answers.ts';
import { createEventTally, type EventTally } from './event-tally.ts';
import { createMetricBook, type MetricBook } from './metric-book.ts';
import { createScrape, type ScrapeDeps } from './scrape.ts';

/** What the server tells of itself. Hot paths add to plain numbers; everything else is looked up when it is asked for. */
export interface Telemetry {
  readonly book: MetricBook;
  readonly events: EventTally;
  readonly answers: AnswerTally;
  /** How `GET /metrics` is answered, once all parts are there. */
  scrape(deps: Omit<ScrapeDeps, 'book' | 'tallies'>): () => Promise<string>;
}

export function createTelemetry(): Telemetry {
  const book = createMetricBook();
  const events = createEventTally(book);
  const answers = createAnswerTally();
  return { book, events, answers, scrape: (deps) => createScrape({ ...deps, book, tallies: [events, answers] }) };
}
