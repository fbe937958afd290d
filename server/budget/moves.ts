import { randomBytes } from 'node:crypto';
import type { BudgetRefusal, Move, Person } from '#contract/budget';
import { AppError } from '#contract/errors';
import { type Actor, actorOf, type Principal } from '#contract/permissions';
import type { TimelineKind } from '#contract/timeline';
import { type Command, command as idempotent } from '../store/idempotency.ts';
import type { NewTimelineEntry } from '../store/timeline.ts';
import { nameOf } from './domain/accounts.ts';
import type { Staff } from './domain/approvals.ts';
import { NOTHING, type Plan } from './domain/plan.ts';
import { refusal } from './domain/refusals.ts';
import { totalOf } from './domain/request.ts';
import type { Step } from './domain/settle.ts';
import type { World } from './domain/world.ts';
import { type Applied, isRefusal, type MoneyStore } from './store/money-store.ts';

/** Times a decision is made anew when somebody else was faster. */
const TRIES = 12;
/** Who asks, and how to recognise a retry. */
export interface Ask {
  readonly by: Principal;
  readonly key: string;
  readonly requestId: string;
}
export interface MovesDeps {
  readonly store: MoneyStore;
  readonly prefix: string;
  readonly instance: string;
  /** Everything rules look at besides the balances, now. */
  readonly world: () => World;
  readonly staff: () => Staff;
  /** Signs the token of a hold-to-confirm. */
  readonly secret: Buffer;
}
export interface Outcome {
  readonly move: Move;
  readonly replayed: boolean;
}

/** Money is moved by people who are signed in. @throws {AppError} `forbidden` */
export function personOf(principal: Principal): Person {
  if (principal.kind !== 'user') throw new AppError('forbidden', 'budgets are moved by people who are signed in');
  return { id: principal.id, name: principal.name };
}
/** Sorts by time and is unlike any other. */
export const newMoveId = (nowMs: number): string => `m-${nowMs.toString(36)}-${randomBytes(5).toString('hex')}`;
export const lastMoveVersion = (move: Move): string => String(move.version);

export const commandOf = (
  deps: Pick<MovesDeps, 'prefix' | 'instance'>,
  ask: Ask,
  route: string,
  asked: unknown,
): Command =>
  idempotent(deps.prefix, deps.instance, { principal: ask.by, route: `budget.${route}`, key: ask.key, asked });

/** A plan that changes one move from `before`. */
export const planFor = (move: Move, before: Move | null): Pick<Plan, 'id' | 'moves' | 'reply'> => {
  const json = JSON.stringify(move);
  return {
    id: `${move.id}-v${move.version}`,
    moves: [
      {
        id: move.id,
        expect: before === null ? '' : String(before.version),
        version: String(move.version),
        json,
        at: String(move.requestedAt),
      },
    ],
    reply: json,
  };
};
export const stepPlan = (step: Step, world: World): Pick<Plan, 'entries' | 'commands' | 'answered' | 'rails'> => ({
  entries: step.entries,
  commands: step.commands,
  answered: step.answered,
  rails: [
    ...step.rails,
    // a channel that was moved rests for a while
    ...(world.policy.cooldownMs === 0 ? [] : cooled(step)).map(
      (account) => ['set', `${account}|cooldownUntil`, String(world.nowMs + world.policy.cooldownMs)] as const,
    ),
  ],
});
function cooled({ move, entries }: Step): string[] {
  const posted = entries.filter(({ kind }) => kind === 'post').map(({ hold }) => hold);
  const ends = move.legs.filter(({ holdId }) => posted.includes(holdId)).flatMap(({ from, to }) => [from, to]);
  return [...new Set(ends)].filter((account) => account.startsWith('chan:'));
}

/** A refusal as callers receive it. @throws {AppError} always */
export function refuse(applied: Extract<Applied, { kind: 'refused' }>): never {
  const { code, kind: _kind, ...facts } = applied;
  if (!isRefusal(code)) throw new RangeError('a tier is no refusal');
  throw refusal(code, facts);
}
/** What a kept reply says: a move, or a sticky refusal again. @throws {AppError} */
export function readReply(text: string): Move {
  const kept = JSON.parse(text) as Move | { refused: BudgetRefusal; account: string; limit: string; asked: string };
  if (!('refused' in kept)) return kept;
  const amount = (value: string): number | null => (value === '' ? null : Number(value));
  throw refusal(kept.refused, {
    account: kept.account === '' ? null : kept.account,
    limitMinor: amount(kept.limit),
    askedMinor: amount(kept.asked),
    extra: { replayed: true },
  });
}

export const entryOf = (
  kind: TimelineKind,
  move: Move,
  actor: Actor,
  requestId: string | null,
  more: Readonly<Record<string, string | number>> = {},
): NewTimelineEntry => ({
  kind,
  actor,
  params: {
    move: move.id,
    tier: move.tier,
    state: move.state,
    amountMinor: totalOf(move.legs),
    legs: move.legs.map(({ from, to }) => `${nameOf(from)} → ${nameOf(to)}`).join(', '),
    ...more,
  },
  ...(requestId === null ? {} : { requestId }),
});

export interface Decided {
  readonly plan: Plan;
  readonly timeline: readonly NewTimelineEntry[];
}
/**
 * Reads, decides, writes; again when the move has changed meanwhile. A retry of the same command answers what it answered.
 * @param onRefused - what to do instead of refusing; null: refuse
 */
export async function changeMove(
  { store }: Pick<MovesDeps, 'store'>,
  id: string,
  command: Command | null,
  decide: (move: Move) => Decided | null | Promise<Decided | null>,
  onRefused: (move: Move, code: BudgetRefusal) => Promise<Decided> | null = () => null,
): Promise<Outcome> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const move = await store.move(id);
    let decided: Decided | null;
    try {
      decided = await decide(move);
    } catch (error) {
      const answered = command === null ? null : await store.replayed(command); // the same request was faster than itself
      if (answered !== null) return { move: readReply(answered), replayed: true };
      throw error;
    }
    if (decided === null) return { move, replayed: false };
    const applied = await store.apply(decided.plan, decided.timeline, command);
    if (applied.kind === 'conflict') continue;
    if (applied.kind !== 'refused') return { move: readReply(applied.reply), replayed: applied.kind === 'replay' };
    const instead = isRefusal(applied.code) ? await onRefused(move, applied.code) : null;
    if (instead !== null) await store.apply(instead.plan, instead.timeline, null);
    refuse(applied);
  }
  throw new AppError('conflict', 'too many people change this transfer at once; try again');
}
export const systemActor = (id: string): Actor => ({ kind: 'system', id });
export const byPerson = (ask: Ask): Actor => actorOf(ask.by);
export { NOTHING };
