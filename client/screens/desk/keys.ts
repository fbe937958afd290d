/** Single keys of the on-call desk: one a verb, shown beside its command and in the list behind `?`. */
export const DESK_KEYS = {
  j: 'next',
  k: 'before',
  Enter: 'open',
  Escape: 'back',
  x: 'select',
  a: 'acknowledge',
  A: 'acknowledgeGroup',
  u: 'undo',
  o: 'own',
  e: 'escalate',
  s: 'silence',
  c: 'note',
  b: 'runbook',
  '/': 'filter',
  p: 'freeze',
  m: 'mute',
  '?': 'help',
} as const;
export type DeskVerb = (typeof DESK_KEYS)[keyof typeof DESK_KEYS];
/** The key of a verb, as it is shown: `A` is Shift and a. */
export const keyOf = (verb: DeskVerb): string => {
  const key = Object.entries(DESK_KEYS).find(([, each]) => each === verb)?.[0] ?? '';
  return key === 'A' ? 'Shift+A' : key === 'Escape' ? 'Esc' : key;
};

export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
  readonly repeat: boolean;
}
/** What a press asks for. `palette` is Ctrl or ⌘ with K; every other press with Ctrl, Alt or Meta is the browser's. */
export function deskVerb({ key, ctrlKey, altKey, metaKey, repeat }: KeyPress): DeskVerb | 'palette' | null {
  if ((ctrlKey || metaKey) && !altKey && key.toLowerCase() === 'k') return 'palette';
  if (ctrlKey || altKey || metaKey) return null;
  const verb = (DESK_KEYS as Readonly<Record<string, DeskVerb>>)[key];
  if (verb === undefined || (repeat && verb !== 'next' && verb !== 'before')) return null;
  return verb;
}

/** Pages behind `g`. */
export const GO_KEYS = {
  w: '/wall',
  o: '/desk',
  m: '/wall?scene=marketing',
  r: '/runbooks',
  t: '/timeline',
  h: '/health',
} as const;
export type GoKey = keyof typeof GO_KEYS;
/** The second key must follow within this, ms. */
export const GO_WITHIN_MS = 1_500;
/** Where `g` and then this key goes; null for any other. */
export const goTo = (key: string): string | null => (GO_KEYS as Readonly<Record<string, string>>)[key] ?? null;
