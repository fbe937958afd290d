import type { EventType } from '#contract/events';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** One event in the flat form, as a producer writes it. `ts` is event time in ms; sampled events: the end of their period. */
export interface LoadEvent {
  readonly id: string;
  readonly source: string;
  readonly type: EventType;
  readonly ts: number;
  readonly [field: string]: Json;
}

/** How a body is written. */
export type Form = 'ndjson' | 'cloudevents';
export const CONTENT_TYPE: Readonly<Record<Form, string>> = {
  ndjson: 'application/x-ndjson',
  cloudevents: 'application/cloudevents-batch+json',
};

/** The same event as a CloudEvents 1.0 envelope. */
export function toCloudEvent({ id, source, type, ts, ...data }: Readonly<Record<string, Json>>): Json {
  const time = typeof ts === 'number' ? new Date(ts).toISOString() : (ts ?? null);
  return { specversion: '1.0', id: id ?? null, source: source ?? null, type: type ?? null, time, data } as Json;
}

/** What a body carries at one place: an event, or the raw text of a line that is none. */
export type BodyItem = Readonly<Record<string, Json>> | string;

/** One body's bytes. Raw text exists in NDJSON only. */
export function encodeBody(form: Form, items: readonly BodyItem[]): Buffer {
  if (form === 'cloudevents') {
    return Buffer.from(JSON.stringify(items.map((item) => (typeof item === 'string' ? item : toCloudEvent(item)))));
  }
  let text = '';
  for (const item of items) text += `${typeof item === 'string' ? item : JSON.stringify(item)}\n`;
  return Buffer.from(text);
}
