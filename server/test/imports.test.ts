import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { arrowProblem, layerOf } from './import-arrows.ts';

const root = new URL('../../', import.meta.url).pathname;
function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === 'node_modules' || entry.name === 'dist' || entry.name.startsWith('.')) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return /\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

describe('imports point one way', () => {
  it('[ARCH1] no file imports against the arrows', () => {
    const problems: string[] = [];
    for (const path of sources(root)) {
      const from = relative(root, path);
      for (const [, spec] of readFileSync(path, 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)) {
        if (spec === undefined) continue;
        const to = spec.startsWith('#contract/')
          ? `server/contract/${spec.slice(10)}.ts`
          : spec.startsWith('.')
            ? relative(root, join(dirname(path), spec))
            : null;
        const problem = to === null ? null : arrowProblem(from, to);
        if (problem) problems.push(problem);
      }
    }
    expect(problems).toEqual([]);
  });
  it('[ARCH1] a turned arrow is found', () => {
    expect(arrowProblem('server/domain/fold.ts', 'server/store/keys.ts')).toMatch(/domain/);
    expect(arrowProblem('server/contract/frames.ts', 'server/domain/fold.ts')).toMatch(/contract/);
    expect(arrowProblem('server/store/batch.ts', 'server/routes/events.ts')).toMatch(/routes/);
    expect(arrowProblem('client/net/link.ts', 'server/domain/fold.ts')).toMatch(/client/);
    expect(arrowProblem('load/drive.ts', 'server/store/keys.ts')).toMatch(/load/);
    expect(arrowProblem('alerts/domain/silence.ts', 'runbooks/domain/step.ts')).toMatch(/domain/);
    expect(arrowProblem('server/routes/events.ts', 'server/ingest/ingest.ts')).toBeNull();
  });
  it('[ARCH1] every source file has a layer', () => {
    expect(
      sources(root)
        .map((path) => relative(root, path))
        .filter((path) => layerOf(path) === null),
    ).toEqual([]);
  });
});
