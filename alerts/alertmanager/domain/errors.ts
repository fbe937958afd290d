import type { Problem } from '#contract/errors';

/** Refusals that Alertmanager's framework answers with an object; all that its handlers refuse is a bare JSON string. */
const OBJECTS: ReadonlySet<number> = new Set([401, 403, 405, 413, 415, 422]);

/** A refusal in Alertmanager's form: its tools print the text of it, and fall over anything else. */
export function outsideError(status: number, { code, message }: Pick<Problem, 'code' | 'message'>): unknown {
  const isObject = OBJECTS.has(status) || code === 'bad_json';
  return isObject ? { code: status, message } : message;
}
