import { RequestFailed, requestJson } from './http.ts';
import { type Asked, commandAnswered, commandUnanswered } from './unanswered.ts';

/** One intent, one key: over plain http there is no randomUUID. */
export const newKey = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** The first try waits so long for its answer, ms; each further one twice as long as the one before. */
const ANSWER_MS = 4_000;
const ANSWER_MOST_MS = 16_000;
/** Between two tries, ms. */
const PAUSE_MS = 250;
const PAUSE_MOST_MS = 2_000;
/** For so long the console finds out by itself what became of a command, ms; then people have to look. */
const LOOK_FOR_MS = 45_000;

/** Nobody said no: a proxy that gave up, a store that did not answer in time, or nothing at all. */
const isNoAnswer = ({ code, status, problem }: RequestFailed): boolean =>
  code === 'network' || code === 'store_timeout' || (problem === null && status >= 502 && status <= 504);
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * A command, the one way of the whole console. No answer is an unknown outcome and never a refusal: the same key is sent again,
 * which the server counts once and answers with what it did the first time, until that is known; meanwhile the console says that
 * it looks (unanswered.ts), and the promise of the button that was pressed stays open. Never kept for later.
 * @param path - below `/api/v1`
 * @throws {RequestFailed} what the server said; `network` when nothing was known after {@link LOOK_FOR_MS}
 */
export async function command<T>(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: object): Promise<T> {
  const headers = { 'idempotency-key': newKey() };
  const beganAt = performance.now();
  let asked: Asked | null = null;
  for (let tries = 1; ; tries += 1) {
    const timeoutMs = Math.min(ANSWER_MOST_MS, ANSWER_MS * 2 ** (tries - 1));
    try {
      const reply = await requestJson<T>(`/api/v1${path}`, { method, body, headers, timeoutMs });
      if (asked !== null) commandAnswered(asked, 'done');
      return reply;
    } catch (caught) {
      const error = caught instanceof RequestFailed ? caught : new RequestFailed('network', 0, 'no answer');
      // once an answer was lost, a server that is busy says nothing of what became of the first try
      const unknown = isNoAnswer(error) || (asked !== null && (error.status >= 500 || error.status === 429));
      if (!unknown) {
        if (asked !== null) commandAnswered(asked, 'refused');
        throw error;
      }
      asked ??= commandUnanswered();
      if (performance.now() - beganAt > LOOK_FOR_MS) {
        commandAnswered(asked, 'unknown');
        throw new RequestFailed('network', 0, 'no answer');
      }
      await pause(Math.min(PAUSE_MOST_MS, PAUSE_MS * 2 ** (tries - 1)));
    }
  }
}
export const post = <T>(path: string, body: object): Promise<T> => command('POST', path, body);
