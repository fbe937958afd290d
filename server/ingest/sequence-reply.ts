import { AppError } from '#contract/errors';
import type { EventsReply, RejectedItem } from '#contract/events';
import type { SequenceMark } from '../store/apply-batch.ts';
import type { IngestReply } from './ingest.ts';
import type { LaneOutcome } from './lane.ts';
import type { Sequence } from './sequence.ts';

/** Refusals stored with their message; further ones only by code and index, so that a mark stays small. */
const MESSAGES_MAX = 200;
interface StoredReply extends EventsReply {
  /** Further refusals by code: first index and length of each run, in turn. */
  readonly more?: Readonly<Record<string, readonly number[]>>;
}

/** What is stored beside a sequence mark, so that a retry gets the same answer. */
export function markOf(sequence: Sequence | null, reply: EventsReply): SequenceMark | null {
  if (sequence === null) return null;
  const { rejected, ...counts } = reply;
  const stored: StoredReply = { ...counts, rejected: rejected.slice(0, MESSAGES_MAX) };
  const more = rejected.length > MESSAGES_MAX ? { more: runsOf(rejected.slice(MESSAGES_MAX)) } : {};
  return { ...sequence, reply: JSON.stringify({ ...stored, ...more }) };
}

function runsOf(rejected: readonly RejectedItem[]): Record<string, number[]> {
  const runs: Record<string, number[]> = {};
  for (const { index, code } of rejected) {
    const list = runs[code] ?? [];
    runs[code] = list;
    const length = list.at(-1);
    if (length !== undefined && (list.at(-2) as number) + length === index) list[list.length - 1] = length + 1;
    else list.push(index, 1);
  }
  return runs;
}

function readReply(text: string): EventsReply {
  const { received, accepted, duplicates, rejected, more = {} } = JSON.parse(text) as StoredReply;
  const all = [...rejected];
  for (const [code, runs] of Object.entries(more)) {
    for (let at = 0; at < runs.length; at += 2)
      for (let i = 0; i < (runs[at + 1] as number); i += 1)
        all.push({ index: (runs[at] as number) + i, code, message: 'as told when the body first came' });
  }
  return { received, accepted, duplicates, rejected: all.sort((a, b) => a.index - b.index) };
}

/** @throws {AppError} `sequence_gap`, `producer_fenced` */
export function answerSequence(
  { problem }: LaneOutcome & { kind: 'sequence' },
  sequence: Sequence,
  receivedCount: number,
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
  if (problem.reply !== '') return { ...readReply(problem.reply), replayed: true };
  return { received: receivedCount, accepted: 0, duplicates: receivedCount, rejected: [], replayed: true };
}
