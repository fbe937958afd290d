import { statSync } from 'node:fs';
import { AppError } from '#contract/errors';
import type { Actor } from '#contract/permissions';
import type { ReceiverState, ReceiversReply, ReceiverTrouble, ReceiverView, SoundMark } from '#contract/receivers';
import type { Outbound } from '../../server/outbound/send.ts';
import type { Log } from '../../server/room/log.ts';
import type { Timeline } from '../../server/room/timeline.ts';
import { createFollower, createSharedFiles, problemsOf, type Texts } from '../shared-files.ts';
import type { Receiver } from './domain/receiver.ts';
import type { DeliveryQueue } from './queue.ts';
import type { DeliveryRedis, ReceiverFacts } from './queue-types.ts';
import { type Environment, readReceiverFile, readReceiverText } from './read-receivers.ts';

export interface ReceiverBookDeps {
  readonly redis: DeliveryRedis;
  readonly queue: DeliveryQueue;
  readonly outbound: Outbound;
  readonly timeline: Pick<Timeline, 'append'>;
  readonly nowMs: () => number;
  readonly log: Log;
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

const invalid = (message: string, problems: readonly string[]): AppError =>
  new AppError('receivers_invalid', message, { extra: { problems } });

/**
 * Receivers as the file has them, how each does by this node's last look, and the newest page that rings. A reload on one node is
 * followed by all: they take its very text, with the secrets of their own environments.
 */
export function createReceiverBook({ redis, queue, outbound, timeline, nowMs, log, ...from }: ReceiverBookDeps) {
  const soundKey = queue.key('sound');
  const files = createSharedFiles(redis, { texts: queue.key('receivers'), version: queue.key('receivers-version') });
  const shared = createFollower({ shared: files, nowMs, log, take: (texts) => take(read(texts)), what: 'receivers' });
  let receivers: readonly Receiver[] = [];
  let loadedAt = 0;
  let facts: ReadonlyMap<string, ReceiverFacts> = new Map();
  let sound: SoundMark | null = null;

  async function look(): Promise<void> {
    await shared.follow();
    const ids = receivers.map(({ id }) => id);
    const [read, mark] = await Promise.all([
      Promise.all(ids.map(async (id) => [id, await queue.facts(id)] as const)),
      redis.hget(soundKey, 'mark'),
    ]);
    facts = new Map(read);
    sound = mark === null ? null : (JSON.parse(mark) as SoundMark);
  }
  /** @throws {AppError} `receivers_invalid` */
  function read(texts: Texts): readonly Receiver[] {
    const found = Object.entries(texts).map(([name, text]) => readReceiverText(name, text, from.env, outbound));
    const problems = found.flatMap((one) => one.problems);
    if (problems.length > 0) throw invalid(problems.join('\n'), problems);
    return found.flatMap((one) => one.receivers);
  }
  /** @throws {AppError} `receivers_invalid` */
  function ownTexts(): Texts {
    const found = readReceiverFile(from.receiversFile);
    if ('problems' in found) throw invalid(found.problems.join('\n'), found.problems);
    return { [found.name]: found.text };
  }
  function take(next: readonly Receiver[]): void {
    receivers = next;
    loadedAt = nowMs();
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
    /**
     * At the start: this node's own file, unless the others have taken a newer one since it was written.
     * @throws {AppError} `receivers_invalid`
     */
    async load(): Promise<void> {
      take(read(ownTexts()));
      await shared.start(() => statSync(from.receiversFile).mtimeMs);
    },
    /**
     * Loads receivers and, with them, whatever `then` loads, for all nodes: receivers that are not sound, or a throw of `then`,
     * leave the old ones.
     * @throws {AppError} `receivers_invalid`
     */
    async reload<T>(actor: Actor, then: () => Promise<T>): Promise<T> {
      let next: readonly Receiver[];
      let texts: Texts;
      try {
        texts = ownTexts();
        next = read(texts);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        const problems = problemsOf(error);
        const [first = ''] = problems;
        await shared.refuse(problems);
        await timeline.append({ kind: 'receivers.refused', actor, params: { text: first, n: problems.length } });
        const why = `the old receivers and rules go on; ${problems.length} problem(s), the first: ${first}`;
        throw invalid(why, problems);
      }
      const result = await then();
      take(next);
      await shared.publish(texts);
      await look();
      await timeline.append({ kind: 'receivers.reloaded', actor, params: { n: next.length } });
      return result;
    },
    async list(): Promise<ReceiversReply> {
      await look();
      return {
        receivers: receivers.map(view),
        loadedAt,
        refused: shared.refused(),
        deadCount: await queue.deadCount(),
      };
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
