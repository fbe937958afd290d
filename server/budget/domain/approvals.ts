import {
  APPROVAL_TIERS,
  type Approval,
  type ApprovalTier,
  type Move,
  type OpenSeat,
  type Person,
  SEATS,
  type Seat,
} from '#contract/budget';
import type { Role } from '#contract/permissions';
import { type Policy, ROLE_OF_SEAT, STAGES, type Stage } from './policy.ts';
import { refusal } from './refusals.ts';
import { assertOpen } from './states.ts';

/** One row of the roster at this instant. */
export interface OnDuty {
  readonly post: string;
  readonly role: 'A' | 'B';
  readonly person: string;
}
/** Who there is to ask: the roster now, and everybody who can sign in. */
export interface Staff {
  readonly onDuty: readonly OnDuty[];
  readonly people: readonly { readonly id: string; readonly name: string; readonly role: Role }[];
}
/** Two spellings of one name are one person (people/domain/names.ts has the same rule). */
const same = (a: string, b: string): boolean => fold(a) === fold(b);
const fold = (name: string): string => name.normalize('NFKC').toLowerCase();
/** One person, under one account or two. */
export const isSamePerson = (a: Person, b: Person): boolean => a.id === b.id || same(a.name, b.name);

interface Holder {
  readonly name: string;
  readonly post: string | null;
  readonly as: 'A' | 'B' | null;
}
/**
 * Who holds a seat now, whatever stage it is. The roster decides; a campaign without these posts, or one whose people have no
 * account here, falls back to the role, so that money does not wait for somebody who cannot come.
 */
export function holdersOf(seat: Seat, { onDuty, people }: Staff, policy: Policy): Holder[] {
  const posts = policy.seats[seat];
  const rostered = onDuty
    .filter(({ post, person }) => posts.includes(post) && people.some(({ name }) => same(name, person)))
    .map(({ post, role, person }) => ({ name: person, post, as: role }));
  if (rostered.length > 0) return rostered;
  return people.filter(({ role }) => role === ROLE_OF_SEAT[seat]).map(({ name }) => ({ name, post: null, as: null }));
}
const mayServe = (stage: Stage, { as }: Holder): boolean => as === null || stage.as.includes(as);

/** The stage that is asked now; null when nobody is. */
export const stageOf = (tier: ApprovalTier, escalation: number): Stage | null =>
  STAGES[tier][Math.min(escalation, STAGES[tier].length - 1)] ?? null;
const filled = (approvals: readonly Approval[], seat: Seat): boolean =>
  approvals.some((approval) => approval.seat === seat && approval.decision === 'approve');
const openSeatNames = (stage: Stage, approvals: readonly Approval[]): readonly Seat[] =>
  stage.any === true && stage.seats.some((seat) => filled(approvals, seat))
    ? []
    : stage.seats.filter((seat) => !filled(approvals, seat));

type Asked = Pick<Move, 'tier' | 'escalation' | 'approvals' | 'requestedBy' | 'state' | 'outcome'>;
/** Seats that still have to decide, with the people who may. */
export function openSeats(move: Asked, staff: Staff, policy: Policy): OpenSeat[] {
  const stage =
    move.state === 'awaiting_approval' || move.state === 'draft' ? stageOf(move.tier, move.escalation) : null;
  if (stage === null) return [];
  const taken = [move.requestedBy.name, ...move.approvals.map(({ by }) => by.name)];
  return openSeatNames(stage, move.approvals).map((seat) => ({
    seat,
    ...(stage.any === true ? { any: true as const } : {}),
    people: holdersOf(seat, staff, policy).filter(
      (holder) => mayServe(stage, holder) && !taken.some((name) => same(name, holder.name)),
    ),
  }));
}
export const isComplete = (move: Asked): boolean => {
  const stage = stageOf(move.tier, move.escalation);
  return stage === null || openSeatNames(stage, move.approvals).length === 0;
};

/**
 * The seat that a person fills by deciding now.
 * @throws {AppError} `self_approval`; for a move that is decided, its state; `approver_limit_exceeded`, `role_not_on_duty`
 */
export function seatFor(
  move: Asked,
  person: Person,
  staff: Staff,
  policy: Policy,
): Pick<Approval, 'seat' | 'post' | 'as'> {
  if (isSamePerson(move.requestedBy, person)) throw refusal('self_approval');
  assertOpen(move);
  const seats = openSeats(move, staff, policy);
  const extra = { seats };
  for (const { seat, people } of seats) {
    const found = people.find(({ name }) => same(name, person.name));
    if (found !== undefined) return { seat, post: found.post, as: found.as };
  }
  if (move.approvals.some(({ by }) => by.id === person.id)) throw refusal('self_approval', { extra });
  const asked = stageOf(move.tier, move.escalation);
  const own = SEATS.filter((seat) => holdersOf(seat, staff, policy).some(({ name }) => same(name, person.name)));
  const late = own.some((seat) => asked?.seats.includes(seat));
  if (!late && own.some((seat) => highestTier(seat) < APPROVAL_TIERS.indexOf(move.tier)))
    throw refusal('approver_limit_exceeded', { extra });
  throw refusal('role_not_on_duty', { extra });
}
/** The highest tier whose first stage asks this seat: how far its own power goes. */
const highestTier = (seat: Seat): number =>
  Math.max(-1, ...APPROVAL_TIERS.map((tier, i) => (STAGES[tier][0]?.seats.includes(seat) ? i : -1)));

/** Whether somebody holds the rotating command now, as A or B. */
export const commands = (person: { readonly name: string }, staff: Staff, policy: Policy): boolean =>
  holdersOf('commander', staff, policy).some(({ name }) => same(name, person.name));
