import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ENVIRONMENT } from '../config.ts';

const root = new URL('../../', import.meta.url).pathname;
const readme = readFileSync(`${root}README.md`, 'utf8');
const manifest = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as Record<string, Record<string, string>>;
const filesOf = (name: RegExp): string[] =>
  ['server', 'client', 'load', 'alerts', 'runbooks'].flatMap((folder) =>
    readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' })
      .filter((path) => name.test(path) && !path.startsWith('dist/'))
      .map((path) => `${folder}/${path}`),
  );

describe('README', () => {
  it('[DOC1] the configuration table is the schema, line by line', () => {
    const rows = [...readme.matchAll(/^\| `([A-Z_]+)` \|(.*?)\| (.*) \|$/gm)].map(([, name, fallback, text]) => ({
      name,
      fallback: fallback?.replaceAll('`', '').trim(),
      text,
    }));
    const wanted = Object.entries(ENVIRONMENT).map(([name, schema]) => {
      const { default: fallback, description } = schema as { default?: unknown; description?: string };
      return {
        name,
        fallback: fallback === undefined ? '' : fallback === false ? '0' : String(fallback),
        text: description,
      };
    });
    expect(rows).toEqual(wanted);
  });
  it('[DOC2] every dependency has its reason', () => {
    const table = readme.slice(readme.indexOf('## Dependencies'));
    const names = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(names.filter((name) => !name.startsWith('@types/') && !table.includes(name))).toEqual([]);
  });
  it('[DOC3] every command that a document, a help text or a message names exists, and so does its file', () => {
    const texts = ['README.md', 'CHANGELOG.md', ...filesOf(/\.(md|tsx?)$/)];
    const missing = texts.flatMap((path) =>
      [...readFileSync(root + path, 'utf8').matchAll(/npm run (?:-s )?([\w:]*\w)/g)]
        .map(([, name]) => name ?? '')
        .filter((name) => manifest.scripts?.[name] === undefined)
        .map((name) => `${name} of ${path}`),
    );
    expect(missing).toEqual([]);
    const scripts = Object.values(manifest.scripts ?? {}).flatMap((script) => script.match(/\S+\.ts\b/g) ?? []);
    expect(scripts.filter((path) => !existsSync(`${root}${path}`))).toEqual([]);
  });
});

describe('PROTOCOL.md', () => {
  it('[DOC4] every rule that a test cites is there', () => {
    const told = new Set(readFileSync(`${root}server/contract/PROTOCOL.md`, 'utf8').match(/\b[A-Z]{2,6}\d+\b/g));
    const missing = filesOf(/\.test\.tsx?$/).flatMap((path) =>
      [...readFileSync(root + path, 'utf8').matchAll(/\[([A-Z]{2,6}\d+)\]/g)]
        .map(([, rule]) => rule ?? '')
        .filter((rule) => !told.has(rule))
        .map((rule) => `${rule} of ${path}`),
    );
    expect([...new Set(missing)]).toEqual([]);
  });
});
