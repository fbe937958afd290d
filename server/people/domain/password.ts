/** Shortest password, in characters. */
export const PASSWORD_MIN_CHARS = 8;
/** Longest; nothing is ever cut off, so this only bounds the work of hashing. */
export const PASSWORD_MAX_CHARS = 1_024;

/** The passwords of ≥ 8 characters that top every published leak; compared without case. */
const COMMON: ReadonlySet<string> = new Set(
  `password password1 password12 password123 passw0rd p@ssw0rd p@ssword 12345678 123456789 1234567890 0123456789
  987654321 11223344 1q2w3e4r 1q2w3e4r5t 1qaz2wsx zaq12wsx q1w2e3r4 qwerty123 qwertyui qwertyuiop qwer1234 asdfghjkl
  asdf1234 zxcvbnm1 abcd1234 abc12345 a1234567 a12345678 a123456789 aa123456 aa12345678 iloveyou iloveyou1 sunshine
  princess football baseball superman trustno1 welcome1 welcome123 letmein1 admin123 admin1234 administrator changeme
  woaini520 woaini1314 5201314520 1314520520 woaini123 88888888 66668888 12344321 147258369 789456123 1234qwer
  computer internet whatever starwars michelle jennifer`.split(/\s+/),
);

/** The form that is hashed, so that the same letters typed on another keyboard match. */
export const normalisePassword = (password: string): string => password.normalize('NFKC');

/** Says what is wrong with a new password, in words for whoever chose it; null when it may be used. */
export function passwordProblem(password: string, name: string): string | null {
  const chars = [...password];
  const plain = normalisePassword(password).toLowerCase();
  if (chars.length < PASSWORD_MIN_CHARS) return `needs at least ${PASSWORD_MIN_CHARS} characters`;
  if (password.length > PASSWORD_MAX_CHARS) return `may have at most ${PASSWORD_MAX_CHARS} characters`;
  if (new Set(chars).size < 3) return 'repeats one or two characters only';
  if (COMMON.has(plain)) return 'is one of the passwords that are tried first';
  if (plain === name.normalize('NFKC').toLowerCase()) return 'is the name of its account';
  return null;
}
