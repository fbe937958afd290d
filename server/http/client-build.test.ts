import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { keepOldAssets } from '../run-client-build.ts';

it('[TAKE31] a new build keeps the files of the one before for the screens that run it, and forgets those of days ago', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wr-assets-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [old, fresh] = [join(folder, 'old'), join(folder, 'fresh')];
  for (const path of [old, fresh]) mkdirSync(path);
  for (const name of ['main-1a.js', 'same-9z.js', 'ancient-0.js']) writeFileSync(join(old, name), name);
  utimesSync(join(old, 'ancient-0.js'), 1_000, 1_000);
  for (const name of ['main-2b.js', 'same-9z.js']) writeFileSync(join(fresh, name), name);
  keepOldAssets(old, fresh);
  expect(readdirSync(fresh).sort()).toEqual(['main-1a.js', 'main-2b.js', 'same-9z.js']);
  keepOldAssets(join(folder, 'none'), fresh); // the first build of all
});
