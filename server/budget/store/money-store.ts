import type { Redis } from 'ioredis';
import type { AccountId, BudgetRefusal, Freeze, Move, OutboxCommand } from '#contract/budget';
import { AppError } from '#contract/errors';
import { type Command, commandOutcome, IDEMPOTENCY_KEEP_MS } from '../../store/idempotency.ts';
import { loadScript, runScript, type Script } from '../../store/scripts.ts';
import { type NewTimelineEntry, timelineArgs } from '../../store/timeline.ts';
import { DUE_KIND, type Guard, type GuardCode, type Plan } from '../domain/plan.ts';
import { refusal } from '../domain/refusals.ts';
import { DUE_QUEUES, type MoneyKeys } from './money-keys.ts';

/** How a change went. `conflict`: a move has another version by now; decide again. */
export type Applied =
  | { readonly kind: 'done' | 'replay'; readonly reply: string }
  | { readonly kind: 'conflict' }
  | {
      readonly kind: 'refused';
      readonly code: GuardCode;
      readonly account: AccountId | null;
      readonly limitMinor: number | null;
      readonly askedMinor: number | null;
      readonly until: number | null;
      /** Who stops it, of `frozen`. */
      readonly by: string | null;
      readonly who: string | null;
    };
export interface JudgedGuard {
  readonly guard: Guard;
  readonly met: boolean;
  readonly limitMinor: number | null;
  readonly askedMinor: number | null;
  readonly until: number | null;
  readonly exposureMinor: number | null;
}
export interface JudgedRow {
  readonly debitsPosted: number;
  readonly creditsPosted: number;
  readonly debitsPending: number;
  readonly creditsPending: number;
  readonly allocated: number;
  readonly version: number;
}
/** What a change would meet and do; nothing was written. */
export interface Judged {
  readonly refused: Extract<Applied, { kind: 'refused' }> | null;
  readonly guards: readonly JudgedGuard[];
  readonly rows: ReadonlyMap<
    AccountId,
    { readonly before: JudgedRow; readonly after: JudgedRow; readonly allocationVersion: number }
  >;
}

const applyScript = loadScript('apply-money-n');
const FIXED_COUNT = 23;
const numberOrNull = (text: string | undefined): number | null =>
  text === undefined || text === '' ? null : Number(text);

/** The one door to money in the store: plans in, outcomes out. `script`: a test build checks the invariants too. */
export function createMoneyStore(
  redis: Redis,
  keys: MoneyKeys,
  { script = applyScript, minorPerMajor = 100 }: { readonly script?: Script; readonly minorPerMajor?: number } = {},
) {
  /** Amounts in words are major units of the campaign's currency. */
  const worded = (entry: NewTimelineEntry): NewTimelineEntry => {
    const { amountMinor } = entry.params;
    if (typeof amountMinor !== 'number') return entry;
    return { ...entry, params: { ...entry.params, amount: (amountMinor / minorPerMajor).toLocaleString('en-US') } };
  };
  function args(plan: Plan, timeline: readonly NewTimelineEntry[], command: Command | null, dry: boolean) {
    const dimensions = [
      ...new Set([
        ...plan.sums.map(({ dimension }) => dimension),
        ...plan.guards.flatMap(([kind, , name]) => (kind === 'sum' ? [name as string] : [])),
      ]),
    ];
    const numberOf = (dimension: string): string => String(FIXED_COUNT + 1 + dimensions.indexOf(dimension));
    const bodies = timeline.map((entry) => timelineArgs(worded(entry)));
    const wire = {
      id: plan.id,
      guards: plan.guards.map((guard) =>
        guard[0] === 'sum' ? [guard[0], guard[1], numberOf(guard[2] as string), ...guard.slice(3)] : guard,
      ),
      entries: plan.entries,
      moves: plan.moves,
      rails: plan.rails,
      sums: plan.sums.map(({ op, dimension, member }) => [op, numberOf(dimension), member]),
      freezes: plan.freezes,
      answered: plan.answered,
      commands: plan.commands.map(({ deltaMinor, ...command }) => ({
        id: command.id,
        channel: command.channel,
        delta: String(deltaMinor),
        head: JSON.stringify(command).slice(0, -1),
      })),
      due: plan.due.map(({ queue, id, atMs }) => [
        atMs === null ? 'cut' : 'set',
        String(DUE_QUEUES.indexOf(queue) + 1),
        `${DUE_KIND[queue]}|${id}`,
        id,
        atMs === null ? '' : String(Math.round(atMs)),
      ]),
      timeline: bodies.map(([body]) => body),
      reply: plan.reply,
      ...(plan.empty === true ? { empty: true } : {}),
      ...(plan.emergency === true ? { emergency: true } : {}),
    };
    return [
      [...keys.fixed, command?.redisKey ?? keys.nobody, keys.past, ...dimensions.map(keys.sum)],
      [JSON.stringify(wire), command?.print ?? '', IDEMPOTENCY_KEEP_MS, bodies[0]?.[1] ?? 'none', dry ? 'dry' : ''],
    ] as const;
  }
  const refusedOf = async (plan: Plan, reply: readonly string[]): Promise<Extract<Applied, { kind: 'refused' }>> => {
    const [, code, number, limit, asked, until, more] = reply;
    const at = Number(number);
    const guard = at > 0 ? plan.guards[at - 1] : undefined;
    const account = guard === undefined ? (plan.entries[-at - 1]?.debit ?? null) : accountOf(guard);
    const freeze = guard?.[0] === 'frozen' && more ? await redis.hget(keys.freezes, more) : null;
    const stops = freeze === null ? null : (JSON.parse(freeze) as Freeze);
    return {
      kind: 'refused',
      code: code as GuardCode,
      account,
      limitMinor: numberOrNull(limit),
      askedMinor: numberOrNull(asked),
      until: numberOrNull(until),
      ...(stops === null
        ? stopperOf(guard)
        : { by: stops.source, who: 'name' in stops.by ? stops.by.name : stops.by.id }),
    };
  };

  return {
    keys,
    /** @throws {AppError} `idempotency_body_mismatch`, or the sticky refusal that this key got before */
    async apply(plan: Plan, timeline: readonly NewTimelineEntry[], command: Command | null): Promise<Applied> {
      const reply = (await runScript(redis, script, ...args(plan, timeline, command, false))) as string[];
      if (reply[0] === 'conflict') return { kind: 'conflict' };
      if (reply[0] === 'refused') return refusedOf(plan, reply);
      const outcome = commandOutcome(reply);
      return { kind: outcome.replayed ? 'replay' : 'done', reply: outcome.reply };
    },
    async judge(plan: Plan): Promise<Judged> {
      const reply = (await runScript(redis, script, ...args(plan, [], null, true))) as string[];
      if (reply[0] === 'conflict') throw new AppError('conflict', 'this move has just changed; look at it again');
      if (reply[0] === 'refused') return { refused: await refusedOf(plan, reply), guards: [], rows: new Map() };
      const { guards, rows } = JSON.parse(reply[1] ?? '') as {
        guards: string[][] | Record<string, never>;
        rows: [string, string[], string[], string][] | Record<string, never>;
      };
      const rowOf = (values: readonly string[]): JudgedRow => {
        const [debitsPosted = 0, creditsPosted = 0, debitsPending = 0, creditsPending = 0, allocated = 0, version = 0] =
          values.map(Number);
        return { debitsPosted, creditsPosted, debitsPending, creditsPending, allocated, version };
      };
      return {
        refused: null,
        guards: (Array.isArray(guards) ? guards : []).map(([met, limit, asked, until, exposure], i) => ({
          guard: plan.guards[i] as Guard,
          met: met === '1',
          limitMinor: numberOrNull(limit),
          askedMinor: numberOrNull(asked),
          until: numberOrNull(until),
          exposureMinor: plan.guards[i]?.[0] === 'releasable' ? numberOrNull(exposure) : null,
        })),
        rows: new Map(
          (Array.isArray(rows) ? rows : []).map(([id, was, at, rails]) => {
            const after = rowOf(at);
            return [id, { before: rowOf(was), after, allocationVersion: rowOf(was).version + Number(rails) }];
          }),
        ),
      };
    },
    /** What a command answered before; null when its key is new. @throws as `apply` */
    async replayed({ redisKey, print }: Command): Promise<string | null> {
      const [kept, reply] = await redis.hmget(redisKey, 'print', 'reply');
      if (!kept) return null;
      return commandOutcome(kept === print ? ['replay', reply] : ['mismatch', '']).reply;
    },
    /** @throws {AppError} `not_found` */
    async move(id: string): Promise<Move> {
      const text = await redis.hget(keys.moves, id);
      if (text === null) throw refusal('pending_not_found');
      return JSON.parse(text) as Move;
    },
    /** Newest first. */
    async moves(limit: number, beforeMs: number | null = null): Promise<Move[]> {
      const ids = await redis.zrevrangebyscore(
        keys.moveIndex,
        beforeMs === null ? '+inf' : `(${beforeMs}`,
        '-inf',
        'LIMIT',
        '0',
        String(limit),
      );
      if (ids.length === 0) return [];
      return (await redis.hmget(keys.moves, ...ids)).flatMap((text) =>
        text === null ? [] : [JSON.parse(text) as Move],
      );
    },
    async command(id: string): Promise<OutboxCommand> {
      const text = await redis.hget(keys.commands, id);
      if (text === null) throw new AppError('not_found', `there is no command ${id}`);
      return JSON.parse(text) as OutboxCommand;
    },
    rail: (field: string): Promise<string | null> => redis.hget(keys.rails, field),
    async openCommands(): Promise<OutboxCommand[]> {
      const ids = await redis.zrange(keys.openCommands, '0', '-1');
      if (ids.length === 0) return [];
      return (await redis.hmget(keys.commands, ...ids)).flatMap((text) =>
        text === null ? [] : [JSON.parse(text) as OutboxCommand],
      );
    },
  };
}
export type MoneyStore = ReturnType<typeof createMoneyStore>;

/** The account a guard is about; a rolling sum of a channel names it, one of a person or pair does not. */
export function accountOf([kind, , first]: Guard): AccountId | null {
  if (first === undefined || first === '') return null;
  if (kind === 'card') return null;
  if (kind !== 'sum') return first;
  return /^(in|out):/.test(first) ? `chan:${first.slice(first.indexOf(':') + 1)}` : null;
}
/** Who stands behind a guard that was known to fail: an alert, a silent feed. */
export const stopperOf = (guard: Guard | undefined): { by: string | null; who: string | null } =>
  guard?.[0] === 'never' && guard[1] === 'frozen'
    ? { by: guard[4] ?? null, who: guard[5] ?? null }
    : { by: null, who: null };
export const isRefusal = (code: GuardCode): code is BudgetRefusal => code !== 'tier';
