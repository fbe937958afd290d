import type { CellTable } from '../domain/cell-table.ts';
import { addSlice, cellOf, Fold, newSlice, type SliceSums } from '../domain/fold.ts';
import { sliceExpiresAtMs } from '../domain/place-event.ts';
import { floorTo, RESOLUTIONS, type ResolutionName } from '../domain/resolutions.ts';
import type { Batch, RegisterWrite, SequenceMark, SliceWrite, SourceDelta } from '../store/apply-batch.ts';
import type { ShardKeys } from '../store/keys.ts';
import { encodeChanges, NAMED_SOURCES_MAX } from '../windows/changes.ts';
import { type ShardPart, seenFields } from './body-fold.ts';

/** Ids are remembered by arrival, in generations a little longer than the horizon: what was forgotten is too late to count. */
export const GENERATION_MS = 17 * 60_000;
/** How far this node's idea of Redis time may be ahead of it. */
const CLOCK_MARGIN_MS = 60_000;

export interface BatchPart {
  readonly part: ShardPart | undefined;
  readonly mark: SequenceMark | null;
  readonly counting: 'id' | 'sequence';
}
export interface BatchScope {
  readonly table: CellTable;
  readonly keys: ShardKeys;
  readonly opensAtMs: number;
  readonly nowMs: number;
  /** Types of a source, or seen fields, that the store already has from this node. */
  readonly told: Told;
}
/** What this node has already told the store, so that it is told once. */
export interface Told {
  readonly types: Map<string, string>;
  readonly seen: Set<string>;
  readonly registers: Set<string>;
}

/** Merges the parts of many requests into the one batch a shard gets. Pure. */
export function buildBatch(parts: readonly BatchPart[], scope: BatchScope): Batch {
  const single = parts.length === 1 ? parts[0]?.part?.fold : undefined;
  const fold = single ?? new Fold(scope.table);
  const ids: string[] = [];
  const marks: SequenceMark[] = [];
  const sources = new Map<string, SourceDelta>();
  const seenKeys = new Set<string>();
  const registers: RegisterWrite[] = [];
  let oldestByIdMs = 0;
  let oldestBySequenceMs = 0;
  const older = (a: number, b: number): number => (a === 0 ? b : b === 0 ? a : Math.min(a, b));
  for (const { part, mark, counting } of parts) {
    if (mark !== null) marks.push(mark);
    if (part === undefined) continue;
    if (fold !== part.fold) fold.merge(part.fold);
    for (const id of part.ids) ids.push(id);
    for (const key of part.seen) seenKeys.add(key);
    for (const write of part.registers) registers.push(write);
    if (counting === 'id') oldestByIdMs = older(oldestByIdMs, part.oldestMs);
    else oldestBySequenceMs = older(oldestBySequenceMs, part.oldestMs);
    for (const [source, delta] of part.sources)
      mergeSource(sources, source, delta, typesToTell(scope.told, source, part));
  }
  const changed = new Map<string, string[]>();
  for (const { key, field } of registers) {
    const fields = changed.get(key);
    if (fields === undefined) changed.set(key, [field]);
    else fields.push(field);
  }
  const kept = [...fold.slices].filter(([ms]) => isKept('1h', floorTo(ms, RESOLUTIONS['1h'].sizeMs), scope));
  const hours = new Set(kept.map(([ms]) => `1h:${floorTo(ms, RESOLUTIONS['1h'].sizeMs)}`));
  const registerNames = [...changed.keys(), ...hours];
  return {
    generation: Math.floor(scope.nowMs / GENERATION_MS),
    generationMs: GENERATION_MS,
    oldestByIdMs,
    oldestBySequenceMs,
    ids,
    marks,
    sources,
    registers,
    seen: seenFields(seenKeys).filter((field) => !scope.told.seen.has(field)),
    slices: sliceWrites(fold, scope),
    registerNames: registerNames.filter((name) => !scope.told.registers.has(name)),
    changes: encodeChanges(scope.table.fingerprint, {
      slices: kept.map(([ms, { touched }]) => [ms / 1_000, touched]),
      registers: [...changed],
      sources: sources.size > NAMED_SOURCES_MAX ? '*' : [...sources.keys()],
    }),
  };
}

/** Called when the store has taken a batch. */
export function rememberTold(told: Told, batch: Batch): void {
  for (const field of batch.seen) told.seen.add(field);
  for (const name of batch.registerNames) told.registers.add(name);
  for (const [source, { types }] of batch.sources) if (types !== '') told.types.set(source, types);
}

/** All types known of a source, when this part has one that was not told yet; empty otherwise. */
function typesToTell(told: Told, source: string, part: ShardPart): string {
  const types = part.types.get(source);
  if (types === undefined) return '';
  const before = told.types.get(source);
  const known = new Set(before === undefined || before === '' ? [] : before.split(','));
  let isNew = false;
  for (const type of types) {
    if (known.has(type)) continue;
    known.add(type);
    isNew = true;
  }
  return isNew ? [...known].join(',') : '';
}

function mergeSource(sources: Map<string, SourceDelta>, source: string, delta: SourceDelta, types: string): void {
  const sum = sources.get(source);
  if (sum === undefined) {
    sources.set(source, { ...delta, types });
    return;
  }
  sum.newestMs = Math.max(sum.newestMs, delta.newestMs);
  sum.acceptedCount += delta.acceptedCount;
  sum.lateCount += delta.lateCount;
  sum.duplicateCount += delta.duplicateCount;
  sum.rejectedCount += delta.rejectedCount;
  if (types !== '')
    sum.types = sum.types === '' ? types : [...new Set([...sum.types.split(','), ...types.split(',')])].join(',');
}

const isKept = (resolution: ResolutionName, startMs: number, { opensAtMs, nowMs }: BatchScope): boolean =>
  sliceExpiresAtMs(resolution, startMs, opensAtMs) > nowMs - CLOCK_MARGIN_MS;

/** The slices of all three resolutions; what is no longer kept at one is left out (the script looks again). */
function sliceWrites(fold: Fold, scope: BatchScope): SliceWrite[] {
  const { table, keys, opensAtMs } = scope;
  const writes: SliceWrite[] = [];
  const emit = (resolution: ResolutionName, startMs: number, slice: SliceSums): void => {
    if (!isKept(resolution, startMs, scope)) return;
    writes.push({
      key: keys.slice(resolution, startMs),
      expiresAtMs: sliceExpiresAtMs(resolution, startMs, opensAtMs),
      cells: slice.touched.map((cell) => [table.names[cell] as string, cellOf(slice, cell)] as const),
    });
  };
  for (const [startMs, slice] of fold.slices) emit('1s', startMs, slice);
  for (const resolution of ['1m', '1h'] as const) {
    const coarse = new Map<number, SliceSums>();
    for (const [ms, slice] of fold.slices) {
      const startMs = floorTo(ms, RESOLUTIONS[resolution].sizeMs);
      let sum = coarse.get(startMs);
      if (sum === undefined) {
        sum = newSlice(table.names.length, coarse.size);
        coarse.set(startMs, sum);
      }
      addSlice(sum, slice);
    }
    for (const [startMs, slice] of coarse) emit(resolution, startMs, slice);
  }
  return writes;
}
