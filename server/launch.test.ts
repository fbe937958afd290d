import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';

const root = new URL('../', import.meta.url).pathname;

/** A checkout of its own with the real launcher and packages. */
function checkout() {
  const folder = mkdtempSync(join(tmpdir(), 'wr-launch-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'server'));
  mkdirSync(join(folder, 'node_modules'));
  for (const name of ['esbuild', '@esbuild', 'tsx', 'get-tsconfig', 'resolve-pkg-maps'])
    try {
      symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
    } catch {
      // not a package of this installation
    }
  copyFileSync(join(root, 'server', 'launch.mjs'), join(folder, 'server', 'launch.mjs'));
  const write = (name: string, text: string): void => writeFileSync(join(folder, 'server', name), text);
  write('../package.json', '{ "type": "module" }');
  write('word.ts', "export const word: string = 'first';");
  write(
    'main.ts',
    `import { readFileSync } from 'node:fs';
     import { word } from './word.ts';
     const beside = readFileSync(new URL('./beside.txt', import.meta.url), 'utf8');
     if (process.argv[2] === 'fail') throw new RangeError('on purpose');
     process.stdout.write([word, beside, ...process.argv.slice(2)].join(' '));`,
  );
  write('beside.txt', 'beside');
  const start = (...args: string[]) => {
    const { stdout, stderr, status } = spawnSync(process.execPath, ['server/launch.mjs', ...args], {
      cwd: folder,
      encoding: 'utf8',
    });
    return { stdout, stderr, status };
  };
  return { folder, write, start };
}

describe('the launcher', () => {
  it('[OPS16] runs the program with its options, files beside it found; a changed source is seen at the next start', () => {
    const { folder, write, start } = checkout();
    expect(start('server/main.ts', '--a', 'b')).toMatchObject({ stdout: 'first beside --a b', status: 0 });
    expect(start('server/main.ts')).toMatchObject({ stdout: 'first beside', status: 0 });
    write('word.ts', "export const word: string = 'other';");
    utimesSync(join(folder, 'server', 'word.ts'), new Date(), new Date(Date.now() + 5_000));
    expect(start('server/main.ts')).toMatchObject({ stdout: 'other beside', status: 0 });
  });

  it('[OPS16] a stack names the source line; a program that is not there, and a broken source, end with 1', () => {
    const { write, start } = checkout();
    const failed = start('server/main.ts', 'fail');
    expect(failed.status).toBe(1);
    expect(failed.stderr).toMatch(/RangeError: on purpose[\s\S]*server\/main\.ts:4/);
    expect(start('server/none.ts')).toMatchObject({ stderr: 'none.ts: no such program\n', status: 1 });
    write('word.ts', 'export const = 1;');
    const broken = start('server/main.ts');
    expect(broken.status).toBe(1);
    expect(broken.stderr).toContain('word.ts:1');
  });
});
