import { accessSync, constants, statSync } from 'node:fs';
import { AppError } from '#contract/errors';
import type { Config } from './config.ts';

/**
 * Files and folders that the configuration names, before anything is started: a start that ends over a typing error must not
 * have begun a store.
 * @throws {AppError} `config_invalid` in one line that names the setting
 */
export function checkFiles({ hooksFile, receiversFile, rulesDir }: Config): void {
  for (const [name, path, wanted] of [
    ['HOOKS_FILE', hooksFile, 'file'],
    ['RECEIVERS_FILE', receiversFile, 'file'],
    ['RULES_DIR', rulesDir, 'folder'],
  ] as const) {
    if (path === null || isReadable(path, wanted)) continue;
    throw new AppError('config_invalid', `${name}: ${path} is no ${wanted} that can be read; name one that exists`, {
      field: name,
    });
  }
}
function isReadable(path: string, wanted: 'file' | 'folder'): boolean {
  try {
    accessSync(path, constants.R_OK);
    return statSync(path).isDirectory() === (wanted === 'folder');
  } catch {
    return false;
  }
}
