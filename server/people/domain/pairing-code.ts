/** No 0 O 1 I L: a code is read off a wall from 8 m and typed by hand. */
export const CODE_ALPHABET = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';
export const CODE_LENGTH = 6;

/** A code from random numbers below the alphabet's length. */
export const codeOf = (numbers: readonly number[]): string => numbers.map((n) => CODE_ALPHABET[n]).join('');

/** What somebody typed as a code; null when it cannot be one. Case, spaces and dashes do not count. */
export function readCode(typed: string): string | null {
  const code = typed.replace(/[\s-]/g, '').toUpperCase();
  return code.length === CODE_LENGTH && [...code].every((letter) => CODE_ALPHABET.includes(letter)) ? code : null;
}
