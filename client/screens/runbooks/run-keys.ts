/** Single keys of a run; shown beside their commands and in the list behind `?`. */
export const RUN_KEYS = {
  j: 'next',
  k: 'before',
  o: 'claim',
  d: 'done',
  s: 'skip',
  e: 'action',
  y: 'approve',
  w: 'waiting',
  x: 'cancel',
  u: 'undo',
  '?': 'help',
} as const;
export type RunKey = (typeof RUN_KEYS)[keyof typeof RUN_KEYS];

/** The command of a key press; null for keys with Ctrl, Alt or Meta, and for all others. */
export function runKey({ key, ctrlKey, altKey, metaKey, repeat }: KeyPress): RunKey | null {
  if (ctrlKey || altKey || metaKey) return null;
  const found = (RUN_KEYS as Readonly<Record<string, RunKey>>)[key];
  if (found === undefined || (repeat && found !== 'next' && found !== 'before')) return null;
  return found;
}
export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
  readonly repeat: boolean;
}
