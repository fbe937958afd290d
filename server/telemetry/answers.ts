import type { MetricBook } from './metric-book.ts';

/** What of an answer is counted. `route` is the pattern, never the address that came. */
export interface Answer {
  readonly method: string;
  readonly route: string | undefined;
  readonly status: number;
}
export interface AnswerTally {
  add(answer: Answer): void;
  fill(book: MetricBook): void;
}

/** Answers by method, route and status: as many series as there are routes and codes. */
export function createAnswerTally(): AnswerTally {
  const counts = new Map<string, number>();
  return {
    add({ method, route = 'unknown', status }) {
      const known = route === 'unknown' || status === 405 ? 'OTHER' : method;
      // each built file is a route of its own; they come and go with builds
      const pattern = /^\/(?!api|-|metrics|faro).*\.[^/]*$/.test(route) ? '/files' : route;
      const key = `${known} ${status} ${pattern}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    },
    fill(book) {
      book.rows(
        'warroom_http_requests_total',
        [...counts].map(([key, n]) => {
          const [method = '', status = '', route = ''] = key.split(' ');
          return [{ method, route, status }, n];
        }),
      );
    },
  };
}
