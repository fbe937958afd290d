import type { CommandReply, Preview, RunbookReply, RunbooksReply, RunReply, RunsReply } from '#contract/runbooks';
import { RequestFailed, requestJson } from '../../net/http.ts';

const part = encodeURIComponent;
export const getRunbooks = (): Promise<RunbooksReply> => requestJson('/api/v1/runbooks');
export const getRunbook = (id: string): Promise<RunbookReply> => requestJson(`/api/v1/runbooks/${part(id)}`);
export const getRuns = (): Promise<RunsReply> => requestJson('/api/v1/runs');
export const getRun = (id: string): Promise<RunReply> => requestJson(`/api/v1/runs/${part(id)}`);

/** One intent, one key: over plain http there is no randomUUID. */
const newKey = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
const TRIES = 3;

/**
 * A command. Sent again with the same key when no answer came, which the server counts once; never kept for later.
 * @throws {RequestFailed}
 */
export async function post<T>(path: string, body: object): Promise<T> {
  const headers = { 'idempotency-key': newKey() };
  for (let tries = 1; ; tries += 1) {
    try {
      return await requestJson<T>(`/api/v1${path}`, { method: 'POST', body, headers, timeoutMs: 4_000 });
    } catch (error) {
      const again = error instanceof RequestFailed && error.code === 'network' && tries < TRIES;
      if (!again) throw error;
    }
  }
}
export const startRun = (body: { runbook?: string; alertId?: string; drill?: boolean }): Promise<CommandReply> =>
  post('/runs', body);
export const stepCommand = (run: string, n: number, verb: string, body: object): Promise<CommandReply> =>
  post(`/runs/${part(run)}/steps/${n}/${verb}`, body);
export const abortRun = (run: string, reason: string): Promise<CommandReply> =>
  post(`/runs/${part(run)}/abort`, { reason });
export const dryRun = async (run: string, n: number, undo: boolean): Promise<Preview> =>
  (await post<{ preview: Preview }>(`/runs/${part(run)}/steps/${n}/execute`, { dryRun: true, undo })).preview;
