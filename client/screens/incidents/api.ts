import type { AlertsReply } from '#contract/alerts';
import type {
  IncidentCommandReply,
  IncidentPerson,
  IncidentReply,
  IncidentRole,
  IncidentsReply,
} from '#contract/incidents';
import type { RunsReply } from '#contract/runbooks';
import type { Tier } from '#contract/tiers';
import { post } from '../../net/command.ts';
import { requestJson } from '../../net/http.ts';

const at = (id: string): string => `/incidents/${encodeURIComponent(id)}`;
type Told = Promise<IncidentCommandReply>;

export const getIncidents = (): Promise<IncidentsReply> => requestJson('/api/v1/incidents');
export const getRuns = (): Promise<RunsReply> => requestJson('/api/v1/runs');
export const getIncident = (id: string): Promise<IncidentReply> => requestJson(`/api/v1${at(id)}`);
/** The most urgent open alerts, to choose from, and every Critical one, also those that are held back by another or a silence. */
export async function getOpenAlerts(): Promise<AlertsReply> {
  const [open, held] = await Promise.all([
    requestJson<AlertsReply>('/api/v1/alerts?limit=40&suppressed=false'),
    requestJson<AlertsReply>('/api/v1/alerts?limit=40&suppressed=true&tier=red'),
  ]);
  return { ...open, alerts: [...open.alerts, ...held.alerts] };
}

/** What people do in the incident room. Each is sent at once or not at all. @throws {RequestFailed} */
export const declare = (body: {
  readonly title?: string;
  readonly tier?: Tier;
  readonly alertIds: readonly string[];
  readonly nextUpdateMinutes?: number | null;
}): Told => post('/incidents', body);
export const act = (
  id: string,
  verb: 'mitigate' | 'resolve' | 'reopen' | 'role' | 'status' | 'links' | 'notes',
  body: object,
): Told => post(`${at(id)}/${verb}`, body);
export interface RoleChange {
  readonly role: IncidentRole;
  readonly person: IncidentPerson | null;
}
