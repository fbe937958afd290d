/** What a key does on a wall. Keys with Ctrl, Alt or Meta belong to the browser. */
export type WallKey = 'lang' | 'dim' | 'full' | 'help' | 'hold' | 'next' | 'previous' | { readonly scene: number };

export function wallKey(event: { key: string; ctrlKey: boolean; altKey: boolean; metaKey: boolean }): WallKey | null {
  if (event.ctrlKey || event.altKey || event.metaKey) return null;
  if (/^[1-7]$/.test(event.key)) return { scene: Number(event.key) - 1 };
  switch (event.key) {
    case 'ArrowRight':
      return 'next';
    case 'ArrowLeft':
      return 'previous';
    case ' ':
      return 'hold';
    case 'd':
      return 'dim';
    case 'f':
      return 'full';
    case 'l':
      return 'lang';
    case '?':
      return 'help';
    default:
      return null;
  }
}
