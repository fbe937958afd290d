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

const SHOWN: Readonly<Record<string, string>> = { A: 'Shift+A', Escape: 'Esc' };
/** The key of a verb, as it is shown: `A` is Shift and a. */
export function keyOf(verb: DeskVerb): string {
  const key = Object.entries(DESK_KEYS).find(([, each]) => each === verb)?.[0] ?? '';
  return SHOWN[key] ?? key;
}
