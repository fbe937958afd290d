import { RequestFailed, requestJson } from './http.ts';

/** One intent, one key: over plain http there is no randomUUID. */
export const newKey = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
const TRIES = 3;

/**
 * A command. Sent again with the same key when no answer came, which the server counts once; never kept for later.
 * @param path - below `/api/v1`
 * @throws {RequestFailed}
 */
export async function command<T>(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: object): Promise<T> {
  const headers = { 'idempotency-key': newKey() };
  for (let tries = 1; ; tries += 1) {
    try {
      return await requestJson<T>(`/api/v1${path}`, { method, body, headers, timeoutMs: 4_000 });
    } catch (error) {
      const again = error instanceof RequestFailed && error.code === 'network' && tries < TRIES;
      if (!again) throw error;
    }
  }
}
export const post = <T>(path: string, body: object): Promise<T> => command('POST', path, body);
