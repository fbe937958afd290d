/** The one permission table: HTTP hooks, socket joins, the client's buttons and the matrix tests all read it. */
export const ROLES = ['viewer', 'oncall', 'marketing', 'finance', 'commander', 'admin', 'producer'] as const;
export type Role = (typeof ROLES)[number];

export const PERMISSIONS = {
  'figures.read': ['viewer', 'oncall', 'marketing', 'finance', 'commander', 'admin'],
  'campaign.read': ['viewer', 'oncall', 'marketing', 'finance', 'commander', 'admin', 'producer'],
  'timeline.read': ['viewer', 'oncall', 'marketing', 'finance', 'commander', 'admin'],
  'timeline.security': ['commander', 'admin'],
  'timeline.export': ['oncall', 'marketing', 'finance', 'commander', 'admin'],
  'timeline.note': ['oncall', 'marketing', 'finance', 'commander', 'admin'],
  'events.write': ['producer'],
  'deadletters.read': ['oncall', 'commander', 'admin'],
  'deadletters.replay': ['oncall', 'admin'],
  'health.read': ['oncall', 'commander', 'admin'],
  'metrics.read': ['oncall', 'commander', 'admin'],
  'screens.read': ['oncall', 'commander', 'admin'],
  'recordings.read': ['oncall', 'marketing', 'finance', 'commander', 'admin'],
  'users.manage': ['admin'],
  'keys.manage': ['admin'],
  'kiosks.manage': ['admin', 'commander'],
  'password.change': ['viewer', 'oncall', 'marketing', 'finance', 'commander', 'admin'],
  'alerts.read': ['viewer', 'oncall', 'marketing', 'finance', 'commander', 'admin'],
  'alerts.act': ['oncall', 'commander', 'admin'],
  'alerts.receive': ['producer', 'oncall', 'commander', 'admin'],
  'silences.read': ['viewer', 'oncall', 'marketing', 'finance', 'commander', 'admin'],
  'silences.write': ['oncall', 'commander', 'admin'],
  'duty.read': ['viewer', 'oncall', 'marketing', 'finance', 'commander', 'admin'],
  'duty.write': ['commander', 'admin'],
  'runbooks.read': ['viewer', 'oncall', 'marketing', 'finance', 'commander', 'admin'],
  'runs.act': ['oncall', 'commander'],
  'runs.approve': ['oncall', 'finance', 'commander'],
  'incidents.read': ['viewer', 'oncall', 'marketing', 'finance', 'commander', 'admin'],
  'incidents.act': ['oncall', 'commander', 'admin'],
  'sound.mute': ['oncall', 'commander', 'admin'],
  'budget.read': ['marketing', 'finance', 'commander'],
  'budget.request': ['marketing', 'finance', 'commander'],
  // who may decide on one move is the roster's matter; without one of these roles nobody is asked
  'budget.approve': ['marketing', 'finance', 'commander'],
  'budget.freeze': ['marketing', 'finance', 'commander'],
  'budget.unfreeze': ['finance', 'commander'],
  'ledger.read': ['finance', 'commander', 'marketing'],
  'receivers.read': ['oncall', 'commander', 'admin'],
  'receivers.act': ['oncall', 'commander', 'admin'],
  'server.reload': ['admin'],
} as const satisfies Record<string, readonly Role[]>;
export type Permission = keyof typeof PERMISSIONS;

/**
 * What a route or a socket event demands. `public` needs nobody, `session` any person or kiosk that is signed in (an
 * ingest key is not). A route without a policy stops the start.
 */
export type Policy = 'public' | 'session' | Permission;

export function roleMay(role: Role, policy: Policy): boolean {
  if (policy === 'public') return true;
  if (policy === 'session') return role !== 'producer';
  return (PERMISSIONS[policy] as readonly Role[]).includes(role);
}

/** Who is asking. `kind` says what kind of credential; ids are opaque. */
export type Principal =
  | {
      readonly kind: 'user';
      readonly id: string;
      readonly name: string;
      readonly role: Role;
      readonly sessionId: string;
    }
  | {
      readonly kind: 'kiosk';
      readonly id: string;
      readonly name: string;
      readonly role: 'viewer';
      readonly sessionId: string;
    }
  | {
      readonly kind: 'key';
      readonly id: string;
      readonly name: string;
      readonly role: 'producer';
      readonly sources: readonly string[];
      readonly quotaPerSecond: number | null;
    };

/** Who did something, as the timeline keeps it. Never a bare string. */
export type Actor =
  | { readonly kind: 'user'; readonly id: string; readonly name: string }
  | { readonly kind: 'rule'; readonly id: string }
  | { readonly kind: 'system'; readonly id: string };

/** A principal as the timeline names it: kiosks and keys are machines, nobody is `anonymous`. */
export function actorOf(principal: Principal | null): Actor {
  if (principal === null) return { kind: 'system', id: 'anonymous' };
  if (principal.kind === 'user') return { kind: 'user', id: principal.id, name: principal.name };
  return { kind: 'system', id: `${principal.kind}:${principal.id}` };
}
