import { randomUUID } from 'node:crypto';
import type { DutyOverride, DutyOverrideBody, DutyReply, Roster } from '#contract/alerts';
import { type KnownPerson, SCHEDULE_MAX_MS, type ScheduleReply } from '#contract/duty';
import { AppError } from '#contract/errors';
import { actorOf } from '#contract/permissions';
import {
  type Command,
  commandOutcome,
  IDEMPOTENCY_KEEP_MS,
  command as idempotencyOf,
} from '../server/store/idempotency.ts';
import { coreKey } from '../server/store/keys.ts';
import { loadScript, runScript } from '../server/store/scripts.ts';
import { timelineArgs, timelineKeyList, timelineKeys } from '../server/store/timeline.ts';
import type { AskedBy } from './commands.ts';
import { whoIsOn } from './domain/roster.ts';
import { dutySegments } from './domain/shifts.ts';
import { refuseUnknown } from './owner.ts';
import { createShifts } from './shifts.ts';
import type { AlertRedis } from './store.ts';

/** An override lasts so long at most; a longer change belongs into the campaign's roster. */
const OVERRIDE_MAX_MS = 7 * 86_400_000;
/** Overrides are forgotten this long after their end, ms. */
const KEEP_MS = 5 * 86_400_000;
const script = loadScript('write-override-5');

export interface DutyDeps {
  readonly redis: AlertRedis;
  readonly prefix: string;
  readonly instance: string;
  readonly nowMs: () => number;
  /** The campaign's roster, without shifts and overrides. */
  readonly base: Roster;
  /** Names of the campaign's posts. */
  readonly names: ScheduleReply['posts'];
  /** Who can be put on duty; absent: whoever is named. */
  readonly known?: () => Promise<readonly KnownPerson[]>;
}

/** Who is on duty: the campaign's roster and what people changed of it for a while. */
export function createDuty({ redis, prefix, instance, nowMs, base, names, known }: DutyDeps) {
  const key = coreKey(prefix, instance, 'duty:overrides');
  const timeline = timelineKeyList(timelineKeys(prefix, instance));
  let overrides: readonly DutyOverride[] = [];
  const posts = new Set(base.posts.map(({ post }) => post));
  const roster = (): Roster => ({ ...base, shifts: shifts.all(), overrides });
  const shifts = createShifts({ redis, prefix, instance, nowMs, roster, posts, checkPerson });

  /** @throws {AppError} `validation` on `/person` */
  async function checkPerson({ person, unknown }: { person: string; unknown?: boolean }): Promise<void> {
    if (known !== undefined && unknown !== true) refuseUnknown(person, await known());
  }

  async function write(
    override: DutyOverride,
    by: Pick<AskedBy, 'principal' | 'requestId'>,
    command: Command | null,
    text: string,
  ) {
    const entry = {
      kind: 'duty.changed' as const,
      actor: actorOf(by.principal),
      requestId: by.requestId,
      params: { override: override.id, post: override.post, person: override.person, until: override.endsAt, text },
    };
    const [body, epoch] = timelineArgs(entry);
    const reply = await runScript(
      redis,
      script,
      [key, ...timeline, command?.redisKey ?? key],
      [override.id, JSON.stringify(override), body, epoch, command?.print ?? '', IDEMPOTENCY_KEEP_MS],
    );
    const outcome = commandOutcome(reply);
    await poll();
    return { override: JSON.parse(outcome.reply) as DutyOverride, replayed: outcome.replayed };
  }

  /** Reads what other nodes and people changed. */
  async function poll(): Promise<void> {
    await Promise.all([pollOverrides(), shifts.poll()]);
  }
  async function pollOverrides(): Promise<void> {
    const read = (await redis.hvals(key)).map((text) => JSON.parse(text) as DutyOverride);
    const old = read.filter(({ endsAt }) => nowMs() - endsAt > KEEP_MS).map(({ id }) => id);
    if (old.length > 0) await redis.hdel(key, ...old);
    // the newest one wins (domain/roster.ts)
    overrides = read.sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
  }

  return {
    poll,
    roster,
    shifts,
    /** Who holds what from one instant to another. @throws {AppError} `out_of_range` */
    schedule(fromMs: number, toMs: number): ScheduleReply {
      if (!(toMs > fromMs) || toMs - fromMs > SCHEDULE_MAX_MS)
        throw new AppError('out_of_range', 'a schedule is asked for from an instant to a later one, within 31 days', {
          field: '/query/to',
        });
      return { at: nowMs(), fromMs, toMs, posts: names, segments: dutySegments(roster(), fromMs, toMs) };
    },
    reply: (): DutyReply => ({
      at: nowMs(),
      people: whoIsOn(roster(), nowMs()),
      overrides: overrides.filter(({ endsAt }) => endsAt > nowMs()),
    }),

    /** Who can be put on duty, and how a page finds them. */
    known: async (): Promise<readonly KnownPerson[]> => (await known?.()) ?? [],
    /**
     * @throws {AppError} `not_found` for a post the campaign does not name, `validation` for a person whom no page would find,
     *   `silence_times`, `idempotency_body_mismatch`
     */
    async create(body: DutyOverrideBody, by: AskedBy): Promise<{ override: DutyOverride; replayed: boolean }> {
      if (!posts.has(body.post))
        throw new AppError('not_found', `there is no post ${body.post}; there are ${[...posts].join(', ')}`, {
          field: '/post',
        });
      const atMs = nowMs();
      const startsAt = body.startsAt ?? atMs;
      if (body.endsAt <= Math.max(atMs, startsAt) || body.endsAt - startsAt > OVERRIDE_MAX_MS) {
        throw new AppError('silence_times', 'an override ends after its start and after now, within 7 days', {
          field: '/endsAt',
        });
      }
      await checkPerson(body);
      const { principal } = by;
      const { unknown: _meant, ...fields } = body;
      const override: DutyOverride = {
        ...fields,
        startsAt,
        id: randomUUID(),
        createdBy: principal.name,
        createdAt: atMs,
      };
      const command = idempotencyOf(prefix, instance, { principal, route: 'duty.override', key: by.key, asked: body });
      return write(override, by, command, `${body.person}: ${body.post} ${body.role}, ${body.comment}`);
    },
    /** Ends it now. @throws {AppError} `not_found` */
    async end(id: string, by: Pick<AskedBy, 'principal' | 'requestId'>): Promise<DutyOverride> {
      const text = await redis.hget(key, id);
      if (text === null) throw new AppError('not_found', `there is no override ${id.slice(0, 80)}`);
      const before = JSON.parse(text) as DutyOverride;
      const atMs = nowMs();
      if (before.endsAt <= atMs) return before;
      const ended = { ...before, startsAt: Math.min(before.startsAt, atMs), endsAt: atMs };
      return (await write(ended, by, null, `${before.person}: ${before.post} ${before.role}`)).override;
    },
  };
}
export type Duty = ReturnType<typeof createDuty>;
