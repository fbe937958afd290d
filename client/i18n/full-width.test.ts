import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = new URL('../../', import.meta.url).pathname;
const filesOf = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !/\.test\.|^e2e\/|^dist\//.test(name))
    .map((name) => join(folder, name));
const LITERAL = /'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|"(?:\\.|[^"\\\n])*"/g;
const HAN = '[\\u3400-\\u9fff]';
/** A half-width mark beside Han, or between two parameters of a Chinese sentence. */
const HALF = new RegExp(`${HAN}[,:;?!]|[,;?!:] ?${HAN}|\\}[,:;] ?(\\$?\\{|$)|\\(${HAN}|${HAN}\\(`);

it('[UI33] Chinese words have full-width punctuation: ，：；？！ and （）', () => {
  const faults = ['client', 'alerts/delivery/domain'].flatMap(filesOf).flatMap((file) =>
    [...readFileSync(join(ROOT, file), 'utf8').matchAll(LITERAL)]
      .map(([text]) => text)
      .filter((text) => new RegExp(HAN).test(text) && HALF.test(text.slice(1, -1)))
      .map((text) => `${file}: ${text.slice(0, 80)}`),
  );
  const rules = readdirSync(join(ROOT, 'alerts/rules'))
    .filter((file) => !file.includes('.test.'))
    .flatMap((file) =>
      (readFileSync(join(ROOT, 'alerts/rules', file), 'utf8').match(/^.*_zh: .*$/gm) ?? []).filter((line) =>
        new RegExp(`${HAN}[,:;?!]`).test(line),
      ),
    );
  expect([...faults, ...rules]).toEqual([]);
});
