import { Lexer, type Token, type Tokens } from 'marked';
import type { Rich, Words } from '#contract/runbooks';
import { inlineText } from './markdown.ts';

/** What is wrong, where: `line` counts from 1 in the file. */
export interface Problem {
  readonly line: number;
  readonly what: string;
}
export type Report = (line: number, what: string) => void;

/** A `## Heading` and all up to the next one. */
export interface Section {
  readonly title: string;
  readonly line: number;
  readonly tokens: readonly Placed[];
}
export interface Placed {
  readonly token: Token;
  readonly line: number;
}
const linesIn = (text: string): number => text.split('\n').length - 1;

/** Top-level tokens with their lines, cut at `##`. What stands before the first one is the section ''. */
export function sections(body: string, firstLine: number): Section[] {
  const found: { title: string; line: number; tokens: Placed[] }[] = [{ title: '', line: firstLine, tokens: [] }];
  let line = firstLine;
  for (const token of new Lexer().lex(body)) {
    if (token.type === 'heading' && (token as Tokens.Heading).depth <= 2)
      found.push({ title: (token as Tokens.Heading).text, line, tokens: [] });
    else if (token.type !== 'space') found.at(-1)?.tokens.push({ token, line });
    line += linesIn(token.raw);
  }
  return found;
}

/** Items of a list as `line, text`; a nested list or a second paragraph is refused, so that each line means one thing. */
export function items({ token, line }: Placed, report: Report): { line: number; text: string }[] {
  let at = line;
  return (token as Tokens.List).items.map((item) => {
    const start = at;
    at += linesIn(item.raw) + (item.raw.endsWith('\n') ? 0 : 1);
    if (item.tokens.some(({ type }) => type !== 'text' && type !== 'checkbox'))
      report(start, 'one line of text an item');
    return { line: start, text: item.text.replaceAll('\n', ' ') };
  });
}

/** Both languages in one line: `中文 · English`. */
export const SEPARATOR = ' · ';
export function both(text: string, line: number, report: Report): Words {
  const parts = text.split(SEPARATOR);
  const [zh = '', en = ''] = parts;
  if (parts.length !== 2 || zh.trim() === '' || en.trim() === '')
    report(line, `"${text.slice(0, 40)}" is not "中文${SEPARATOR}English"`);
  else if (!/\p{Script=Han}/u.test(zh)) report(line, `no Chinese before "${SEPARATOR.trim()}": ${zh.slice(0, 40)}`);
  else if (/\p{Script=Han}/u.test(en)) report(line, `Chinese after "${SEPARATOR.trim()}": ${en.slice(0, 40)}`);
  return { zh: zh.trim(), en: en.trim() };
}
export function bothRich(text: string, line: number, report: Report): Rich {
  const { zh, en } = both(text, line, report);
  return { zh: inlineText(zh), en: inlineText(en) };
}
