/**
 * `node server/launch.mjs <entry.ts> [options]`: runs a program of this checkout from one file that is bundled on its first
 * start and again whenever a source has changed. A thousand modules, each passed through a loader, take 4 s of CPU to import on
 * Node 20; one file takes half a second, which is what a restarted server is missing from the wall.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
/** Of this checkout: clones may share their node_modules. */
const folder = join(
  root,
  'node_modules',
  '.cache',
  `war-room-${createHash('sha256').update(root).digest('hex').slice(0, 12)}`,
);
/** What changes the bundle besides the sources. */
const settings = ['package.json', 'package-lock.json', 'tsconfig.json', 'server/launch.mjs'].map((name) =>
  join(root, name),
);
/** Packages of hundreds of small modules; all others stay where they are. */
const BUNDLED = /^typebox(\/|$)/;

const stampOf = (path) => {
  const { mtimeMs, size } = statSync(path);
  return `${mtimeMs} ${size}`;
};

/** The bundle of the last start, unless something it was made from has changed. */
function freshBundle(name) {
  try {
    const { file, stamps } = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
    const isFresh = Object.entries(stamps).every(([path, stamp]) => stampOf(path) === stamp);
    return isFresh && existsSync(file) ? file : null;
  } catch {
    return null; // none yet, or a source is gone
  }
}

async function makeBundle(entry, name) {
  const esbuild = await import('esbuild');
  const { outputFiles, metafile } = await esbuild.build({
    entryPoints: [entry],
    absWorkingDir: root,
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    keepNames: true,
    sourcemap: 'inline',
    sourcesContent: false,
    outdir: folder,
    logLevel: 'silent',
    plugins: [
      {
        name: 'checkout',
        setup(build) {
          build.onResolve({ filter: /^[^.#/]/ }, ({ path, kind }) =>
            kind === 'entry-point' || BUNDLED.test(path) ? null : { external: true },
          );
          // files beside a source (scripts, rules, campaigns) are found from where the source is, not from where the bundle is
          build.onLoad({ filter: /\.ts$/ }, ({ path }) => {
            const text = readFileSync(path, 'utf8');
            const url = JSON.stringify(pathToFileURL(path).href);
            return { contents: text.replaceAll('import.meta.url', url), loader: 'ts' };
          });
        },
      },
    ],
  });
  await esbuild.stop?.();
  const stamps = {};
  for (const path of [...Object.keys(metafile.inputs).map((input) => join(root, input)), ...settings]) {
    if (existsSync(path)) stamps[path] = stampOf(path);
  }
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.mjs`);
  // whole or not at all: two programs may start at the same time
  const put = (path, content) => {
    const draft = `${path}.${process.pid}`;
    writeFileSync(draft, content);
    renameSync(draft, path);
  };
  put(file, outputFiles[0].contents);
  put(join(folder, `${name}.json`), JSON.stringify({ file, stamps }));
  return file;
}

const entry = resolve(process.argv[2] ?? '');
const name = relative(root, entry).replaceAll(/[^\w]+/g, '-');
process.argv.splice(1, 2, entry);
let file = freshBundle(name);
try {
  file ??= await makeBundle(entry, name);
} catch (error) {
  if (!existsSync(entry)) {
    process.stderr.write(`${basename(entry)}: no such program\n`);
    process.exit(1);
  }
  if (!['EACCES', 'EROFS', 'EPERM', 'ENOSPC'].includes(error.code)) throw error;
}
if (file === null) {
  // node_modules cannot be written: slower, but the same program
  const { register } = await import('tsx/esm/api');
  register();
  await import(pathToFileURL(entry).href);
} else {
  process.setSourceMapsEnabled(true);
  await import(pathToFileURL(file).href);
}
