import { AppError } from '#contract/errors';
import type { Ingest, IngestDeps, IngestReply } from '../ingest/ingest.ts';
import type { MetricBook } from './metric-book.ts';

/**
 * Plain numbers that the way in adds to once a body and once a flush; the scrape copies them. All of a body is added in one
 * turn, so that received = accepted + duplicate + rejected whenever anybody looks (P4).
 */
export interface EventTally {
  readonly onFlush: NonNullable<IngestDeps['onFlush']>;
  /** Counts what goes through `ingest`, whoever submits it. */
  metered(ingest: Ingest): Ingest;
  fill(book: MetricBook): void;
}

export function createEventTally(book: MetricBook): EventTally {
  const ack = book.histogram('warroom_event_ack_seconds');
  const flush = book.histogram('warroom_flush_seconds');
  const flushBodies = book.histogram('warroom_flush_bodies');
  const flushCells = book.histogram('warroom_flush_cells');
  const rejected = new Map<string, number>();
  const outcomes = new Map<string, number>();
  let received = 0;
  let accepted = 0;
  let duplicates = 0;
  let flushFailures = 0;
  const add = (counts: Map<string, number>, key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1);

  function count(reply: IngestReply): void {
    received += reply.received;
    add(outcomes, reply.replayed ? 'replayed' : 'counted');
    if (reply.replayed) {
      duplicates += reply.received; // the stored answer tells what its first sending did
      return;
    }
    accepted += reply.accepted;
    duplicates += reply.duplicates;
    for (const { code } of reply.rejected) add(rejected, code);
  }

  return {
    onFlush({ ms, requestCount, cellCount, ok }) {
      flush.observe(ms / 1_000);
      flushBodies.observe(requestCount);
      flushCells.observe(cellCount);
      if (!ok) flushFailures += 1;
    },
    metered: (ingest) => ({
      ...ingest,
      async submit(request) {
        const startedMs = performance.now();
        try {
          const reply = await ingest.submit(request);
          count(reply);
          ack.observe((performance.now() - startedMs) / 1_000);
          return reply;
        } catch (error) {
          add(outcomes, error instanceof AppError ? error.code : 'internal');
          throw error;
        }
      },
    }),
    fill(into) {
      into.one('warroom_events_received_total', received);
      into.one('warroom_events_accepted_total', accepted);
      into.one('warroom_events_duplicate_total', duplicates);
      into.rows(
        'warroom_events_rejected_total',
        [...rejected].map(([code, n]) => [{ code }, n]),
      );
      into.rows(
        'warroom_event_bodies_total',
        [...outcomes].map(([outcome, n]) => [{ outcome }, n]),
      );
      into.one('warroom_flush_failures_total', flushFailures);
    },
  };
}
