import { type PostableAlert, RESOLVE_TIMEOUT_MS, WEBHOOK_KEEP_MS, type WebhookBody } from '#contract/alertmanager';
import type { AlertAnnotations, AlertLabels } from '#contract/alerts';
import { readAnnotations, readLabels } from './labels.ts';
import { readTime } from './times.ts';

/** One foreign alert as a sender tells of it now. */
export interface Delivery {
  readonly labels: AlertLabels;
  readonly annotations: AlertAnnotations;
  readonly generatorUrl: string | null;
  /** Since when it fires, ms; never in the future. */
  readonly startsAt: number;
  /** Until when it counts as firing unless it is sent again, ms; at or before now: it is over. */
  readonly untilMs: number;
}
export type ReadDelivery =
  | { readonly ok: true; readonly delivery: Delivery }
  /** `part` is what is wrong, for a pointer; null when it is the alert as a whole. */
  | { readonly ok: false; readonly why: string; readonly part: 'labels' | 'startsAt' | 'endsAt' | null };

const LINK = /^https?:\/\/[^\s"'<>\\]{1,2000}$/i;

function read(
  given: Pick<PostableAlert, 'labels' | 'annotations' | 'generatorURL' | 'startsAt' | 'endsAt'>,
  untilOf: (endsAt: number) => number,
  nowMs: number,
): ReadDelivery {
  const labels = readLabels(given.labels);
  if (!labels.ok) return { ok: false, why: labels.why, part: 'labels' };
  const starts = readTime(given.startsAt);
  const ends = readTime(given.endsAt);
  if (starts === null) return { ok: false, why: `startsAt ${wrongTime(given.startsAt)}`, part: 'startsAt' };
  if (ends === null) return { ok: false, why: `endsAt ${wrongTime(given.endsAt)}`, part: 'endsAt' };
  if (ends !== 0 && starts !== 0 && ends < starts)
    return { ok: false, why: 'start time must be before end time', part: 'endsAt' };
  const { generatorURL: link = '' } = given;
  const startsAt = starts !== 0 ? starts : ends !== 0 ? ends : nowMs;
  return {
    ok: true,
    delivery: {
      labels: labels.labels,
      annotations: readAnnotations(given.annotations),
      // a link that is not one of the web is left out: it would be clicked
      generatorUrl: LINK.test(link) ? link : null,
      startsAt: Math.min(startsAt, nowMs),
      untilMs: untilOf(ends),
    },
  };
}
const wrongTime = (text: string | undefined): string =>
  `${JSON.stringify((text ?? '').slice(0, 40))} is not a time such as 2026-11-11T00:00:00Z`;

/** Reads what Prometheus and amtool post. Without `endsAt` it fires for `resolve_timeout`. */
export const readPosted = (given: PostableAlert, nowMs: number): ReadDelivery =>
  read(given, (endsAt) => (endsAt === 0 ? nowMs + RESOLVE_TIMEOUT_MS : endsAt), nowMs);

/** Reads an alert of Alertmanager's webhook: `status` says whether it is over. */
export const readFromWebhook = (given: WebhookBody['alerts'][number], nowMs: number): ReadDelivery =>
  read(
    given,
    (endsAt) => (given.status === 'firing' ? nowMs + WEBHOOK_KEEP_MS : endsAt === 0 ? nowMs : Math.min(endsAt, nowMs)),
    nowMs,
  );
