import type { ShardKeys } from './keys.ts';
import { loadScript, runScript, type ScriptRunner } from './scripts.ts';

/** A node's view of one producer body counted by sequence. */
export interface SequenceMark {
  readonly producerId: string;
  readonly epoch: number;
  readonly seq: number;
  /** The reply to store beside the mark, as JSON, so that a retry gets the same answer. */
  readonly reply: string;
}
export interface SourceDelta {
  /** Newest event time, ms; 0 when nothing of this source was accepted. */
  newestMs: number;
  acceptedCount: number;
  lateCount: number;
  duplicateCount: number;
  rejectedCount: number;
  /** Types of all events this node saw from the source, comma-separated; empty when nothing is new. */
  types: string;
}
export interface SliceWrite {
  readonly key: string;
  readonly expiresAtMs: number;
  readonly cells: readonly (readonly [name: string, delta: number])[];
}
/** `set` keeps the larger (revision, id) of one instant; `add` is an integer addition. */
export interface RegisterWrite {
  readonly key: string;
  readonly op: 'set' | 'add';
  readonly field: string;
  readonly revision: number;
  readonly id: string;
  readonly value: string;
}
export interface Batch {
  readonly generation: number;
  readonly generationMs: number;
  /** Oldest event time counted by id / by sequence, ms; 0 when none. */
  readonly oldestByIdMs: number;
  readonly oldestBySequenceMs: number;
  readonly ids: readonly string[];
  readonly marks: readonly SequenceMark[];
  readonly sources: ReadonlyMap<string, SourceDelta>;
  readonly seen: readonly string[];
  readonly slices: readonly SliceWrite[];
  readonly registers: readonly RegisterWrite[];
  /** Names for the index of registers, so that a node that starts can find them. */
  readonly registerNames: readonly string[];
  /** Note for the views: which slices, cells and registers changed (see windows/changes.ts). */
  readonly changes: string;
}
export interface BatchLimits {
  readonly horizonByIdMs: number;
  readonly horizonBySequenceMs: number;
  readonly dedupeMaxIds: number;
}
export type BatchResult =
  | { readonly kind: 'applied'; readonly nowMs: number }
  | { readonly kind: 'known'; readonly nowMs: number; readonly ids: readonly string[] }
  | { readonly kind: 'sequence'; readonly nowMs: number; readonly problems: readonly SequenceProblem[] }
  | { readonly kind: 'stale'; readonly nowMs: number }
  | { readonly kind: 'full'; readonly nowMs: number; readonly heldCount: number };
export interface SequenceProblem {
  readonly index: number;
  readonly kind: 'duplicate' | 'gap' | 'fenced';
  /** gap: the seq expected next; fenced: the epoch that holds; duplicate: the last seq. */
  readonly expected: number;
  /** Stored reply of the same seq, JSON; empty when older. */
  readonly reply: string;
}

const script = loadScript('apply-batch-n');
type Reply = (string | number | [number, string, number, string])[];

/** Sends one batch to one shard as one atomic step; the promise settles after Redis has fsynced it. */
export async function applyBatch(
  redis: ScriptRunner,
  keys: ShardKeys,
  batch: Batch,
  limits: BatchLimits,
): Promise<BatchResult> {
  const registerKeys = [...new Set(batch.registers.map(({ key }) => key))];
  const registerNumber = new Map(registerKeys.map((key, index) => [key, index + 1]));
  const scriptKeys: string[] = [
    keys.ids(batch.generation),
    keys.ids(batch.generation - 1),
    keys.producers,
    keys.changes,
    keys.sources,
    keys.seen,
    keys.registers,
  ];
  for (const { key } of batch.slices) scriptKeys.push(key);
  for (const key of registerKeys) scriptKeys.push(key);
  const args: (string | number)[] = [
    batch.generation,
    batch.generationMs,
    batch.oldestByIdMs,
    limits.horizonByIdMs,
    batch.oldestBySequenceMs,
    limits.horizonBySequenceMs,
    limits.dedupeMaxIds,
    batch.ids.length,
  ];
  for (const id of batch.ids) args.push(id);
  args.push(batch.marks.length);
  for (const { producerId, epoch, seq, reply } of batch.marks) args.push(producerId, epoch, seq, reply);
  args.push(batch.sources.size);
  for (const [source, delta] of batch.sources) {
    args.push(
      source,
      delta.newestMs,
      delta.acceptedCount,
      delta.lateCount,
      delta.duplicateCount,
      delta.rejectedCount,
      delta.types,
    );
  }
  args.push(batch.seen.length);
  for (const field of batch.seen) args.push(field);
  args.push(batch.slices.length);
  for (const { expiresAtMs, cells } of batch.slices) {
    args.push(expiresAtMs, cells.length);
    for (const [name, delta] of cells) args.push(name, delta);
  }
  args.push(batch.registers.length);
  for (const { key, op, field, revision, id, value } of batch.registers)
    args.push(registerNumber.get(key) ?? 0, op, field, revision, id, value);
  args.push(batch.registerNames.length);
  for (const name of batch.registerNames) args.push(name);
  args.push(batch.changes);
  return readReply((await runScript(redis, script, scriptKeys, args)) as Reply);
}

function readReply(reply: Reply): BatchResult {
  const [code, now, ...rest] = reply;
  const nowMs = Number(now);
  if (code === 1) return { kind: 'applied', nowMs };
  if (code === -1) return { kind: 'known', nowMs, ids: rest as string[] };
  if (code === -3) return { kind: 'stale', nowMs };
  if (code === -4) return { kind: 'full', nowMs, heldCount: Number(rest[0]) };
  const problems = (rest as [number, string, number, string][]).map(([index, kind, expected, text]) => ({
    index,
    kind: kind as SequenceProblem['kind'],
    expected,
    reply: text,
  }));
  return { kind: 'sequence', nowMs, problems };
}
