import { create } from 'zustand';
import { DEFAULT_ROOM, ROOM_PATTERN } from '#contract/room';

/** `waiting`: wanted, but a browser plays nothing before somebody touches the page. */
export type SoundState = 'off' | 'waiting' | 'on';
export interface SoundStore {
  readonly state: SoundState;
  /** What this page speaks with, drawn when it is loaded: two tabs of one screen are two. */
  readonly voice: string;
  readonly room: string;
  set: (state: SoundState) => void;
}

const asked = new URLSearchParams(globalThis.location?.search ?? '').get('room');
/** Small enough for every page: what a screen tells the server of its sound. */
export const useSound = create<SoundStore>()((set) => ({
  state: 'off',
  voice: (globalThis.crypto?.getRandomValues(new Uint32Array(2)) ?? [0, 0]).reduce(
    (text, part) => text + part.toString(36),
    '',
  ),
  room: asked !== null && new RegExp(ROOM_PATTERN).test(asked) ? asked : DEFAULT_ROOM,
  set: (state) => set({ state }),
}));

/** What the server must know to elect a speaker. */
export function soundFacts(): { room?: string; voice?: string } {
  const { state, voice, room } = useSound.getState();
  return { ...(room === DEFAULT_ROOM ? {} : { room }), ...(state === 'on' ? { voice } : {}) };
}
