import { useEffect, useRef, useState } from 'react';
import { setQuery } from '../router.ts';
import { DWELL_S, dwellOf, type SceneId, stepScene } from './scenes.ts';

export interface Rotation {
  /** Seconds a scene; null when the wall does not rotate. */
  readonly dwellS: number | null;
  readonly held: boolean;
  toggle: () => void;
}

/** Goes to the next scene after each dwell, unless held. The scene is in the address, so a reload comes back to it. */
export function useRotation(scene: SceneId, query: URLSearchParams): Rotation {
  const [held, setHeld] = useState(false);
  const dwellS = dwellOf(query);
  const sceneRef = useRef(scene);
  sceneRef.current = scene;
  // The scene is a dependency on purpose: choosing one by hand gives it its whole dwell.
  useEffect(() => {
    if (dwellS === null || held) return;
    const timer = setTimeout(() => setQuery({ scene: stepScene(sceneRef.current, 1) }), dwellS * 1_000);
    return () => clearTimeout(timer);
  }, [dwellS, held, scene]);
  return {
    dwellS,
    held,
    toggle: () => {
      if (dwellS === null) setQuery({ rotate: String(DWELL_S) });
      else setHeld((now) => !now);
    },
  };
}
