import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Runbook } from '#contract/runbooks';
import { type ParsedRunbook, parseRunbook } from './domain/parse-runbook.ts';
import type { Problem } from './domain/source.ts';

export const CATALOG_FOLDER = new URL('./catalog/', import.meta.url).pathname;
/** A plan is a few pages; a larger file is a mistake. */
const FILE_MAX_BYTES = 65_536;

export interface LoadedFile {
  readonly file: string;
  readonly parsed: ParsedRunbook | null;
  readonly problems: readonly Problem[];
}

/** Every plan of a folder, also the broken ones. */
export function readCatalog(folder: string = CATALOG_FOLDER): LoadedFile[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.md'));
  return names.sort().map((name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    if (Buffer.byteLength(text) > FILE_MAX_BYTES)
      return { file: name, parsed: null, problems: [{ line: 1, what: `larger than ${FILE_MAX_BYTES} bytes` }] };
    const { parsed, problems } = parseRunbook(text, createHash('sha256').update(text).digest('hex'));
    const misnamed = parsed !== null && `${parsed.runbook.id}.md` !== name;
    const more = misnamed ? [{ line: 2, what: `id ${parsed.runbook.id} in a file called ${name}` }] : [];
    return { file: name, parsed, problems: [...problems, ...more] };
  });
}

/**
 * The plans that can be used, by id. A file with faults is left out and told of: one broken plan must not take the other
 * seven away at 3 a.m.
 */
export function loadRunbooks(
  onBroken: (file: string, problems: readonly Problem[]) => void,
  folder: string = CATALOG_FOLDER,
): ReadonlyMap<string, Runbook> {
  const usable = new Map<string, Runbook>();
  for (const { file, parsed, problems } of readCatalog(folder)) {
    if (problems.length > 0) onBroken(file, problems);
    else if (parsed !== null) usable.set(parsed.runbook.id, parsed.runbook);
  }
  return usable;
}
