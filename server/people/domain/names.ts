/**
 * Names of people, keys and kiosks: letters of any script, digits and `. _ @ -`, single spaces inside, 1–64 characters. No
 * control or direction marks, so that a name cannot forge a log line or look like another.
 */
export const NAME_PATTERN =
  '^[\\p{L}\\p{N}](?:[\\p{L}\\p{M}\\p{N}._@\\-]| (?! )){0,62}[\\p{L}\\p{M}\\p{N}._\\-]$|^[\\p{L}\\p{N}]$';
const NAME = new RegExp(NAME_PATTERN, 'u');

export const isName = (name: string): boolean => NAME.test(name);
/** Two names with one key are the same name: case and compatibility forms do not count. */
export const nameKey = (name: string): string => name.normalize('NFKC').toLowerCase();
