import { describe, expect, it } from 'vitest';
import { nextTone, QUIET, type SoundInput, type SoundMemory, TONES } from './tones.ts';

const heard = (change: Partial<SoundInput> = {}): SoundInput => ({
  redId: null,
  orangeIds: [],
  takenIds: [],
  page: null,
  speaking: true,
  muted: false,
  silentMs: 0,
  ...change,
});
/** Plays a story of `[from ms, what is heard]`, five looks a second; what sounded, and when. */
function play(story: readonly (readonly [number, SoundInput])[], untilMs: number): string[] {
  const sounded: string[] = [];
  let memory: SoundMemory = QUIET;
  for (let nowMs = 0; nowMs <= untilMs; nowMs += 200) {
    const input = story.findLast(([fromMs]) => fromMs <= nowMs)?.[1] ?? heard();
    const next = nextTone(memory, input, nowMs);
    memory = next.memory;
    if (next.tone !== null) sounded.push(`${nowMs} ${next.tone}`);
  }
  return sounded;
}

describe('what sounds', () => {
  it('[SND10] tones: red 880/660 Hz three times, no beep above 200 ms, under 3 s; orange one 660 Hz', () => {
    expect(TONES.red.map(({ hz }) => hz)).toEqual([880, 660, 880, 660, 880, 660]);
    expect(TONES.orange.map(({ hz }) => hz)).toEqual([660]);
    for (const beep of [...TONES.red, ...TONES.orange]) expect(beep.forMs).toBeLessThanOrEqual(200);
    for (const tone of Object.values(TONES))
      expect(Math.max(...tone.map((b) => b.fromMs + b.forMs))).toBeLessThan(3_000);
  });
  it('[SND11] red sounds at once and every 20 s until somebody takes it; another red one starts anew', () => {
    const red = heard({ redId: 'a' });
    expect(
      play(
        [
          [0, heard()],
          [1_000, red],
          [45_000, heard()],
        ],
        90_000,
      ),
    ).toEqual(['1000 red', '21000 red', '41000 red']);
    expect(
      play(
        [
          [0, red],
          [10_000, heard({ redId: 'b' })],
        ],
        31_000,
      ),
    ).toEqual(['0 red', '10000 red', '30000 red']);
    expect(
      play(
        [
          [0, red],
          [1_000, heard({ redId: 'b' })],
        ],
        5_000,
      ),
    ).toEqual(['0 red', '3000 red']); // never closer than 3 s
  });
  it('[SND12] orange sounds once for what is new; what was there before is not told again; two at once are one tone', () => {
    const orange = (...orangeIds: string[]) => heard({ orangeIds });
    expect(
      play(
        [
          [0, orange('old')],
          [2_000, orange('old', 'x', 'y')],
          [8_000, orange('y')],
        ],
        60_000,
      ),
    ).toEqual(['2000 orange']);
    expect(
      play(
        [
          [0, heard()],
          [1_000, orange('x')],
          [1_400, orange('x', 'y')],
        ],
        9_000,
      ),
    ).toEqual(['1000 orange', '4000 orange']);
  });
  it('[SND12] an orange alert that slips from the most urgent and comes back is not told again; one that is given back is', () => {
    const orange = heard({ orangeIds: ['x'] });
    expect(
      play(
        [
          [0, heard()],
          [1_000, orange],
          [10_000, heard()], // twelve others cost more
          [20_000, orange],
          [30_000, heard({ takenIds: ['x'] })],
          [40_000, orange],
        ],
        60_000,
      ),
    ).toEqual(['1000 orange', '40000 orange']);
  });
  it('[SND15] a page on the screens’ own receiver sounds once an id; not when the alert has just sounded, nor what was there before', () => {
    const page = (id: string, red = false, more: Partial<SoundInput> = {}, alertId = id) =>
      heard({ page: { id, alertId, red }, ...more });
    expect(
      play(
        [
          [0, page('old')],
          [1_000, page('again')],
          [20_000, page('red', true)],
          [40_000, page('quiet', false, { muted: true })],
          [50_000, page('quiet')],
        ],
        60_000,
      ),
    ).toEqual(['1000 orange', '20000 red']);
    const orange = { orangeIds: ['x'] };
    expect(
      play(
        [
          [0, heard()],
          [1_000, heard(orange)],
          [2_000, page('first', false, orange, 'x')],
          [30_000, page('second', false, orange, 'x')], // nobody took it: the next one is called, the room has been told
          [40_000, page('other', false, orange, 'y')],
          [50_000, page('raised', true, orange, 'x')],
        ],
        60_000,
      ),
    ).toEqual(['1000 orange', '40000 orange', '50000 red']);
    expect(
      play(
        [
          [0, heard()],
          [1_000, page('p', true, { redId: 'a' })],
        ],
        15_000,
      ),
    ).toEqual(['1000 red']);
  });
  it('[SND13] only the elected screen sounds, and not while muted; after a mute red goes on, orange is not repeated', () => {
    const trouble = { redId: 'a', orangeIds: ['o'] };
    expect(play([[0, heard({ ...trouble, speaking: false })]], 60_000)).toEqual([]);
    const muted = heard({ ...trouble, muted: true });
    expect(
      play(
        [
          [0, heard()],
          [1_000, muted],
          [30_000, heard(trouble)],
        ],
        45_000,
      ),
    ).toEqual(['30000 red']);
  });
  it('[SND14] offline 10 s: one low tone, by the screen that spoke; again only after it was back', () => {
    const gone = (silentMs: number) => heard({ silentMs, speaking: false });
    expect(
      play(
        [
          [0, heard()],
          [1_000, gone(9_000)],
          [2_000, gone(10_001)],
        ],
        60_000,
      ),
    ).toEqual([]); // it was no speaker just before
    const lost = heard({ silentMs: 10_001 });
    expect(
      play(
        [
          [0, heard()],
          [2_000, lost],
          [30_000, heard()],
          [40_000, lost],
        ],
        60_000,
      ),
    ).toEqual(['2000 offline', '40000 offline']);
    expect(
      play(
        [
          [0, heard({ redId: 'a' })],
          [5_000, heard({ redId: 'a', silentMs: 10_001 })],
        ],
        60_000,
      ),
    ).toEqual(['0 red', '5000 offline']);
  });
});
