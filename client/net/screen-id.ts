const KEY = 'wr-screen';
let held: string | null = null;

/** A name of this screen, kept over reloads. `?screen=hall-left` names a wall; otherwise one is drawn by lot. */
export function screenId(): string {
  if (held !== null) return held;
  const asked = new URLSearchParams(location.search).get('screen');
  let id = asked && /^[A-Za-z0-9._-]{1,64}$/.test(asked) ? asked : null;
  try {
    id ??= localStorage.getItem(KEY);
    id ??= `screen-${crypto.getRandomValues(new Uint32Array(1))[0]?.toString(36)}`;
    localStorage.setItem(KEY, id);
  } catch {
    id ??= 'screen-unnamed';
  }
  held = id;
  return id;
}
