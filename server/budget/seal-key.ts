import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '#contract/errors';

/** Name of the key's file in the data folder; whoever can write the store must not be able to read it. */
export const SEAL_KEY_FILE = 'ledger-seal.key';

/**
 * The key that seals the ledger: the setting's, which all nodes of one Redis share, else this data folder's own, made at the
 * first start and readable by its owner only.
 * @throws {AppError} `config_invalid`
 */
export function readSealKey(setting: string | null, dataDir: string): Buffer {
  if (setting !== null) {
    if (!/^[0-9a-fA-F]{64,}$/.test(setting))
      throw new AppError('config_invalid', 'LEDGER_SEAL_KEY is at least 64 hexadecimal digits: openssl rand -hex 32');
    return Buffer.from(setting, 'hex');
  }
  const path = join(dataDir, SEAL_KEY_FILE);
  mkdirSync(dataDir, { recursive: true });
  try {
    writeFileSync(path, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const text = readFileSync(path, 'utf8').trim();
  if (!/^[0-9a-f]{64}$/.test(text))
    throw new AppError(
      'config_invalid',
      `${SEAL_KEY_FILE} in the data folder holds no key; restore it from your backup`,
    );
  return Buffer.from(text, 'hex');
}
