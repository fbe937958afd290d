import type { AlertOwner, Roster } from '#contract/alerts';
import type { KnownPerson } from '#contract/duty';
import { AppError } from '#contract/errors';
import { type Role, roleMay } from '#contract/permissions';

/** Somebody who can sign in. */
export interface Account {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly disabled: boolean;
}
export interface OwnerDeps {
  readonly accounts: () => Promise<readonly Account[]>;
  readonly roster: () => Roster;
  /** People who can be reached, besides those of the roster. */
  readonly contacts: () => Readonly<Record<string, unknown>>;
}

/** Who can be put on duty: people of the campaign's roster, of the contacts, and with an account that may act on alerts. By name. */
export async function knownPeople({ accounts, roster, contacts }: OwnerDeps): Promise<KnownPerson[]> {
  const able = (await accounts()).filter(({ role, disabled }) => !disabled && roleMay(role, 'alerts.act'));
  const withAccount = new Set(able.map(({ name }) => name));
  const reached = contacts();
  // of shifts and overrides nothing follows: what was mistyped once would be known for ever
  const ofRoster = namesOf({ ...roster(), shifts: [], overrides: [] });
  return [...new Set([...ofRoster, ...Object.keys(reached), ...withAccount])]
    .filter((name) => name !== '')
    .sort()
    .map((name) => ({ name, account: withAccount.has(name), contact: Object.hasOwn(reached, name) }));
}
/** A name nobody has pages nobody. @throws {AppError} `validation` on `/person` */
export function refuseUnknown(person: string, known: readonly KnownPerson[]): void {
  if (known.some(({ name }) => name === person)) return;
  const alike = known.find(({ name }) => name.toLowerCase() === person.trim().toLowerCase());
  const hint = alike === undefined ? 'take one of GET /api/v1/duty/people.' : `did you mean ${alike.name}?`;
  throw new AppError(
    'validation',
    `/person ${person.slice(0, 80)} has no account, no contact and no place on the roster, so no page would find them: ${hint} If it is meant, say "unknown": true`,
    { field: '/person' },
  );
}

const namesOf = ({ posts, rotation, shifts, overrides }: Roster): ReadonlySet<string> =>
  new Set([
    ...posts.flatMap(({ a, b }) => [a, b]),
    ...(rotation?.people ?? []),
    ...[...shifts, ...overrides].map(({ person }) => person),
  ]);

/**
 * Who an alert is given to. Giving it away ends its escalation, so it must be somebody: an account that may act on alerts, or a
 * person of the roster. Somebody with an account is known by its id, however they were named.
 */
export const createOwners =
  ({ accounts, roster, contacts }: OwnerDeps) =>
  /** @throws {AppError} `validation` when that is nobody, or nobody who may act on alerts */
  async ({ id, name }: AlertOwner): Promise<AlertOwner> => {
    const refused = (why: string): AppError => new AppError('validation', `/owner ${why}`, { field: '/owner' });
    const all = await accounts();
    const byId = all.find((one) => one.id === id);
    const account = byId ?? all.find((one) => one.name === name);
    if (account !== undefined && !account.disabled && roleMay(account.role, 'alerts.act'))
      return { id: account.id, name: account.name };
    const onRoster = namesOf(roster()).has(name) || Object.hasOwn(contacts(), name);
    if (byId === undefined && onRoster) return { id: name, name };
    throw refused(
      account === undefined
        ? `${name.slice(0, 80)} is neither on the roster nor has an account here: choose somebody who can take it`
        : `${account.name} may not act on alerts${account.disabled ? ' any more' : ''}: choose somebody else`,
    );
  };
export type Owners = ReturnType<typeof createOwners>;
