import { useEffect } from 'react';
import { type ConsoleState, useConsole } from '../state/console-store.ts';
import { serverNowMs } from '../state/server-clock.ts';
import { onTick } from '../state/ticker.ts';
import { playTone, resumeSound } from './player.ts';
import { useSound } from './sound-store.ts';
import { nextTone, QUIET, type SoundInput } from './tones.ts';

const NONE: readonly string[] = [];

/** This page is the one of its room that may be heard. */
export const isSpeaker = ({ frame }: Pick<ConsoleState, 'frame'>, room: string, voice: string): boolean =>
  frame?.room?.sound?.speakers[room]?.voice === voice;
/** ms until a mute ends; 0 while nothing is muted. */
export function mutedForMs({ frame, clock }: Pick<ConsoleState, 'frame' | 'clock'>, nowMs: number): number {
  const until = frame?.room?.sound?.mutedUntil ?? null;
  const serverMs = serverNowMs(clock, nowMs);
  return until === null || serverMs === null ? 0 : Math.max(0, until - serverMs);
}

function inputOf(state: ConsoleState, nowMs: number): SoundInput {
  const { room, voice } = useSound.getState();
  const { alerts } = state.frame ?? {};
  return {
    redId: alerts?.takeOver?.alert.id ?? null,
    orangeIds:
      alerts?.top?.filter(({ tier, handling }) => tier === 'orange' && handling === 'open').map(({ id }) => id) ?? NONE,
    takenIds: alerts?.top?.filter(({ handling }) => handling === 'acknowledged').map(({ id }) => id) ?? NONE,
    page:
      alerts?.sound === undefined
        ? null
        : { id: alerts.sound.id, alertId: alerts.sound.alert, red: alerts.sound.tier === 'red' },
    speaking: isSpeaker(state, room, voice),
    muted: mutedForMs(state, nowMs) > 0,
    silentMs: nowMs - state.link.heardAtMs,
  };
}

/** Makes the page sound by the rules while its sound is on. Once a page. */
export function useTones(): void {
  useEffect(() => {
    const stop = resumeSound();
    let memory = QUIET;
    const offTick = onTick(() => {
      if (useSound.getState().state !== 'on') return;
      const nowMs = performance.now();
      const next = nextTone(memory, inputOf(useConsole.getState(), nowMs), nowMs);
      memory = next.memory;
      if (next.tone !== null) playTone(next.tone);
    });
    return () => {
      stop();
      offTick();
    };
  }, []);
}
