import type { AppError } from '#contract/errors';
import type { DemoAccess } from '#contract/people';
import type { Principal } from '#contract/permissions';
import type { Kiosks } from './kiosks.ts';
import type { ProducerKeys } from './producer-keys.ts';
import type { Sessions } from './sessions.ts';
import type { Users } from './users.ts';

/** Credentials as they came; node keeps header names in lower case. Nothing else of a request is looked at. */
export interface CredentialHeaders {
  readonly authorization?: string | undefined;
  readonly cookie?: string | undefined;
}

export const REVOKE_REASONS = ['logout', 'revoked', 'role', 'disabled', 'password', 'reset', 'expired'] as const;
export type RevokeReason = (typeof REVOKE_REASONS)[number];

/** Cut every live socket of this principal; only those of one session when `sessionId` is given. */
export interface Revocation {
  readonly principalId: string;
  readonly sessionId: string | null;
  readonly reason: RevokeReason;
}

/** A refused request, for the record. `route` is the pattern, never the address that came. */
export interface Refusal {
  readonly principal: Principal | null;
  readonly code: AppError['code'];
  readonly method: string;
  readonly route: string;
  readonly ip: string;
  readonly requestId: string;
}

/** Who somebody is and what became of it. Every state change here writes its timeline entry in the same script. */
export interface People {
  /**
   * Who asks: `Authorization: Bearer` first (a bad one never falls back to the cookie), then the cookie. Answers come from a
   * cache of ≤ 1 s, emptied by revocations; store errors are thrown, never read as "nobody".
   */
  authenticate(headers: CredentialHeaders): Promise<Principal | null>;
  /** The same for a socket: `auth.token` of the handshake, else its headers. A token in the query string is not looked at. */
  authenticateHandshake(handshake: { headers: CredentialHeaders; auth: unknown }): Promise<Principal | null>;
  /** The principal as it is now, ≤ 1 s old; null when its session or key has ended. Ask it for each socket event. */
  confirm(principal: Principal): Promise<Principal | null>;
  /** Says that a socket of this principal is open: its person is here, and its end by expiry is told too. Call the result on close. */
  watch(principal: Principal): () => void;
  /** Told on every node, ≤ 0.5 s after the change while Redis answers. Returns the way to stop listening. */
  onRevoked(listener: (revocation: Revocation) => void): () => void;
  /** Puts a refused authorisation on the timeline; a flood is counted instead of written. Never throws. */
  recordRefusal(refusal: Refusal): void;
  /** Keys of the names (`nameKey`) of people with an open screen or a request within the last minute, kiosks not among them; ≤ 5 s old. */
  present(): ReadonlySet<string>;
  /**
   * A one-time link for the first admin as long as nobody has used one, else null. Each call voids the link before.
   * @param url - what the link starts with, without a slash at its end
   */
  firstAdminLink(url: string): Promise<string | null>;
  /** People for the demo; on a resumed instance the same people get new passwords, tokens and links. */
  createDemoAccess(options: { url: string }): Promise<DemoAccess>;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** How the routes set the session cookie. */
  readonly cookie: { readonly name: string; readonly secure: boolean };
  readonly sessions: Sessions;
  readonly users: Users;
  readonly keys: ProducerKeys;
  readonly kiosks: Kiosks;
}
