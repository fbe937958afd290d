import { AppError } from '#contract/errors';
import type { Actor } from '#contract/permissions';
import type { ReceiverState, ReceiversReply, ReceiverTrouble, ReceiverView, SoundMark } from '#contract/receivers';
import type { Outbound } from '../../server/outbound/send.ts';
import type { Timeline } from '../../server/room/timeline.ts';
import type { Receiver } from './domain/receiver.ts';
import type { DeliveryQueue } from './queue.ts';
import type { DeliveryRedis, ReceiverFacts } from './queue-types.ts';
import { type Environment, readReceivers } from './read-receivers.ts';

export interface ReceiverBookDeps {
  readonly redis: DeliveryRedis;
  readonly queue: DeliveryQueue;
  readonly outbound: Outbound;
  readonly timeline: Pick<Timeline, 'append'>;
  readonly nowMs: () => number;
  readonly receiversFile: string;
  readonly env: Environment;
}
const NOTHING: ReceiverFacts = {
  state: 'ok',
  since: null,
  deliveredCount: 0,
  failedCount: 0,
  lastDeliveredAt: null,
  lastError: null,
  queueCount: 0,
  oldestAt: null,
  overdueCount: 0,
};

/** Receivers as the file has them, how each does by this node's last look, and the newest page that rings. */
export function createReceiverBook({ redis, queue, outbound, timeline, nowMs, ...from }: ReceiverBookDeps) {
  const soundKey = queue.key('sound');
  let receivers: readonly Receiver[] = [];
  let loadedAt = 0;
  let refused: ReceiversReply['refused'] = null;
  let facts: ReadonlyMap<string, ReceiverFacts> = new Map();
  let sound: SoundMark | null = null;

  async function look(): Promise<void> {
    const ids = receivers.map(({ id }) => id);
    const [read, mark] = await Promise.all([
      Promise.all(ids.map(async (id) => [id, await queue.facts(id)] as const)),
      redis.hget(soundKey, 'mark'),
    ]);
    facts = new Map(read);
    sound = mark === null ? null : (JSON.parse(mark) as SoundMark);
  }
  const read = () => readReceivers(from.receiversFile, from.env, outbound);
  function take(next: readonly Receiver[]): void {
    receivers = next;
    loadedAt = nowMs();
    refused = null;
  }
  const inState = (state: ReceiverState): string[] =>
    [...facts].filter(([, of]) => of.state === state).map(([id]) => id);

  function view(receiver: Receiver): ReceiverView {
    const { id, kind, sends, leastTier, language, smtp, url } = receiver;
    const { failedCount, overdueCount: _overdue, ...of } = facts.get(id) ?? NOTHING;
    // an address may hold a token: only its host is told
    const target = smtp !== null ? `${smtp.host}:${smtp.port}` : url === '' ? null : new URL(url).host;
    const limitPerMinute = receiver.perMinute;
    return { id, kind, target, sends, leastTier, language, limitPerMinute, failedTriesCount: failedCount, ...of };
  }

  return {
    all: (): readonly Receiver[] => receivers,
    look,
    inState,
    view,
    views: (): readonly ReceiverView[] => receivers.map(view),
    /** @throws {AppError} `not_found` */
    find(id: string): Receiver {
      const receiver = receivers.find((one) => one.id === id);
      if (receiver !== undefined) return receiver;
      const known = receivers.map((one) => one.id).join(', ');
      throw new AppError('not_found', `there is no receiver ${id.slice(0, 80)}; there are ${known}`);
    },
    /** @throws {AppError} `receivers_invalid` */
    load(): void {
      const { receivers: next, problems } = read();
      if (problems.length > 0) throw new AppError('receivers_invalid', problems.join('\n'), { extra: { problems } });
      take(next);
    },
    /**
     * Loads receivers and, with them, whatever `then` loads: receivers that are not sound, or a throw of `then`, leave the old ones.
     * @throws {AppError} `receivers_invalid`
     */
    async reload<T>(actor: Actor, then: () => Promise<T>): Promise<T> {
      const { receivers: next, problems } = read();
      const [first] = problems;
      if (first !== undefined) {
        refused = { at: nowMs(), problems };
        await timeline.append({ kind: 'receivers.refused', actor, params: { text: first, n: problems.length } });
        const why = `the old receivers and rules go on; ${problems.length} problem(s), the first: ${first}`;
        throw new AppError('receivers_invalid', why, { extra: { problems } });
      }
      const result = await then();
      take(next);
      await look();
      await timeline.append({ kind: 'receivers.reloaded', actor, params: { n: next.length } });
      return result;
    },
    async list(): Promise<ReceiversReply> {
      await look();
      return { receivers: receivers.map(view), loadedAt, refused, deadCount: await queue.deadCount() };
    },
    ring: async (mark: SoundMark): Promise<void> => {
      await redis.hset(soundKey, 'mark', JSON.stringify(mark));
    },
    /** For the walls: receivers in trouble, and the newest page that rings. */
    frame(): { receivers?: ReceiverTrouble; sound?: SoundMark } {
      const [failing, disabled] = [inState('failing'), inState('disabled')];
      return {
        ...(failing.length + disabled.length === 0 ? {} : { receivers: { failing, disabled } }),
        ...(sound === null ? {} : { sound }),
      };
    },
    /** For the rules: receivers that do not get what they should. */
    failingCount: (): number => inState('failing').length + inState('disabled').length,
    /** Messages that were due more than 30 s ago. */
    overdueCount: (): number => [...facts.values()].reduce((sum, { overdueCount }) => sum + overdueCount, 0),
  };
}
export type ReceiverBook = ReturnType<typeof createReceiverBook>;
