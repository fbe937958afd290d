import { useEffect, useRef } from 'react';
import { switchLang } from '../i18n/t.ts';
import { keysAreOn } from '../keys/use-keys.ts';
import { useConsole } from '../state/console-store.ts';
import { type WallKey, wallKey } from './wall-keys.ts';

export interface WallActions {
  readonly onScene: (scene: number) => void;
  readonly onStep: (step: 1 | -1) => void;
  readonly onHold: () => void;
  readonly onDim: () => void;
  readonly onHelp: () => void;
}

/** Single keys of the wall; none while something is typed or a dialog is open, none when they are turned off. */
export function useWallKeys(actions: WallActions): void {
  const latest = useRef(actions);
  latest.current = actions;
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      const { target } = event;
      if (target instanceof HTMLElement && target.closest('input, textarea, select, dialog[open]')) return;
      if (!keysAreOn()) return;
      const key = wallKey(event);
      if (key === null) return;
      // A focused number is a button: space and Enter are its own.
      if (key === 'hold' && target instanceof HTMLButtonElement) return;
      event.preventDefault();
      run(key, latest.current);
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, []);
}

function run(key: WallKey, actions: WallActions): void {
  const state = useConsole.getState();
  if (typeof key === 'object') actions.onScene(key.scene);
  else if (key === 'lang') switchLang(state.lang === 'zh' ? 'en' : 'zh');
  else if (key === 'dim') actions.onDim();
  else if (key === 'full') toggleFullScreen();
  else if (key === 'hold') actions.onHold();
  else if (key === 'help') actions.onHelp();
  else actions.onStep(key === 'next' ? 1 : -1);
}

function toggleFullScreen(): void {
  if (document.fullscreenElement) void document.exitFullscreen();
  // A browser may refuse outside of a gesture; then nothing changes.
  else void document.documentElement.requestFullscreen().catch(() => undefined);
}
