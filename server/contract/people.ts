import type { Permission, Principal, Role } from './permissions.ts';

/** Roles of people; `producer` belongs to ingest keys only. */
export const PERSON_ROLES = ['viewer', 'oncall', 'marketing', 'finance', 'commander', 'admin'] as const;
export type PersonRole = Exclude<Role, 'producer'>;

/**
 * `POST /api/v1/sessions`: a name and password, or the token of a link (`url/#access=…`, which the client strips from the
 * address before it posts it). The answer sets an HttpOnly cookie; with `bearer: true` it carries a token instead.
 */
export type LoginBody =
  | { readonly name: string; readonly password: string; readonly bearer?: boolean }
  | { readonly link: string; readonly bearer?: boolean };

/** `GET /api/v1/sessions/current`, and what a login answers. */
export interface SessionReply {
  readonly id: string;
  readonly name: string;
  readonly kind: Exclude<Principal['kind'], 'key'>;
  readonly role: PersonRole;
  /** Everything this session may do; the client shows no button outside it. */
  readonly permissions: readonly Permission[];
  /** When it ends at the latest, ms since the Unix epoch. */
  readonly expiresAtMs: number;
  /** False: came by a link and should choose a password. Always true for kiosks. */
  readonly passwordSet: boolean;
}
/** The answer to a login with `bearer: true`; the token is shown once. */
export interface BearerReply extends SessionReply {
  readonly token: string;
}

/** `PUT /api/v1/users/current/password`; `current` is required once a password is set. All other sessions end. */
export interface PasswordBody {
  readonly current?: string;
  readonly password: string;
}

export interface UserSummary {
  readonly id: string;
  readonly name: string;
  readonly role: PersonRole;
  readonly disabled: boolean;
  readonly passwordSet: boolean;
  readonly createdAtMs: number;
  readonly signedInAtMs: number | null;
}
/** `POST /api/v1/users` and `POST /api/v1/users/{id}/reset`: the one-time link is shown once, good for 24 h. */
export interface UserWithLink {
  readonly user: UserSummary;
  readonly link: string;
}

export interface KeySummary {
  readonly id: string;
  readonly name: string;
  /** Sources it may send for; `*` is any. */
  readonly sources: readonly string[];
  /** Events a second it may send to one node; null: no quota. */
  readonly quotaPerSecond: number | null;
  readonly createdAtMs: number;
}
/** `POST /api/v1/keys`: the token is shown once. */
export interface KeyWithToken {
  readonly key: KeySummary;
  readonly token: string;
}

export interface KioskSummary {
  readonly id: string;
  readonly name: string;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  /** False until the screen has fetched its session. */
  readonly claimed: boolean;
}
/** `POST /api/v1/kiosks/pairings`: the screen shows `code` and keeps `secret` to itself. */
export interface PairingReply {
  readonly code: string;
  readonly secret: string;
  readonly expiresAtMs: number;
}
/** `POST /api/v1/kiosks/pairings/claim`, asked every 2 s: `waiting` until somebody approved the code, then a cookie is set. */
export type ClaimReply = { readonly state: 'waiting' } | { readonly state: 'paired'; readonly session: SessionReply };

export interface DemoPerson {
  readonly name: string;
  readonly role: PersonRole;
  readonly password: string;
  /** For `Authorization: Bearer`. */
  readonly token: string;
  /** `url/#access=…`, can be used again. */
  readonly link: string;
}
/** `.data/demo-access.json`, mode 0600. */
export interface DemoAccess {
  readonly url: string;
  readonly roles: Readonly<Record<PersonRole, DemoPerson>>;
  /** Two each of oncall, marketing and finance, so that four eyes can be shown. */
  readonly people: readonly DemoPerson[];
  /** Takes any source and Producer-Id, without a quota. */
  readonly ingestKey: string;
  /** Switchboard of the simulated ad platform (load/platform/control.ts); absent when the demo does not start one. */
  readonly adPlatform?: { readonly controlUrl: string; readonly token: string };
}
