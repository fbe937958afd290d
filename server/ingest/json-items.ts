import { AppError } from '#contract/errors';
import { limit } from '../limits.ts';

const DEPTH_MAX = limit('eventDepth');
const QUOTE = 34;
const COMMA = 44;
const OPEN_LIST = 91;
const BACKSLASH = 92;
const CLOSE_LIST = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;
const isBlank = (byte: number | undefined): boolean => byte === 32 || byte === 9 || byte === 10 || byte === 13;
const broken = (): AppError => new AppError('bad_json', 'the body is not JSON: a batch is a list of CloudEvents');

/** Where one item of a JSON list lies in the body. */
export type ItemRange = readonly [from: number, to: number];

/**
 * Finds the items of a JSON list without parsing it, so that their number, size and depth are known before anything is
 * built of them. Whether each is JSON, its parser tells.
 * @throws {AppError} `bad_json` when it is no list or nests deeper than the limit
 */
export function listItems(body: Uint8Array): ItemRange[] {
  const items: ItemRange[] = [];
  let at = skipBlank(body, 0);
  if (body[at] !== OPEN_LIST) throw broken();
  at = skipBlank(body, at + 1);
  if (body[at] === CLOSE_LIST) return endOf(body, at + 1, items);
  for (;;) {
    const end = itemEnd(body, at);
    let to = end;
    while (to > at && isBlank(body[to - 1])) to -= 1;
    if (to === at) throw broken();
    items.push([at, to]);
    if (body[end] === CLOSE_LIST) return endOf(body, end + 1, items);
    at = skipBlank(body, end + 1);
  }
}

function skipBlank(body: Uint8Array, from: number): number {
  let at = from;
  while (isBlank(body[at])) at += 1;
  return at;
}

function endOf(body: Uint8Array, from: number, items: ItemRange[]): ItemRange[] {
  if (skipBlank(body, from) !== body.length) throw broken();
  return items;
}

/** The comma or bracket that ends the item at `from`. */
function itemEnd(body: Uint8Array, from: number): number {
  let depth = 0;
  for (let at = from; at < body.length; at += 1) {
    const byte = body[at] as number;
    if (byte === QUOTE) at = stringEnd(body, at + 1);
    else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      depth += 1;
      if (depth > DEPTH_MAX) throw tooDeep();
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
      if (depth === 0) return at;
      depth -= 1;
    } else if (byte === COMMA && depth === 0) return at;
  }
  throw broken();
}

/** The closing quote of the string that begins at `from`. */
function stringEnd(body: Uint8Array, from: number): number {
  let at = from;
  while (at < body.length && body[at] !== QUOTE) at += body[at] === BACKSLASH ? 2 : 1;
  return at;
}

const tooDeep = (): AppError =>
  new AppError('bad_json', `the body nests deeper than ${DEPTH_MAX} brackets; no event needs that`);
