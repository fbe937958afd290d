import type { ClientReport } from './domain/client-report.ts';
import type { MetricBook } from './metric-book.ts';

/** Builds told apart besides the server's own; screens of older ones reload within minutes. */
const BUILDS_MAX = 8;

/** What screens report of themselves, as it comes in. */
export interface ClientTally {
  take(report: ClientReport): void;
  fill(book: MetricBook): void;
}

export function createClientTally(book: MetricBook, ownBuild: string): ClientTally {
  const lcp = book.histogram('warroom_client_lcp_seconds');
  const inp = book.histogram('warroom_client_inp_seconds');
  const cls = book.histogram('warroom_client_cls_ratio');
  const frameAge = book.histogram('warroom_client_frame_age_seconds');
  const errors = new Map<string, number>();
  const builds = new Set([ownBuild]);
  let reports = 0;

  /** Labels are few, whatever a page calls itself. */
  function buildLabel(build: string): string {
    if (builds.has(build)) return build;
    if (build === '' || builds.size > BUILDS_MAX) return 'other';
    builds.add(build);
    return build;
  }
  return {
    take({ build, vitals, frameAges, errorKinds }) {
      reports += 1;
      for (const { name, value } of vitals) {
        if (name === 'cls') cls.observe(value);
        else (name === 'lcp' ? lcp : inp).observe(value / 1_000);
      }
      for (const { view, ageMs } of frameAges) frameAge.observe({ view, build: buildLabel(build) }, ageMs / 1_000);
      for (const kind of errorKinds) errors.set(kind, (errors.get(kind) ?? 0) + 1);
    },
    fill(into) {
      into.one('warroom_client_reports_total', reports);
      into.rows(
        'warroom_client_errors_total',
        [...errors].map(([kind, n]) => [{ kind }, n]),
      );
    },
  };
}
