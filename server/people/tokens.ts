import { randomBytes, randomInt } from 'node:crypto';
import { hashToken } from './domain/credential.ts';
import { CODE_ALPHABET, CODE_LENGTH, codeOf } from './domain/pairing-code.ts';

/** s session, k ingest key, l link, p pairing: says to a reader of logs and scanners what leaked. */
export type TokenKind = 's' | 'k' | 'l' | 'p';

/** A new secret of 256 random bits, and the only form of it that is stored. */
export function newToken(kind: TokenKind): { token: string; hash: string } {
  const token = `wr${kind}_${randomBytes(32).toString('base64url')}`;
  return { token, hash: hashToken(token) };
}

/** Ids are not secret: they only must not collide. */
export const newId = (kind: 'u' | 'i' | 'k'): string => `${kind}_${randomBytes(9).toString('base64url')}`;

/** What a screen shows to be paired. */
export const newCode = (): string => codeOf(Array.from({ length: CODE_LENGTH }, () => randomInt(CODE_ALPHABET.length)));

/** A password nobody has to remember: 100 random bits in letters that read well. */
export const newPassword = (): string =>
  codeOf(Array.from({ length: 20 }, () => randomInt(CODE_ALPHABET.length))).toLowerCase();
