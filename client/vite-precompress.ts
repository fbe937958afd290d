import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

/** Writes `.gz` and `.br` beside each text file of the build, and `build.json` with its id, for screens to compare. */
export function precompress(build: string): Plugin {
  let folder = '';
  return {
    name: 'precompress',
    apply: 'build',
    configResolved: (config) => {
      folder = join(config.root, config.build.outDir);
      if (config.build.outDir.startsWith('/')) folder = config.build.outDir;
    },
    closeBundle: () => {
      writeFileSync(join(folder, 'build.json'), `${JSON.stringify({ build })}\n`);
      for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
        if (!/\.(js|css|html|svg)$/.test(entry)) continue;
        const path = join(folder, entry);
        const bytes = readFileSync(path);
        writeFileSync(`${path}.gz`, smallest(bytes));
        writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }));
      }
    },
  };
}

/** zlib cuts its blocks by the memory it has; which size is better differs by file. */
const smallest = (bytes: Buffer): Buffer =>
  [7, 8, 9]
    .map((memLevel) => gzipSync(bytes, { level: 9, memLevel }))
    .reduce((best, each) => (each.length < best.length ? each : best));
