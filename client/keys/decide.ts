/** What a person pressed, as far as it matters. */
export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
  readonly repeat: boolean;
}
export type Decision =
  /** `g`: the next key says where to. */
  | { readonly kind: 'prefix' }
  | { readonly kind: 'go'; readonly path: string }
  | { readonly kind: 'act'; readonly key: string }
  | { readonly kind: 'none' };

/** `g`, then one of these: the pages of the console. A key is here once its page exists. */
export const GO = {
  w: '/wall',
  o: '/desk',
  i: '/incidents',
  r: '/runbooks',
  t: '/timeline',
  h: '/health',
  s: '/silences',
  d: '/roster',
  u: '/rules',
  k: '/tech',
  m: '/money',
} as const satisfies Readonly<Record<string, `/${string}`>>;
export type GoKey = keyof typeof GO;
/** After `g` the next key counts as a place for so long, ms. */
export const PREFIX_MS = 1_500;
/** Keys that a held-down press may repeat: moving, never acting. */
const REPEATABLE: ReadonlySet<string> = new Set(['j', 'k', 'ArrowDown', 'ArrowUp', 'PageDown', 'PageUp']);

/**
 * What a key press means on a page that knows `known` keys. Pure. Keys with Ctrl, Alt or Meta are the browser's; a key
 * that is held down repeats movement only.
 * @param prefixed - `g` was pressed within the last `PREFIX_MS`
 */
export function decide(press: KeyPress, known: ReadonlySet<string>, prefixed: boolean): Decision {
  if (press.ctrlKey || press.altKey || press.metaKey) return { kind: 'none' };
  if (press.repeat && !REPEATABLE.has(press.key)) return { kind: 'none' };
  if (prefixed && Object.hasOwn(GO, press.key)) return { kind: 'go', path: GO[press.key as GoKey] };
  if (press.key === 'g' && !prefixed) return { kind: 'prefix' };
  return known.has(press.key) ? { kind: 'act', key: press.key } : { kind: 'none' };
}
