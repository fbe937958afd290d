import type { Roster } from '#contract/alerts';
import {
  type DutyShift,
  SHIFT_MAX_MS,
  SHIFTS_MOST,
  type ShiftBody,
  type ShiftReply,
  type ShiftsReply,
} from '#contract/duty';
import { AppError } from '#contract/errors';
import { actorOf } from '#contract/permissions';
import { commandOutcome, IDEMPOTENCY_KEEP_MS, command as idempotencyOf } from '../server/store/idempotency.ts';
import { coreKey } from '../server/store/keys.ts';
import { loadScript, runScript } from '../server/store/scripts.ts';
import { timelineArgs, timelineKeyList, timelineKeys } from '../server/store/timeline.ts';
import type { AskedBy } from './commands.ts';
import { shiftWarnings } from './domain/shifts.ts';
import type { AlertRedis } from './store.ts';

/** Shifts are forgotten this long after their end, ms: a hand-over of last week can still be read. */
const KEEP_MS = 15 * 86_400_000;
const script = loadScript('write-shift-6');

export interface ShiftDeps {
  readonly redis: AlertRedis;
  readonly prefix: string;
  readonly instance: string;
  readonly nowMs: () => number;
  /** The whole roster, for who stands in where a gap is. */
  readonly roster: () => Roster;
  readonly posts: ReadonlySet<string>;
  /** @throws {AppError} `validation` for a person whom no page would find */
  readonly checkPerson: (body: { readonly person: string; readonly unknown?: boolean }) => Promise<void>;
}

/** Shifts people plan: put and deleted under their version, each with its entry on the timeline. */
export function createShifts({ redis, prefix, instance, nowMs, roster, posts, checkPerson }: ShiftDeps) {
  const key = coreKey(prefix, instance, 'duty:shifts');
  const versions = coreKey(prefix, instance, 'duty:shift-versions');
  const timeline = timelineKeyList(timelineKeys(prefix, instance));
  let shifts: readonly DutyShift[] = [];

  /** Reads what other nodes and people changed. */
  async function poll(): Promise<void> {
    const read = (await redis.hvals(key)).map((text) => JSON.parse(text) as DutyShift);
    const old = read.filter(({ endsAt }) => nowMs() - endsAt > KEEP_MS).map(({ id }) => id);
    if (old.length > 0) await Promise.all([redis.hdel(key, ...old), redis.hdel(versions, ...old)]);
    // the one that was changed last wins (domain/roster.ts)
    shifts = read.sort((a, b) => a.updatedAt - b.updatedAt || (a.id < b.id ? -1 : 1));
  }
  const warnings = (): ShiftsReply['warnings'] => shiftWarnings(roster(), shifts, nowMs());

  async function write(
    shift: DutyShift,
    expected: number,
    version: number | null,
    by: AskedBy,
    asked: unknown,
  ): Promise<{ shift: DutyShift; replayed: boolean }> {
    const { id, post, role, person, startsAt, endsAt } = shift;
    const span = `${new Date(startsAt).toISOString()}–${new Date(endsAt).toISOString()}`;
    const [body, epoch] = timelineArgs({
      kind: 'duty.changed',
      actor: actorOf(by.principal),
      requestId: by.requestId,
      params: {
        shift: id,
        post,
        role,
        person,
        startsAt,
        endsAt,
        change: version === null ? 'deleted' : expected === 0 ? 'created' : 'changed',
        text: `${person}: ${post} ${role}, ${span}${version === null ? ' −' : ''}`,
      },
    });
    const command = idempotencyOf(prefix, instance, {
      principal: by.principal,
      route: 'duty.shift',
      key: by.key,
      asked,
    });
    const reply = (await runScript(
      redis,
      script,
      [key, versions, ...timeline, command.redisKey],
      [
        id,
        expected,
        version ?? '',
        JSON.stringify(shift),
        body,
        epoch,
        command.print,
        IDEMPOTENCY_KEEP_MS,
        SHIFTS_MOST,
      ],
    )) as [string, string];
    if (reply[0] === 'conflict')
      throw new AppError('version_conflict', 'this shift was changed meanwhile; read it again', {
        extra: { theirs: JSON.parse(reply[1]) as unknown },
      });
    if (reply[0] === 'full')
      throw new AppError('out_of_range', `there are ${SHIFTS_MOST} shifts already; delete some that are over`);
    const outcome = commandOutcome(reply);
    await poll();
    return { shift: JSON.parse(outcome.reply) as DutyShift, replayed: outcome.replayed };
  }

  function check({ post, startsAt, endsAt }: ShiftBody): void {
    if (!posts.has(post))
      throw new AppError('not_found', `there is no post ${post}; there are ${[...posts].join(', ')}`, {
        field: '/post',
      });
    if (endsAt <= startsAt || endsAt - startsAt > SHIFT_MAX_MS)
      throw new AppError('silence_times', 'a shift ends after its start, within 7 days', { field: '/endsAt' });
    if (endsAt <= nowMs())
      throw new AppError('silence_times', 'a shift that is over cannot be written', { field: '/endsAt' });
  }

  return {
    poll,
    all: (): readonly DutyShift[] => shifts,
    list: (): ShiftsReply => ({
      at: nowMs(),
      shifts: [...shifts].sort((a, b) => a.startsAt - b.startsAt || (a.id < b.id ? -1 : 1)),
      warnings: warnings(),
    }),
    /**
     * @throws {AppError} `not_found` for a post the campaign does not name, `validation` for a person whom no page would find,
     *   `silence_times`, `version_conflict`, `out_of_range`
     */
    async put(id: string, body: ShiftBody, by: AskedBy): Promise<ShiftReply & { replayed: boolean }> {
      check(body);
      await checkPerson(body);
      const { version: expected = 0, unknown: _meant, ...fields } = body;
      const shift: DutyShift = {
        ...fields,
        id,
        version: expected + 1,
        updatedBy: by.principal.name,
        updatedAt: nowMs(),
      };
      const written = await write(shift, expected, shift.version, by, { id, ...body });
      return { ...written, warnings: warnings() };
    },
    /** @throws {AppError} `not_found`, `version_conflict` */
    async remove(id: string, expected: number, by: AskedBy): Promise<ShiftReply & { replayed: boolean }> {
      await poll();
      // a repeated command finds its shift gone; the script then answers what it answered before
      const found = shifts.find((shift) => shift.id === id);
      const stub = { id, post: '', role: 'A' as const, person: '', startsAt: 0, endsAt: 0, version: 0 };
      const shift = found ?? { ...stub, updatedBy: '', updatedAt: 0 };
      try {
        const written = await write(shift, expected, null, by, { id, expected, deleted: true });
        return { ...written, warnings: warnings() };
      } catch (error) {
        if (found === undefined && error instanceof AppError && error.code === 'version_conflict')
          throw new AppError('not_found', `there is no shift ${id.slice(0, 80)}`);
        throw error;
      }
    },
  };
}
export type Shifts = ReturnType<typeof createShifts>;
