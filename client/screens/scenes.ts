import type { ViewId } from '#contract/frames';

/** Scenes of the wall in the order of keys 1–7. */
export const SCENES = [
  { id: 'overview', view: 'wall:overview' },
  { id: 'regions', view: 'wall:regions' },
  { id: 'checkout', view: 'wall:checkout' },
  { id: 'marketing', view: 'wall:marketing' },
  { id: 'supply', view: 'wall:supply' },
  { id: 'countdown', view: 'wall:countdown' },
  { id: 'tech', view: 'wall:tech' },
] as const satisfies readonly { id: string; view: ViewId }[];
export type SceneId = (typeof SCENES)[number]['id'];

/** Seconds a scene stays when the wall rotates. */
export const DWELL_S = 20;

export const sceneOf = (asked: string | null): (typeof SCENES)[number] =>
  SCENES.find(({ id }) => id === asked) ?? SCENES[0];
export function stepScene(from: SceneId, step: 1 | -1): SceneId {
  const at = SCENES.findIndex(({ id }) => id === from);
  return (SCENES[(at + step + SCENES.length) % SCENES.length] ?? SCENES[0]).id;
}

/** `?rotate` or `?rotate=30`: seconds a scene, at least 5; null: the wall stays where it is. */
export function dwellOf(query: URLSearchParams): number | null {
  const asked = query.get('rotate');
  if (asked === null || asked === '0') return null;
  const seconds = Number(asked);
  return Number.isFinite(seconds) && seconds > 0 ? Math.max(5, Math.round(seconds)) : DWELL_S;
}
