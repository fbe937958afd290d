import { useEffect, useRef } from 'react';
import { setQuery } from '../router.ts';
import { DWELL_S, dwellOf, type SceneId, stepScene } from './scenes.ts';

export interface Rotation {
  /** Seconds a scene; null when the wall does not rotate. */
  readonly dwellS: number | null;
  readonly held: boolean;
  /** A red alert that nobody has taken keeps the scene. */
  readonly stopped: boolean;
  toggle: () => void;
}

/** Goes to the next scene after each dwell, unless held. Scene and hold are in the address, so a reload comes back to them. */
export function useRotation(scene: SceneId, query: URLSearchParams, stopped: boolean): Rotation {
  const held = query.get('hold') === '1';
  const dwellS = dwellOf(query);
  const sceneRef = useRef(scene);
  sceneRef.current = scene;
  // The scene is a dependency on purpose: choosing one by hand gives it its whole dwell.
  useEffect(() => {
    if (dwellS === null || held || stopped) return;
    const timer = setTimeout(() => setQuery({ scene: stepScene(sceneRef.current, 1) }), dwellS * 1_000);
    return () => clearTimeout(timer);
  }, [dwellS, held, stopped, scene]);
  return {
    dwellS,
    held,
    stopped,
    toggle: () => {
      if (dwellS === null) setQuery({ rotate: String(DWELL_S) });
      else setQuery({ hold: held ? null : '1' });
    },
  };
}
