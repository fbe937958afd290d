import { describe, expect, it } from 'vitest';
import { type ChangeNote, decodeChanges, encodeChanges, packCells, unpackCells } from './changes.ts';

const NOTE: ChangeNote = {
  slices: [
    [1_763_740_800, [4, 0, 130, 131, 70_000]],
    [1_763_740_801, []],
  ],
  registers: [['k', ['c:1']]],
  sources: ['/a'],
};

describe('notes of changes', () => {
  it('[WIN13] cells are named by number, and come back as the same set', () => {
    expect(decodeChanges('t', encodeChanges('t', NOTE))).toEqual({
      ...NOTE,
      slices: [
        [1_763_740_800, [0, 4, 130, 131, 70_000]],
        [1_763_740_801, []],
      ],
    });
    for (const cells of [[0], [127], [128], [0, 1, 2], [16_383, 16_384, 2_097_152]])
      expect(unpackCells(packCells(cells))).toEqual(cells);
    const all = Array.from({ length: 5_000 }, (_, cell) => cell);
    expect(unpackCells(packCells([...all].reverse()))).toEqual(all);
  });

  it('[WIN13] a reader with another table of cells reads the whole slice', () => {
    expect(decodeChanges('other', encodeChanges('t', NOTE)).slices).toEqual([
      [1_763_740_800, '*'],
      [1_763_740_801, '*'],
    ]);
  });
});
