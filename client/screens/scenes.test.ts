import { describe, expect, it } from 'vitest';
import { zoneColumns } from './RegionsScene.tsx';
import { dwellOf, sceneOf, stepScene } from './scenes.ts';
import { wallKey } from './wall-keys.ts';

const plain = { ctrlKey: false, altKey: false, metaKey: false };

describe('scenes', () => {
  it('[UI55] the address says which scene and how long; anything else is the overview, standing still', () => {
    expect(sceneOf('supply').view).toBe('wall:supply');
    expect(sceneOf('nonsense').id).toBe('overview');
    expect(stepScene('overview', -1)).toBe('tech');
    expect(stepScene('tech', 1)).toBe('overview');
    for (const [query, want] of [
      ['', null],
      ['rotate', 20],
      ['rotate=30', 30],
      ['rotate=1', 5],
      ['rotate=0', null],
    ] as const)
      expect(dwellOf(new URLSearchParams(query)), query).toBe(want);
  });
  it('[UI56] keys with a modifier are not ours', () => {
    expect(wallKey({ ...plain, key: '2' })).toEqual({ scene: 1 });
    expect(wallKey({ ...plain, key: 'd', ctrlKey: true })).toBeNull();
    expect(wallKey({ ...plain, key: '8' })).toBeNull();
  });
  it('war zones become columns: large ones are split evenly, small ones share, none is lost', () => {
    const zone = (id: string, count: number) => ({ id, regions: Array.from({ length: count }, (_, n) => `${id}${n}`) });
    const zones = [zone('e', 7), zone('s', 3), zone('n', 8), zone('c', 3), zone('w', 10)];
    const columns = zoneColumns(zones);
    expect(columns.map((blocks) => blocks.map(({ id, regions }) => `${id}${regions.length}`).join('+'))).toEqual([
      'e7',
      's3+c3',
      'n8',
      'w5',
      'w5',
    ]);
    expect(columns.flat().flatMap(({ regions }) => regions)).toHaveLength(31);
  });
});
