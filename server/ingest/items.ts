import { isUtf8 } from 'node:buffer';
import { AppError } from '#contract/errors';
import { limit } from '../limits.ts';
import type { BodyFolder } from './body.ts';
import type { ItemFault } from './fill-row.ts';
import { type ItemRange, listItems } from './json-items.ts';
import type { Scanner } from './scan.ts';
import { type ValidEvent, validateCloudEvent, validateItem } from './validate.ts';

/** One item of a body: valid, or what is wrong with it. */
export interface RawItem {
  readonly event: ValidEvent | ItemFault;
  /** Its source when that much could be read. */
  readonly source: string | null;
  /** Text for the dead letters, capped. */
  readonly raw: () => string;
}
const ITEMS_MAX_COUNT = limit('eventBatchItems');
const RAW_MAX_CHARS = limit('deadLetterBytes');
const ITEM_MAX_BYTES = limit('eventBytes');
const NEWLINE = 10;

export const CONTENT_TYPES = [
  'application/x-ndjson',
  'application/cloudevents-batch+json',
  'application/cloudevents+json',
] as const;
export type ContentType = (typeof CONTENT_TYPES)[number];

/**
 * Refuses a body that cannot be read as a whole, before anything of it is counted.
 * @throws {AppError} `bad_json` (BOM, invalid UTF-8, no line is JSON), `batch_size`
 */
export function checkBody(body: Buffer): void {
  if (body.length >= 3 && body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf)
    throw new AppError('bad_json', 'the body starts with a byte order mark; send plain UTF-8');
  if (!isUtf8(body)) throw new AppError('bad_json', 'the body is not valid UTF-8');
}

/** A body that can be read again and again, which is how a fold is repeated. */
export interface BodyItems {
  readonly forEach: (folder: BodyFolder) => void;
}

/**
 * @param isReplay - dead letters: none of them need be JSON
 * @throws {AppError} `bad_json`, `batch_size`, from here for a JSON body and from `forEach` for NDJSON
 */
export function itemsOf(body: Buffer, contentType: ContentType, scanner: Scanner, isReplay = false): BodyItems {
  if (contentType === 'application/x-ndjson')
    return { forEach: (folder) => readLines(body, scanner, folder, isReplay) };
  const ranges: readonly ItemRange[] =
    contentType === 'application/cloudevents+json' ? [[0, body.length]] : listItems(body);
  checkCount(ranges.length);
  return {
    forEach: (folder) => {
      for (const [from, to] of ranges) {
        const item = parseItem(body, from, to, validateCloudEvent);
        if ('code' in item.event && item.event.code === 'bad_json')
          throw new AppError('bad_json', 'the body is not JSON');
        folder.takeItem(item);
        if (folder.done) return;
      }
    },
  };
}

/** Each line by the scanner when it is plain, by JSON.parse and the schema when it is not. */
function readLines(body: Buffer, scanner: Scanner, folder: BodyFolder, isReplay: boolean): void {
  let start = 0;
  let items = 0;
  let broken = 0;
  let sourceFrom = 0;
  let sourceTo = 0;
  let source = '';
  while (start < body.length && !folder.done) {
    const newline = body.indexOf(NEWLINE, start);
    const end = newline < 0 ? body.length : newline;
    const from = start;
    start = end + 1;
    if (isBlank(body, from, end)) continue;
    items += 1;
    if (items > ITEMS_MAX_COUNT) checkCount(items);
    if (end - from <= ITEM_MAX_BYTES && scanner.scan(body, from, end, folder.row)) {
      if (!sameBytes(body, sourceFrom, sourceTo, scanner.sourceFrom, scanner.sourceTo)) {
        source = body.toString('latin1', scanner.sourceFrom, scanner.sourceTo);
        sourceFrom = scanner.sourceFrom;
        sourceTo = scanner.sourceTo;
      }
      const id = folder.needsId ? body.toString('latin1', scanner.idFrom, scanner.idTo) : '';
      const buyer = scanner.buyerTo > 0 ? body.toString('latin1', scanner.buyerFrom, scanner.buyerTo) : null;
      folder.takeRow(source, id, buyer, scanner.unmapped, () =>
        body.toString('utf8', from, Math.min(end, from + RAW_MAX_CHARS)),
      );
      continue;
    }
    const item = parseItem(body, from, end, validateItem);
    if ('code' in item.event && item.event.code === 'bad_json') broken += 1;
    folder.takeItem(item);
  }
  checkCount(items);
  if (broken === items && !isReplay)
    throw new AppError('bad_json', 'no line of the body is JSON; send one event a line');
}

function sameBytes(body: Buffer, fromA: number, toA: number, fromB: number, toB: number): boolean {
  if (toA - fromA !== toB - fromB) return false;
  for (let i = 0; i < toA - fromA; i += 1) if (body[fromA + i] !== body[fromB + i]) return false;
  return true;
}

function parseItem(
  body: Buffer,
  from: number,
  end: number,
  validate: (item: unknown) => ValidEvent | ItemFault,
): RawItem {
  const raw = (): string => body.toString('utf8', from, Math.min(end, from + RAW_MAX_CHARS));
  if (end - from > ITEM_MAX_BYTES) {
    const message = `an event may have ${ITEM_MAX_BYTES} bytes, this one has ${end - from}; leave out what is not a fact`;
    return { event: { code: 'validation', message }, source: null, raw };
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString('utf8', from, end));
  } catch {
    return {
      event: { code: 'bad_json', message: 'the line is not JSON; send one whole event a line' },
      source: null,
      raw,
    };
  }
  return { event: validate(parsed), source: sourceOf(parsed), raw };
}

function sourceOf(item: unknown): string | null {
  const source = typeof item === 'object' && item !== null ? (item as { source?: unknown }).source : undefined;
  return typeof source === 'string' && /^[!-~]{1,128}$/.test(source) ? source : null;
}

function isBlank(body: Buffer, from: number, end: number): boolean {
  for (let i = from; i < end; i += 1) {
    const byte = body[i] as number;
    if (byte !== 32 && byte !== 9 && byte !== 13) return false;
  }
  return true;
}

/** @throws {AppError} `batch_size` */
function checkCount(count: number): void {
  if (count === 0) throw new AppError('batch_size', 'the body has no events; send at least one');
  if (count > ITEMS_MAX_COUNT)
    throw new AppError('batch_size', `a body may hold ${ITEMS_MAX_COUNT} events; send several bodies`);
}
