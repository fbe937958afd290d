import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const ASSET = /(?:src|href)="\/(assets\/[^"]+)"/g;

/**
 * The page of the built client as it is now. The client may be built anew under a running server: the new page is served once all
 * that it names is there, until then the last whole one is.
 */
export function clientPage(clientDir: string): () => Buffer {
  const path = join(clientDir, 'index.html');
  let page = readFileSync(path);
  let seen = statSync(path).mtimeMs;
  return () => {
    try {
      const { mtimeMs } = statSync(path);
      if (mtimeMs === seen) return page;
      const next = readFileSync(path);
      const named = [...next.toString('utf8').matchAll(ASSET)].map(([, asset]) => asset ?? '');
      if (named.some((asset) => !existsSync(join(clientDir, asset)))) return page;
      page = next;
      seen = mtimeMs;
    } catch {
      // the folder is being exchanged: the last page is as good as ever
    }
    return page;
  };
}
