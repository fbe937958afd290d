/**
 * What a batch tells the views, kept in the shard's `changes` stream: which seconds changed and in which cells, and which
 * registers. The views read the named cells again from the store, so reading a note twice, or out of order, is harmless.
 */
export interface ChangeNote {
  /** Slice start in seconds, and the changed cells by their number in the table; `*` when the reader's table is another one. */
  readonly slices: readonly (readonly [startSeconds: number, cells: '*' | readonly number[]])[];
  /** Changed registers: key and fields. */
  readonly registers: readonly (readonly [key: string, fields: readonly string[]])[];
  /** Sources whose state changed; `*` when there are many. */
  readonly sources: '*' | readonly string[];
}
/** Above this many sources a note says `*`. */
export const NAMED_SOURCES_MAX = 64;

/** @param table - fingerprint of the writer's cell table: cell numbers mean nothing without it */
export const encodeChanges = (table: string, { slices, registers, sources }: ChangeNote): string =>
  JSON.stringify([
    slices.map(([seconds, cells]) => [seconds, cells === '*' ? '*' : packCells(cells)]),
    registers,
    sources,
    table,
  ]);

/** @param table - fingerprint of the reader's cell table; a node of another campaign file or build names cells otherwise */
export function decodeChanges(table: string, text: string): ChangeNote {
  const [slices, registers, sources, writer] = JSON.parse(text) as [
    [number, string][],
    ChangeNote['registers'],
    ChangeNote['sources'],
    string,
  ];
  return {
    slices: slices.map(([seconds, cells]) => [seconds, cells === '*' || writer !== table ? '*' : unpackCells(cells)]),
    registers,
    sources,
  };
}

/**
 * Cell numbers, sorted, as the gaps between them: 7 bits a byte, low bits first (LEB128), in base64. A batch at full rate
 * changes ten thousand cells in a hundred seconds; named in words that would be half a megabyte a batch.
 */
export function packCells(cells: readonly number[]): string {
  const sorted = Uint32Array.from(cells).sort();
  const bytes: number[] = [];
  let last = 0;
  for (const cell of sorted) {
    let gap = cell - last;
    last = cell;
    for (; gap > 127; gap >>>= 7) bytes.push((gap & 127) | 128);
    bytes.push(gap);
  }
  return Buffer.from(bytes).toString('base64');
}

export function unpackCells(text: string): number[] {
  const cells: number[] = [];
  let last = 0;
  let gap = 0;
  let shift = 0;
  for (const byte of Buffer.from(text, 'base64')) {
    gap |= (byte & 127) << shift;
    shift += 7;
    if (byte > 127) continue;
    last += gap;
    cells.push(last);
    gap = 0;
    shift = 0;
  }
  return cells;
}
