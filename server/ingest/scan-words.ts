const QUOTE = 34;
const BACKSLASH = 92;
/** Bytes a plain string may hold: printable ASCII without quote and backslash. */
export const PLAIN = new Uint8Array(256);
for (let byte = 32; byte < 127; byte += 1) PLAIN[byte] = byte === QUOTE || byte === BACKSLASH ? 0 : 1;
export const isPlain = (byte: number | undefined): boolean => PLAIN[byte as number] === 1;

/** Compares from the end: values of one length mostly differ there. */
export function matches(body: Uint8Array, from: number, bytes: Uint8Array): boolean {
  for (let i = bytes.length - 1; i >= 0; i -= 1) if (body[from + i] !== bytes[i]) return false;
  return true;
}
export function isOneOf(words: readonly Uint8Array[], body: Uint8Array, from: number, to: number): boolean {
  for (const word of words) if (word.length === to - from && matches(body, from, word)) return true;
  return false;
}
/** The letters of ID_PATTERN; the tokeniser let through 32–126 without quote and backslash. */
export function isId(body: Uint8Array, from: number, to: number): boolean {
  if (to === from || to - from > 128) return false;
  for (let i = from; i < to; i += 1) if (body[i] === 32) return false;
  return true;
}
const DIMENSION_LETTERS = new Uint8Array(128);
for (const letter of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:/+-')
  DIMENSION_LETTERS[letter.charCodeAt(0)] = 1;
export function isDimension(body: Uint8Array, from: number, to: number): boolean {
  if (to === from || to - from > 64) return false;
  for (let i = from; i < to; i += 1) if (DIMENSION_LETTERS[body[i] as number] !== 1) return false;
  return true;
}
