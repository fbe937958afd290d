/**
 * What a batch tells the views, kept in the shard's `changes` stream: which seconds changed and in which cells, and which
 * registers. The views read the named cells again from the store, so reading a note twice, or out of order, is harmless.
 */
export interface ChangeNote {
  /** Slice start in seconds, and the changed cells; `*` when there are many. */
  readonly slices: readonly (readonly [startSeconds: number, cells: '*' | readonly string[]])[];
  /** Changed registers: key and fields. */
  readonly registers: readonly (readonly [key: string, fields: readonly string[]])[];
  /** Sources whose state changed; `*` when there are many. */
  readonly sources: '*' | readonly string[];
}
/** Above this many cells a note says `*`: reading the whole slice is cheaper than naming them. */
export const NAMED_CELLS_MAX = 48;

/** The same for sources. */
export const NAMED_SOURCES_MAX = 64;

export const encodeChanges = ({ slices, registers, sources }: ChangeNote): string =>
  JSON.stringify([slices, registers, sources]);
export function decodeChanges(text: string): ChangeNote {
  const [slices, registers, sources] = JSON.parse(text) as [
    ChangeNote['slices'],
    ChangeNote['registers'],
    ChangeNote['sources']?,
  ];
  return { slices, registers, sources: sources ?? '*' };
}
