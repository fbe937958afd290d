import type { Alert } from './alerts.ts';
import type { Actor } from './permissions.ts';
import type { Run } from './runbooks.ts';
import type { Tier } from './tiers.ts';
import type { TimelineEntry } from './timeline.ts';

/**
 * An incident: people's record of one problem, which may hold many alerts and runs. Times are ms of Redis time since the Unix
 * epoch, money integer minor units. What people type (title, status, notes) is kept as typed, never translated.
 */
export const INCIDENT_STATES = ['open', 'mitigated', 'resolved'] as const;
export type IncidentState = (typeof INCIDENT_STATES)[number];
export const INCIDENT_ROLES = ['commander', 'ops_lead', 'communications', 'scribe'] as const;
export type IncidentRole = (typeof INCIDENT_ROLES)[number];

export interface IncidentPerson {
  readonly id: string;
  readonly name: string;
}
/** The line the room reads; at least one of the two languages is there. */
export interface StatusLine {
  readonly zh: string | null;
  readonly en: string | null;
  readonly by: IncidentPerson;
  readonly at: number;
}
/** What is known of a linked alert when the incident is closed, and later, when the alert itself is forgotten. */
export interface IncidentAlert {
  readonly id: string;
  readonly rule: string;
  readonly summary: string;
  readonly tier: Tier;
  readonly resolved: boolean;
  /** By the alert's money meter; null when its rule measures no money. */
  readonly costMinor: number | null;
}
export interface IncidentRun {
  readonly id: string;
  readonly title: Run['title'];
  readonly state: Run['state'];
}
/** Written once, when the incident is resolved; a re-opened one has none. */
export interface IncidentSummary {
  readonly durationMs: number;
  /** From declaration to mitigation, ms. */
  readonly toMitigateMs: number;
  readonly alerts: readonly IncidentAlert[];
  readonly runs: readonly IncidentRun[];
  /** Meters of the same part of the sale overlap and count once; null when no linked alert measures money. */
  readonly costMinor: number | null;
}
export interface Incident {
  readonly id: string;
  /** From 1 within a campaign instance; what people call it by. */
  readonly number: number;
  readonly title: string;
  readonly tier: Tier;
  readonly state: IncidentState;
  /** An incident that is not resolved always has a commander. */
  readonly roles: Readonly<Record<IncidentRole, IncidentPerson | null>>;
  readonly status: StatusLine | null;
  /** When the next status is promised; null: none is. */
  readonly nextUpdateAt: number | null;
  /** The reminder of `nextUpdateAt` was given, ms; null before. */
  readonly remindedAt: number | null;
  readonly declaredAt: number;
  readonly declaredBy: IncidentPerson;
  readonly mitigatedAt: number | null;
  readonly resolvedAt: number | null;
  readonly reopenedCount: number;
  /** When it was last re-opened, ms: what comes after is later than this. Absent: never. */
  readonly reopenedAt?: number;
  readonly alertIds: readonly string[];
  readonly runIds: readonly string[];
  readonly summary: IncidentSummary | null;
  /** Rises by one with every change; commands may bind to it. */
  readonly version: number;
}

/** What walls show of the most urgent incident that is not resolved. */
export interface FrameIncident {
  readonly id: string;
  readonly number: number;
  readonly title: string;
  readonly tier: Tier;
  readonly state: IncidentState;
  readonly commander: string | null;
  readonly declaredAt: number;
  readonly status: { readonly zh: string | null; readonly en: string | null } | null;
  readonly nextUpdateAt: number | null;
  /** Incidents that are not resolved, this one included. */
  readonly openCount: number;
}

/** `GET /api/v1/incidents[?state=]`, newest first, at most 200. */
export interface IncidentsReply {
  readonly incidents: readonly Incident[];
  readonly serverMs: number;
}
/** `GET /api/v1/incidents/{id}` */
export interface IncidentReply {
  readonly incident: Incident;
  /** As they are now; one that is older than the alerts' memory is missing. */
  readonly alerts: readonly Alert[];
  readonly runs: readonly Run[];
  /** What was done in it and to what is linked, oldest first, at most 1,000. */
  readonly entries: readonly TimelineEntry[];
  /** The meter of all linked alerts now; null when none measures money. */
  readonly costMinor: number | null;
  /** Redis time of the answer: ages and countdowns are drawn against it. */
  readonly serverMs: number;
}
/** What every command answers. */
export interface IncidentCommandReply {
  readonly incident: Incident;
  readonly serverMs: number;
}

// ---------------------------------------------------------------- commands; what HTTP takes is in incident-bodies.ts
export const INCIDENT_TITLE_MAX = 120;
export const STATUS_MAX = 200;
/** What a person asks of an incident. */
export type IncidentCommand =
  | { readonly verb: 'mitigate'; readonly at?: number; readonly note?: string }
  | {
      readonly verb: 'resolve';
      readonly at?: number;
      readonly note?: string;
      /** Although a linked Critical alert still fires. */
      readonly despiteFiring?: boolean;
    }
  | { readonly verb: 'reopen'; readonly reason: string }
  | { readonly verb: 'role'; readonly role: IncidentRole; readonly person: IncidentPerson | null }
  | {
      readonly verb: 'status';
      readonly zh?: string;
      readonly en?: string;
      readonly nextUpdateMinutes?: number | null;
    }
  | {
      readonly verb: 'link';
      readonly alertIds: readonly string[];
      readonly runIds: readonly string[];
      readonly remove: boolean;
    }
  | { readonly verb: 'change'; readonly title?: string; readonly tier?: Tier }
  | { readonly verb: 'note'; readonly text: string };
export type IncidentVerb = IncidentCommand['verb'];

/** Due item that reminds of a promised status; its id is the incident's. */
export const INCIDENT_DUE = 'incident.update_due';
export const personActor = ({ id, name }: IncidentPerson): Actor => ({ kind: 'user', id, name });
