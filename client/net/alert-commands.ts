import type {
  Alert,
  AlertLineReply,
  AlertOwner,
  AlertReply,
  BulkResult,
  DutyReply,
  SilenceBody,
  SilenceView,
} from '#contract/alerts';
import type { Tier } from '#contract/tiers';
import { post } from './command.ts';
import { requestJson } from './http.ts';

/** Ids of one bulk request, as the server takes them. */
export const BULK_MOST = 500;
const at = (id: string): string => `/alerts/${encodeURIComponent(id)}`;
type Told = Promise<{ readonly alert: Alert }>;
interface Worded {
  readonly comment?: string;
  /** Refused with 409 when the alert has moved on since it was looked at. */
  readonly version?: number;
}

export const getAlert = (id: string): Promise<AlertReply> => requestJson(`/api/v1${at(id)}`);
export const getAlertLine = (id: string): Promise<AlertLineReply> => requestJson(`/api/v1${at(id)}/line`);
export const getDuty = (): Promise<DutyReply> => requestJson('/api/v1/duty');
export const getSilences = (): Promise<{ readonly silences: readonly SilenceView[] }> =>
  requestJson('/api/v1/silences');

/** What people do with alerts. Each is sent at once or not at all. @throws {RequestFailed} */
export const acknowledge = (id: string, body: Worded & { readonly takeOver?: boolean } = {}): Told =>
  post(`${at(id)}/acknowledge`, body);
export const unacknowledge = (id: string): Told => post(`${at(id)}/unacknowledge`, {});
export const escalate = (id: string, body: Worded & { readonly tier?: Tier }): Told => post(`${at(id)}/escalate`, body);
export const assign = (id: string, body: Worded & { readonly owner: AlertOwner }): Told =>
  post(`${at(id)}/assign`, body);
export const resolve = (id: string, body: Worded): Told => post(`${at(id)}/resolve`, body);
export const addNote = (id: string, text: string): Told => post(`${at(id)}/notes`, { text });
export const silence = (body: SilenceBody): Promise<SilenceView> => post('/silences', body);

/** The same for many, in as many requests as it takes, one after the other. */
export async function forMany(
  verb: 'acknowledge' | 'unacknowledge',
  ids: readonly string[],
  onProgress: (doneCount: number) => void = () => undefined,
): Promise<BulkResult[]> {
  const results: BulkResult[] = [];
  for (let from = 0; from < ids.length; from += BULK_MOST) {
    const part = ids.slice(from, from + BULK_MOST);
    const told = await post<{ results: BulkResult[] }>(`/alerts/${verb}`, { ids: part });
    results.push(...told.results);
    onProgress(results.length);
  }
  return results;
}
