import { readFileSync } from 'node:fs';
import { isLoopback } from './http.ts';

/** What a tool needs to reach a server: where it is, a key to send events, a token to read figures. */
export interface Access {
  readonly url: string;
  readonly ingestKey: string;
  readonly readToken: string;
  /** Reads budgets; absent: this access may not. */
  readonly budgetToken?: string;
}
export interface AccessOptions {
  /** File that `npm run demo` writes, `.data/demo-access.json`. */
  readonly access?: string | undefined;
  readonly url?: string | undefined;
  readonly key?: string | undefined;
  readonly token?: string | undefined;
  readonly allowRemote?: boolean | undefined;
}

/**
 * Reads the access file; what is given by hand wins.
 * @throws {Error} with one line on what is missing, or on an address that is not loopback without `--allow-remote`
 */
export function readAccess(options: AccessOptions): Access {
  const file = options.access === undefined ? {} : readFile(options.access, options.key === undefined);
  const url = (options.url ?? file.url ?? '').replace(/\/+$/, '');
  const ingestKey = options.key ?? file.ingestKey;
  const readToken = options.token ?? file.roles?.viewer?.token ?? file.roles?.admin?.token;
  if (url === '')
    throw new Error('no address: give --url http://127.0.0.1:8080, or --access with the file of `npm run demo`');
  if (ingestKey === undefined)
    throw new Error('no ingest key: give --key, or --access with the file of `npm run demo`');
  if (readToken === undefined)
    throw new Error('no token to read figures: give --token, or --access with the file of `npm run demo`');
  if (!isLoopback(url) && options.allowRemote !== true) {
    throw new Error(`${url} is not on this machine; load is sent there only with --allow-remote`);
  }
  const budgetToken = file.roles?.marketing?.token;
  return { url, ingestKey, readToken, ...(budgetToken === undefined ? {} : { budgetToken }) };
}

interface AccessFile {
  readonly url?: string;
  readonly ingestKey?: string;
  readonly roles?: Readonly<Record<string, { readonly token?: string }>>;
}
function readFile(path: string, needed: boolean): AccessFile {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as AccessFile;
  } catch (error) {
    if (!needed) return {};
    throw new Error(
      `${path}: ${(error as Error).message}; start \`npm run demo -- --no-traffic\` first, or give --url, --key and --token`,
    );
  }
}
