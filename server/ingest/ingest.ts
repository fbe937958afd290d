import { AppError } from '#contract/errors';
import type { EventsReply } from '#contract/events';
import type { Campaign } from '../domain/campaign.ts';
import type { CellTable } from '../domain/cell-table.ts';
import { HORIZON_BY_ID_MS, HORIZON_BY_SEQUENCE_MS } from '../domain/place-event.ts';
import { limit } from '../limits.ts';
import type { ShardKeys } from '../store/keys.ts';
import { knownIds } from '../store/known-ids.ts';
import type { RedisClock } from '../store/redis-clock.ts';
import type { ScriptRunner } from '../store/scripts.ts';
import { storeError } from '../store/store-error.ts';
import { GENERATION_MS } from './batch.ts';
import { foldBody } from './body.ts';
import { acceptedCountOf, type BodyFold, type Change, type DeadItem, type FoldContext, hash } from './body-fold.ts';
import { MoneyRoom, seriesCaps } from './bounds.ts';
import { type ContentType, checkBody, itemsOf } from './items.ts';
import { Lane, type LaneEntry, type LaneOutcome } from './lane.ts';
import { RecentIds } from './recent-ids.ts';
import { Scanner } from './scan.ts';
import type { Sequence } from './sequence.ts';
import { answerSequence, markOf } from './sequence-reply.ts';

export interface IngestDeps {
  readonly campaign: Campaign;
  readonly table: CellTable;
  readonly keys: readonly ShardKeys[];
  readonly redis: ScriptRunner;
  readonly clock: RedisClock;
  readonly dedupeMaxIds: number;
  readonly windows: IngestWindows;
  /** Kept before the events are counted, so that nothing vanishes. */
  readonly keepDead: (items: readonly DeadItem[], by: string) => Promise<void>;
  /** Sketches of buyers, added before the batch: doing it twice changes nothing. */
  readonly addBuyers: (buyers: ReadonlyMap<string, readonly string[]>) => Promise<void>;
  readonly onChanges: (changes: readonly Change[]) => Promise<void>;
  readonly onFlush?: (flush: {
    readonly ms: number;
    readonly requestCount: number;
    readonly cellCount: number;
    readonly ok: boolean;
  }) => void;
}
/** What the way in asks the windows, as this node last read them. */
export interface IngestWindows {
  /** Newest event of a source, ms; 0 when none. */
  newestOf(source: string): number;
  readonly sourceCount: number;
  /** What the fullest window can still take, minor units. */
  roomMinor(): number;
  /** When the reading began, ms of `performance.now()`. */
  readonly readStartedMs: number;
}
export interface IngestRequest {
  readonly body: Buffer;
  readonly contentType: ContentType;
  readonly sequence: Sequence | null;
  readonly mayUse: (source: string) => boolean;
  /** Who sends, for the dead letters. */
  readonly by: string;
  /** Refused items are kept somewhere already: a replay of dead letters. */
  readonly isReplay?: boolean;
}
export type IngestReply = EventsReply & { readonly replayed: boolean };
export interface Ingest {
  /** @throws {AppError} whole-body refusals; nothing of the body was counted, or it may have been (`outcome: unknown`) */
  readonly submit: (request: IngestRequest) => Promise<IngestReply>;
  /** Events that wait for a flush. */
  readonly waitingCount: () => number;
  /** Resolves when everything that was taken in has been answered. */
  readonly drain: () => Promise<void>;
}

/** The way in: fold a body in memory, share a flush, answer when it is counted and fsynced. */
export function createIngest(deps: IngestDeps): Ingest {
  const { campaign, table, keys, clock, windows } = deps;
  const limits = {
    horizonByIdMs: HORIZON_BY_ID_MS,
    horizonBySequenceMs: HORIZON_BY_SEQUENCE_MS,
    dedupeMaxIds: deps.dedupeMaxIds,
  };
  const recent = new RecentIds();
  const lanes = keys.map(
    (shard) =>
      new Lane({
        redis: deps.redis,
        keys: shard,
        table,
        clock,
        opensAtMs: campaign.opensAtMs,
        limits,
        onHeld: (ids) => {
          for (const id of ids) recent.add(id);
        },
        onFlush: deps.onFlush ?? (() => undefined),
      }),
  );
  const scanner = new Scanner(table);
  const inFlight = new Set<string>();
  const room = new MoneyRoom(windows);
  const { admitsSource, admitsWarehouse } = seriesCaps(windows);
  let waitingCount = 0;
  let idle: (() => void)[] = [];
  const registers = {
    keys,
    isListedSku: (sku: string) => table.categoryOfSku.has(sku),
    isListedChannel: (channel: string) => table.dimensions.get('channel')?.values.has(channel) ?? false,
  };

  const contextOf = (
    request: IngestRequest,
  ): FoldContext & { readonly nowMs: number[]; isSuspect: (id: string) => boolean } => ({
    table,
    nowMs: keys.map(() => clock.nowMs()),
    shardCount: keys.length,
    registers,
    mayUse: request.mayUse,
    admitsSource,
    admitsWarehouse,
    newestMs: (source) => windows.newestOf(source),
    isSuspect: (identity) => recent.has(identity),
    opensAtMs: campaign.opensAtMs,
    horizonMs: request.sequence === null ? HORIZON_BY_ID_MS : HORIZON_BY_SEQUENCE_MS,
    counting: request.sequence === null ? 'id' : 'sequence',
    producerShard: request.sequence === null ? 0 : hash(request.sequence.producerId) % keys.length,
    roomMinor: room.leftMinor(),
  });

  async function count(request: IngestRequest): Promise<IngestReply> {
    const known = new Set<string>(); // to the store
    const context = contextOf(request);
    const items = itemsOf(request.body, request.contentType, scanner, request.isReplay);
    const left: string[][] = keys.map(() => []); // to other bodies of the same flush, by shard
    const fold = (): BodyFold =>
      foldBody(items, context, left.every(({ length }) => length === 0) ? known : new Set([...known, ...left.flat()]));
    let body = fold();
    if (body.forbiddenSource !== null) {
      throw new AppError(
        'source_not_allowed',
        `this key may not send source ${body.forbiddenSource}; nothing was counted`,
        { field: 'source' },
      );
    }
    if (waitingCount + body.receivedCount > limit('ingestQueueEvents')) {
      throw new AppError(
        'too_many_requests',
        'more events wait for a flush than this node takes; send the body again',
        { retryAfterS: 1 },
      );
    }
    const keepDead = async (): Promise<void> => {
      if (request.isReplay !== true && body.dead.length > 0) await deps.keepDead(body.dead, request.by);
    };
    /** Asks the store about the suspects before anything is sent; most were resent and are known. */
    const askSuspects = async (): Promise<void> => {
      const { suspects } = body;
      if (suspects.length === 0) return;
      let isNew = false;
      for (const [shard, ids] of suspects.entries()) {
        if (ids === undefined) continue;
        const generation = Math.floor(clock.nowMs() / GENERATION_MS);
        const held = await knownIds(deps.redis, keys[shard] as ShardKeys, generation, ids);
        for (const id of held) known.add(id);
        isNew ||= ids.some((id) => !known.has(id));
      }
      context.isSuspect = () => false; // from here on `known` tells
      if (isNew) body = fold();
    };
    waitingCount += body.receivedCount;
    let bulkMinor = 0;
    try {
      await askSuspects().catch((error: unknown) => {
        throw storeError(error);
      });
      bulkMinor = body.bulkMinor;
      room.take(bulkMinor);
      // Both before the batch: done twice they change nothing, left out after a crash they would be missing.
      const keptDead = body.dead.length;
      await Promise.all([keepDead(), body.buyers.size > 0 ? deps.addBuyers(body.buyers) : undefined]);
      const entryOf = (shard: number): LaneEntry => ({
        counting: request.sequence === null ? 'id' : 'sequence',
        eventCount: body.receivedCount,
        mark: () => markOf(request.sequence, replyOf(body)),
        part: () => body.parts[shard],
        exclude: (ids) => {
          for (const id of ids) known.add(id);
          body = fold();
        },
        leave: (ids) => {
          left[shard]?.push(...ids);
          body = fold();
        },
        refold: () => {
          left[shard] = [];
          context.nowMs[shard] = clock.nowMs();
          body = fold();
        },
      });
      // A sequence mark must rise on every shard, or the next body would be a gap there.
      const shards = [...lanes.keys()].filter((shard) => request.sequence !== null || body.parts[shard] !== undefined);
      const outcomes = await settled(shards.map((shard) => (lanes[shard] as Lane).submit(entryOf(shard))));
      const refused = outcomes.find(
        (outcome): outcome is LaneOutcome & { kind: 'sequence' } => outcome.kind === 'sequence',
      );
      if (refused !== undefined) return answerSequence(refused, request.sequence as Sequence, body.receivedCount);
      if (body.dead.length > keptDead) await keepDead();
      if (body.changes.length > 0) await deps.onChanges(body.changes);
      return { ...replyOf(body), replayed: false };
    } finally {
      room.settle(bulkMinor);
      waitingCount -= body.receivedCount;
      if (waitingCount === 0) {
        for (const resolve of idle) resolve();
        idle = [];
      }
    }
  }

  return {
    submit: async (request) => {
      checkBody(request.body);
      const { sequence } = request;
      if (sequence === null) return count(request);
      if (inFlight.has(sequence.producerId)) {
        throw new AppError(
          'sequence_in_flight',
          `a body of producer ${sequence.producerId} is being counted; send one at a time, or use one Producer-Id a connection`,
          { retryAfterS: 1 },
        );
      }
      inFlight.add(sequence.producerId);
      try {
        return await count(request);
      } finally {
        inFlight.delete(sequence.producerId);
      }
    },
    waitingCount: () => waitingCount,
    drain: () => (waitingCount === 0 ? Promise.resolve() : new Promise((resolve) => idle.push(resolve))),
  };
}

const replyOf = (body: BodyFold): EventsReply => ({
  received: body.receivedCount,
  accepted: acceptedCountOf(body),
  duplicates: body.duplicateCount,
  rejected: body.rejected,
});

/**
 * All shards' outcomes, once each has its own.
 * @throws the first error; `outcome: unknown` when another shard has counted its part
 */
async function settled(outcomes: readonly Promise<LaneOutcome>[]): Promise<LaneOutcome[]> {
  const results = await Promise.allSettled(outcomes);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed === undefined) return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const { reason } = failed;
  const isPartial = results.some((result) => result.status === 'fulfilled' && result.value.kind === 'applied');
  if (!isPartial || !(reason instanceof AppError)) throw reason;
  throw new AppError(reason.code, 'a part of the body was counted; retry with the same ids', {
    ...reason.options,
    outcome: 'unknown',
  });
}
