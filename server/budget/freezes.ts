import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Freeze, FreezeBody } from '#contract/budget';
import { AppError } from '#contract/errors';
import type { Actor } from '#contract/permissions';
import type { DiffRow } from '#contract/runbooks';
import type { ActionPort } from '../../runbooks/ports.ts';
import type { Command } from '../store/idempotency.ts';
import { chan } from './domain/accounts.ts';
import { NOTHING, type Plan } from './domain/plan.ts';
import { refusal } from './domain/refusals.ts';
import type { World } from './domain/world.ts';
import { type Ask, byPerson, commandOf, type MovesDeps, personOf, refuse } from './moves.ts';

type FreezeDeps = Pick<MovesDeps, 'store' | 'prefix' | 'instance' | 'world'> & {
  readonly redis: Pick<Redis, 'hget' | 'hgetall'>;
};

interface Standing {
  readonly channel: string;
  readonly direction: string;
  readonly id: string;
}
/** `open`, or how much of a channel is frozen. */
function stateOf(channel: string, freezes: readonly Standing[]): 'open' | 'frozen.increases' | 'frozen.all' {
  const on = freezes.filter((one) => one.channel === channel || one.channel === '*');
  if (on.length === 0) return 'open';
  return on.some(({ direction }) => direction === 'all') ? 'frozen.all' : 'frozen.increases';
}
/** The channels that a freeze covers, as the campaign names them. */
const covered = (channels: readonly string[], world: World): string[] =>
  [...world.accounts.keys()]
    .filter((id) => id.startsWith('chan:') && (channels.includes('*') || channels.includes(id.slice(5))))
    .map((id) => id.slice(5));

/** Stops increases, or all moves, of channels. Allocations, spend and what was approved before go on. */
export function createFreezes({ store, prefix, instance, world, redis }: FreezeDeps) {
  /** A freeze changes what may be done with the allocation, so approvals of older terms are void. */
  const bumped = (channels: readonly string[]): Plan['rails'] =>
    covered(channels, world()).map((channel) => ['add', `${chan(channel)}|version`, '1'] as const);

  async function put(
    freeze: Freeze,
    command: Command | null,
    requestId: string | null,
  ): Promise<{ freeze: Freeze; replayed: boolean }> {
    const { id, channels, direction, until, reason } = freeze;
    const plan: Plan = {
      ...NOTHING,
      id: `f-${id}`,
      reply: JSON.stringify(freeze),
      rails: bumped(channels),
      freezes: [
        ...channels.map((channel) => [`${channel}|${direction}|${id}`, String(until ?? 0)] as const),
        ['', id, JSON.stringify(freeze)] as const,
      ],
    };
    const params = { freeze: id, channels: channels.join(', '), direction, reason, until: until ?? 0 };
    const entry = {
      kind: 'budget.frozen' as const,
      actor: freeze.by,
      params,
      ...(requestId === null ? {} : { requestId }),
    };
    const applied = await store.apply(plan, [entry], command);
    if (applied.kind === 'refused') refuse(applied);
    if (applied.kind === 'conflict') throw new AppError('conflict', 'freezes have just changed; look again');
    return { freeze: JSON.parse(applied.reply) as Freeze, replayed: applied.kind === 'replay' };
  }

  /** Nothing when it is lifted already. */
  async function remove(
    id: string,
    actor: Actor,
    command: Command | null,
    requestId: string | null,
  ): Promise<{ freeze: Freeze; replayed: boolean } | null> {
    const text = await redis.hget(store.keys.freezes, id);
    if (text === null) {
      const before = command === null ? null : await store.replayed(command);
      return before === null ? null : { freeze: JSON.parse(before) as Freeze, replayed: true };
    }
    const freeze = JSON.parse(text) as Freeze;
    const plan: Plan = {
      ...NOTHING,
      id: `f-${id}`,
      reply: text,
      rails: bumped(freeze.channels),
      freezes: [
        ...freeze.channels.map((channel) => [`${channel}|${freeze.direction}|${id}`, ''] as const),
        ['', id, ''] as const,
      ],
    };
    const params = { freeze: id, channels: freeze.channels.join(', '), direction: freeze.direction };
    const entry = { kind: 'budget.unfrozen' as const, actor, params, ...(requestId === null ? {} : { requestId }) };
    const applied = await store.apply(plan, [entry], command);
    if (applied.kind === 'refused') refuse(applied);
    return { freeze, replayed: applied.kind === 'replay' };
  }

  return {
    /** @throws {AppError} `unknown_channel`, `ledger_frozen` */
    async freeze(body: FreezeBody, ask: Ask): Promise<{ freeze: Freeze; replayed: boolean }> {
      const now = world();
      const strange = body.channels.find((channel) => channel !== '*' && !now.accounts.has(chan(channel)));
      if (strange !== undefined) throw refusal('unknown_channel', { account: chan(strange) });
      personOf(ask.by);
      const isKill = body.channels.includes('*') && body.direction === 'all';
      const freeze: Freeze = {
        id: randomBytes(6).toString('hex'),
        channels: body.channels,
        direction: body.direction,
        reason: body.reason,
        by: byPerson(ask),
        source: isKill ? 'kill_switch' : 'person',
        at: now.nowMs,
        until: body.minutes === undefined ? null : now.nowMs + body.minutes * 60_000,
      };
      return put(freeze, commandOf({ prefix, instance }, ask, 'freeze', body), ask.requestId);
    },
    /** @throws {AppError} `not_found` */
    async lift(id: string, ask: Ask): Promise<{ freeze: Freeze; replayed: boolean }> {
      const lifted = await remove(
        id,
        byPerson(ask),
        commandOf({ prefix, instance }, ask, 'unfreeze', { id }),
        ask.requestId,
      );
      if (lifted === null)
        throw new AppError('not_found', `there is no freeze ${id.slice(0, 64)}; it may be lifted already`);
      return lifted;
    },

    /** The `budget.freeze` action of runbooks: safe to repeat with the same key, taken back by undoing it. */
    action(): ActionPort<'budget.freeze'> {
      const idOf = (key: string): string => `run-${key}`;
      /** What is frozen now, by whomever. */
      const standing = async (): Promise<readonly Standing[]> => {
        const { nowMs } = world();
        return Object.entries(await redis.hgetall(store.keys.frozen))
          .filter(([, until]) => Number(until) === 0 || Number(until) > nowMs)
          .map(([key]) => {
            const [channel = '', direction = '', id = ''] = key.split('|');
            return { channel, direction, id };
          });
      };
      return {
        async diff({ spec, direction, doneKey }): Promise<readonly DiffRow[]> {
          const channels = covered(spec.channels, world());
          if (channels.length === 0)
            throw new AppError(
              'action_unavailable',
              `none of ${spec.channels.join(', ')} is a channel of this campaign; freeze by hand on the marketing desk`,
            );
          const now = await standing();
          const own = idOf(doneKey);
          const then =
            direction === 'undo'
              ? now.filter(({ id }) => id !== own)
              : [...now, ...spec.channels.map((channel) => ({ channel, direction: spec.direction, id: own }))];
          return channels.map((channel) => ({
            what: `budget.${channel}`,
            before: stateOf(channel, now),
            after: stateOf(channel, then),
          }));
        },
        async inEffect({ spec }) {
          const now = await standing();
          const wanted = spec.direction === 'all' ? ['frozen.all'] : ['frozen.all', 'frozen.increases'];
          const channels = covered(spec.channels, world());
          return channels.length > 0 && channels.every((channel) => wanted.includes(stateOf(channel, now)));
        },
        async perform({ spec, direction, key, doneKey, by, runId, atMs }) {
          const actor: Actor = { kind: 'user', ...by };
          if (direction === 'undo') {
            await remove(idOf(doneKey), actor, null, null);
            return { ok: true, outcome: 'the freeze is lifted', told: { code: 'freeze.off', params: {} } };
          }
          const id = idOf(key);
          if ((await redis.hget(store.keys.freezes, id)) === null) {
            const freeze: Freeze = {
              id,
              channels: spec.channels,
              direction: spec.direction,
              reason: `runbook run ${runId}`,
              by: actor,
              source: 'runbook',
              at: atMs,
              until: null,
            };
            await put(freeze, null, null);
          }
          const told = {
            code: 'freeze.on',
            params: { direction: spec.direction, channels: spec.channels.join(' ') },
          } as const;
          return { ok: true, outcome: `budget ${spec.direction} of ${spec.channels.join(', ')} are frozen`, told };
        },
      };
    },
  };
}
export type Freezes = ReturnType<typeof createFreezes>;
