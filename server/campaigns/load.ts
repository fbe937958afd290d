import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Errors } from 'typebox/value';
import { type Document, isAlias, isMap, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { CampaignFile } from '#contract/campaign';
import { AppError } from '#contract/errors';
import { checkCampaign } from '../domain/campaign-check.ts';

/** Where a bundled campaign lies. @param id - `double11`, `liquor-launch`, `tiny` */
export const bundledCampaign = (id: string): string => new URL(`./${id}.yaml`, import.meta.url).pathname;

interface Problem {
  readonly line: number;
  readonly column: number;
  readonly what: string;
}
const SHOWN_COUNT = 8;

/**
 * Reads and checks a campaign file.
 * @throws {AppError} `campaign_invalid`; each line of the message is `file:line:column: what is wrong; what to do`
 */
export function loadCampaignFile(path: string): CampaignFile {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new AppError('campaign_invalid', `${path}: cannot be read; name a campaign file with CAMPAIGN`, { cause });
  }
  return parseCampaign(text, basename(path));
}

/** @param name - how the file is called in messages */
export function parseCampaign(text: string, name: string): CampaignFile {
  const lines = new LineCounter();
  const doc = parseDocument(text, { lineCounter: lines, prettyErrors: true });
  const syntax = doc.errors.map(({ linePos, message }) => ({
    line: linePos?.[0].line ?? 1,
    column: linePos?.[0].col ?? 1,
    what: (message.split('\n')[0] ?? message).replace(/ at line \d+, column \d+:?$/, ''),
  }));
  if (syntax.length > 0) throw invalid(name, syntax);
  const value: unknown = doc.toJS();
  const at = (path: readonly (string | number)[], what: string): Problem => {
    const { line, col } = lines.linePos(offsetOf(doc, path));
    return { line, column: col, what: `${path.join('.') || 'the file'}: ${what}` };
  };
  const shape = Errors(CampaignFile, value).flatMap((error) => {
    const path = error.instancePath
      .split('/')
      .slice(1)
      .map((part) => part.replace(/~1/g, '/').replace(/~0/g, '~'));
    if (error.keyword === 'additionalProperties') {
      return error.params.additionalProperties.map((key) =>
        at([...path, key], 'unknown field; remove it or correct its name'),
      );
    }
    if (error.keyword === 'boolean') return []; // typebox reports an unknown field twice
    if (error.keyword === 'required') return [at(path, `lacks ${error.params.requiredProperties.join(', ')}; add it`)];
    return [at(path, error.message)];
  });
  if (shape.length > 0) throw invalid(name, shape);
  const file = value as CampaignFile;
  const faults = checkCampaign(file).map(({ path, what }) => at(path, what));
  if (faults.length > 0) throw invalid(name, faults);
  return file;
}

/** Offset of the deepest node on the path; for a map entry that of its key, which is where a reader looks. */
function offsetOf(doc: Document, path: readonly (string | number)[]): number {
  let node: unknown = doc.contents;
  let offset = 0;
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(doc);
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
      if (!isPair(pair)) return offset;
      offset = (pair.key as Node | null)?.range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      const item = node.items[Number(step)] as Node | undefined;
      offset = item?.range?.[0] ?? offset;
      node = item;
    } else return offset;
  }
  return offset;
}

function invalid(name: string, problems: readonly Problem[]): AppError {
  const sorted = [...problems].sort((a, b) => a.line - b.line || a.column - b.column);
  const shown = sorted.slice(0, SHOWN_COUNT).map(({ line, column, what }) => `${name}:${line}:${column}: ${what}`);
  if (sorted.length > SHOWN_COUNT) shown.push(`${name}: and ${sorted.length - SHOWN_COUNT} more`);
  return new AppError('campaign_invalid', shown.join('\n'), { extra: { problems: sorted } });
}
