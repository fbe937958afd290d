import { AppError } from '#contract/errors';
import type { EventsReply } from '#contract/events';
import type { Campaign } from '../domain/campaign.ts';
import type { CellTable } from '../domain/cell-table.ts';
import { HORIZON_BY_ID_MS, HORIZON_BY_SEQUENCE_MS } from '../domain/place-event.ts';
import { limit } from '../limits.ts';
import type { SequenceMark } from '../store/apply-batch.ts';
import type { ShardKeys } from '../store/keys.ts';
import type { RedisClock } from '../store/redis-clock.ts';
import type { ScriptRunner } from '../store/scripts.ts';
import { foldBody } from './body.ts';
import { acceptedCountOf, type BodyFold, type Change, type DeadItem, type FoldContext, hash } from './body-fold.ts';
import { type ContentType, checkBody, itemsOf } from './items.ts';
import { Lane, type LaneEntry, type LaneOutcome } from './lane.ts';
import { Scanner } from './scan.ts';
import type { Sequence } from './sequence.ts';

export interface IngestDeps {
  readonly campaign: Campaign;
  readonly table: CellTable;
  readonly keys: readonly ShardKeys[];
  readonly redis: ScriptRunner;
  readonly clock: RedisClock;
  readonly dedupeMaxIds: number;
  /** Newest event of a source as the windows know it, ms; 0 when none. */
  readonly newestMs: (source: string) => number;
  /** What the fullest window can still take, minor units. */
  readonly roomMinor: () => number;
  /** Kept before the answer is sent, so that nothing vanishes. */
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
export interface IngestRequest {
  readonly body: Buffer;
  readonly contentType: ContentType;
  readonly sequence: Sequence | null;
  readonly mayUse: (source: string) => boolean;
  /** Who sends, for the dead letters. */
  readonly by: string;
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
  const { campaign, table, keys, clock } = deps;
  const limits = {
    horizonByIdMs: HORIZON_BY_ID_MS,
    horizonBySequenceMs: HORIZON_BY_SEQUENCE_MS,
    dedupeMaxIds: deps.dedupeMaxIds,
  };
  const lanes = keys.map(
    (shard) =>
      new Lane({
        redis: deps.redis,
        keys: shard,
        table,
        clock,
        opensAtMs: campaign.opensAtMs,
        limits,
        onFlush: deps.onFlush ?? (() => undefined),
      }),
  );
  const scanner = new Scanner(table);
  const inFlight = new Set<string>();
  let waitingCount = 0;
  let idle: (() => void)[] = [];
  const registers = {
    keys,
    isListedSku: (sku: string) => table.categoryOfSku.has(sku),
    isListedChannel: (channel: string) => table.dimensions.get('channel')?.values.has(channel) ?? false,
  };

  const contextOf = (request: IngestRequest): FoldContext => ({
    table,
    nowMs: clock.nowMs(),
    shardCount: keys.length,
    registers,
    mayUse: request.mayUse,
    newestMs: deps.newestMs,
    opensAtMs: campaign.opensAtMs,
    horizonMs: request.sequence === null ? HORIZON_BY_ID_MS : HORIZON_BY_SEQUENCE_MS,
    counting: request.sequence === null ? 'id' : 'sequence',
    producerShard: request.sequence === null ? 0 : hash(request.sequence.producerId) % keys.length,
    roomMinor: deps.roomMinor(),
  });

  async function count(request: IngestRequest): Promise<IngestReply> {
    const known = new Set<string>();
    const fold = (): BodyFold =>
      foldBody(itemsOf(request.body, request.contentType, scanner), contextOf(request), known);
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
    waitingCount += body.receivedCount;
    try {
      // Both before the batch: done twice they change nothing, left out after a crash they would be missing.
      const keptDead = body.dead.length;
      if (keptDead > 0) await deps.keepDead(body.dead, request.by);
      if (body.buyers.size > 0) await deps.addBuyers(body.buyers);
      const entryOf = (shard: number): LaneEntry => ({
        counting: request.sequence === null ? 'id' : 'sequence',
        mark: () => markOf(request.sequence, body),
        part: () => body.parts[shard],
        exclude: (ids) => {
          for (const id of ids) known.add(id);
          body = fold();
        },
        refold: () => {
          body = fold();
        },
      });
      // A sequence mark must rise on every shard, or the next body would be a gap there.
      const shards = [...lanes.keys()].filter((shard) => request.sequence !== null || body.parts[shard] !== undefined);
      const outcomes = await Promise.all(shards.map((shard) => (lanes[shard] as Lane).submit(entryOf(shard))));
      const refused = outcomes.find(
        (outcome): outcome is LaneOutcome & { kind: 'sequence' } => outcome.kind === 'sequence',
      );
      if (refused !== undefined) return answerSequence(refused, request.sequence as Sequence, body);
      if (body.dead.length > keptDead) await deps.keepDead(body.dead, request.by);
      if (body.changes.length > 0) await deps.onChanges(body.changes);
      return { ...replyOf(body), replayed: false };
    } finally {
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

/** What is stored beside a sequence mark, so that a retry gets the same answer; long lists of refusals are cut. */
const STORED_REJECTED_MAX = 200;
function markOf(sequence: Sequence | null, body: BodyFold): SequenceMark | null {
  if (sequence === null) return null;
  const reply = replyOf(body);
  return {
    ...sequence,
    reply: JSON.stringify({
      ...reply,
      rejectedCount: reply.rejected.length,
      rejected: reply.rejected.slice(0, STORED_REJECTED_MAX),
    }),
  };
}

/** @throws {AppError} `sequence_gap`, `producer_fenced` */
function answerSequence(
  { problem }: LaneOutcome & { kind: 'sequence' },
  sequence: Sequence,
  body: BodyFold,
): IngestReply {
  if (problem.kind === 'gap') {
    throw new AppError(
      'sequence_gap',
      `producer ${sequence.producerId} sent ${sequence.seq}, expected ${problem.expected}; send that body first`,
      { field: 'Producer-Seq', extra: { expected: problem.expected } },
    );
  }
  if (problem.kind === 'fenced') {
    throw new AppError(
      'producer_fenced',
      `producer ${sequence.producerId} has moved on to epoch ${problem.expected}; a newer instance of it is sending`,
      { field: 'Producer-Epoch', extra: { expected: problem.expected } },
    );
  }
  if (problem.reply !== '') {
    const { received, accepted, duplicates, rejected } = JSON.parse(problem.reply) as EventsReply;
    return { received, accepted, duplicates, rejected, replayed: true };
  }
  return { received: body.receivedCount, accepted: 0, duplicates: body.receivedCount, rejected: [], replayed: true };
}
