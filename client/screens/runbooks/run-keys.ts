/** Single keys of a run; shown beside their commands and in the list behind `?`. They are pressed as on every page (keys/use-keys.ts). */
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

export const runKeyWord = (verb: RunKey): `key.${Exclude<RunKey, 'next' | 'before'> | 'move'}` =>
  `key.${verb === 'next' || verb === 'before' ? 'move' : verb}`;
