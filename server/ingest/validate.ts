import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { DIMENSION_PATTERN, dataSchema, EVENT_TYPES, type EventType, flatSchema, ID_PATTERN } from '#contract/events';
import type { Data, ItemFault } from './fill-row.ts';

/** An item whose envelope and data satisfy the schema of its type. */
export interface ValidEvent {
  readonly id: string;
  readonly source: string;
  readonly type: EventType;
  readonly eventAtMs: number;
  readonly data: Data;
}

interface Form {
  readonly whole: { Check(value: unknown): boolean };
  /** Each field alone: finding the first fault this way costs a hundredth of all errors of the whole. */
  readonly fields: ReadonlyMap<string, { Check(value: unknown): boolean; Errors(value: unknown): readonly unknown[] }>;
  readonly required: readonly string[];
}
function compileForm(schema: TSchema): Form {
  const { properties, required = [] } = schema as TSchema & {
    properties: Readonly<Record<string, TSchema>>;
    required?: readonly string[];
  };
  const fields = new Map(Object.entries(properties).map(([name, field]) => [name, Compile(field)]));
  return { whole: Compile(schema), fields, required };
}
const compiled = new Map(
  EVENT_TYPES.map((type) => [
    type as string,
    { flat: compileForm(flatSchema(type)), data: compileForm(dataSchema(type)) },
  ]),
);
const ID = new RegExp(ID_PATTERN);
/** RFC 3339 with a zone; Date.parse alone would also take local times and free text. */
const RFC3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt]([01]\d|2[0-3]):\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/;
/** NaN for what is no date: Date.parse alone takes February 30 for March 2. */
function parseTime(text: string): number {
  const [, year, month, day] = RFC3339.exec(text) ?? [];
  if (day === undefined || Number(day) > new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate())
    return Number.NaN;
  return Date.parse(text);
}
const JSON_TYPE = /^application\/json(?:; ?charset=(?:utf-8|"utf-8"))?$/i;
/** What a producer wrote, fit for a message: nothing that turns or hides text. */
const shown = (text: string, length: number): string => text.slice(0, length).replace(/[^ -~]/g, '?');

const fault = (message: string): ItemFault => ({ code: 'validation', message });
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Checks one parsed item of NDJSON: the flat form, or a CloudEvent when it has `specversion`. */
export function validateItem(item: unknown): ValidEvent | ItemFault {
  if (!isRecord(item)) return fault('an item is one JSON object; send one event a line');
  if ('specversion' in item) return validateCloudEvent(item);
  const type = item.type;
  const schemas = typeof type === 'string' ? compiled.get(type) : undefined;
  if (schemas === undefined) return unknownType(type);
  if (!schemas.flat.whole.Check(item)) return explain(schemas.flat, item);
  if (hasNegativeZero(item)) return fault('-0 is not a number here; send 0');
  return {
    id: item.id as string,
    source: item.source as string,
    type: type as EventType,
    eventAtMs: item.ts as number,
    data: item,
  };
}

/** Checks one CloudEvent 1.0 in structured form; unknown extension attributes are ignored, unknown data fields refused. */
export function validateCloudEvent(item: unknown): ValidEvent | ItemFault {
  if (!isRecord(item))
    return fault('an item is one CloudEvents object; lists go as application/cloudevents-batch+json');
  if (item.specversion !== '1.0') return fault('specversion must be "1.0"');
  if (typeof item.id !== 'string' || !ID.test(item.id))
    return fault('id must be 1–128 printable ASCII characters without space');
  if (typeof item.source !== 'string' || !ID.test(item.source))
    return fault('source must be 1–128 printable ASCII characters without space');
  if (item.datacontenttype !== undefined && !JSON_TYPE.test(String(item.datacontenttype)))
    return fault('datacontenttype must be application/json');
  if (item.data_base64 !== undefined) return fault('data_base64 is not taken; send data as JSON');
  const schemas = typeof item.type === 'string' ? compiled.get(item.type) : undefined;
  if (schemas === undefined) return unknownType(item.type);
  if (typeof item.time !== 'string' || !RFC3339.test(item.time))
    return fault('time must be RFC 3339 with a zone, such as 2026-11-11T00:00:00.123+08:00');
  const eventAtMs = parseTime(item.time);
  if (!Number.isFinite(eventAtMs)) return fault('time is no date of the calendar');
  const data = item.data ?? {};
  if (!isRecord(data)) return fault('data must be one JSON object');
  if (!schemas.data.whole.Check(data)) return explain(schemas.data, data);
  if (hasNegativeZero(data)) return fault('-0 is not a number here; send 0');
  return { id: item.id, source: item.source, type: item.type as EventType, eventAtMs, data };
}

function unknownType(type: unknown): ItemFault {
  return fault(
    `type ${typeof type === 'string' ? `"${shown(type, 64)}"` : 'missing'} is not known; GET /api/openapi.json lists all types`,
  );
}

const HINTS: Readonly<Record<string, string>> = {
  ts: '; send whole ms since the Unix epoch',
  amountMinor: '; send whole minor units, such as fen, as a number',
  id: '; send 1–128 printable ASCII characters without space',
  source: '; send 1–128 printable ASCII characters without space',
};

const DIMENSION_RULE = 'must be 1–64 of A–Z a–z 0–9 . _ : / + - or Han';

/** The first fault in words, with the field's name. */
function explain({ fields, required }: Form, item: Record<string, unknown>): ItemFault {
  for (const name of required) if (item[name] === undefined) return fault(`${name} is missing; this type needs it`);
  for (const name of Object.keys(item)) {
    const field = fields.get(name);
    if (field === undefined)
      return fault(`${shown(name, 40)} is not a field of this type; GET /api/openapi.json lists them`);
    const value = item[name];
    if (field.Check(value)) continue;
    const {
      instancePath = '',
      message,
      params,
    } = (field.Errors(value)[0] ?? {}) as {
      instancePath?: string;
      message?: string;
      params?: { allowedValues?: readonly unknown[]; pattern?: unknown };
    };
    const allowed = params?.allowedValues;
    const where = shown(name + instancePath.replaceAll('/', '.'), 80);
    const rule =
      allowed !== undefined
        ? `must be one of ${allowed.join(', ')}`
        : params?.pattern === DIMENSION_PATTERN
          ? DIMENSION_RULE
          : (message ?? 'does not fit its schema');
    return fault(`${where} ${rule}${HINTS[name] ?? ''}`);
  }
  return fault('the event does not fit its schema; GET /api/openapi.json has it');
}

/** JSON Schema cannot tell -0 from 0; a sum could. */
function hasNegativeZero(value: Record<string, unknown>): boolean {
  for (const key in value) {
    if (Object.is(value[key], -0)) return true;
  }
  return false;
}
