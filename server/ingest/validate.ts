import { Compile } from 'typebox/compile';
import { dataSchema, EVENT_TYPES, type EventType, flatSchema, ID_PATTERN } from '#contract/events';
import type { Data, ItemFault } from './fill-row.ts';

/** An item whose envelope and data satisfy the schema of its type. */
export interface ValidEvent {
  readonly id: string;
  readonly source: string;
  readonly type: EventType;
  readonly eventAtMs: number;
  readonly data: Data;
}

const compiled = new Map(
  EVENT_TYPES.map((type) => [type as string, { flat: Compile(flatSchema(type)), data: Compile(dataSchema(type)) }]),
);
const ID = new RegExp(ID_PATTERN);
/** RFC 3339 with a zone; Date.parse alone would also take local times and free text. */
const RFC3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/;

const fault = (message: string): ItemFault => ({ code: 'validation', message });
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Checks one parsed item of NDJSON: the flat form, or a CloudEvent when it has `specversion`. */
export function validateItem(item: unknown): ValidEvent | ItemFault {
  if (!isRecord(item)) return fault('an item is one JSON object');
  if ('specversion' in item) return validateCloudEvent(item);
  const type = item.type;
  const schemas = typeof type === 'string' ? compiled.get(type) : undefined;
  if (schemas === undefined) return unknownType(type);
  if (!schemas.flat.Check(item)) return explain(schemas.flat.Errors(item));
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
  if (!isRecord(item)) return fault('an item is one CloudEvents object');
  if (item.specversion !== '1.0') return fault('specversion must be "1.0"');
  if (typeof item.id !== 'string' || !ID.test(item.id))
    return fault('id must be 1–128 printable ASCII characters without space');
  if (typeof item.source !== 'string' || !ID.test(item.source))
    return fault('source must be 1–128 printable ASCII characters without space');
  if (item.datacontenttype !== undefined && item.datacontenttype !== 'application/json')
    return fault('datacontenttype must be application/json');
  if (item.data_base64 !== undefined) return fault('data_base64 is not taken; send data as JSON');
  const schemas = typeof item.type === 'string' ? compiled.get(item.type) : undefined;
  if (schemas === undefined) return unknownType(item.type);
  if (typeof item.time !== 'string' || !RFC3339.test(item.time))
    return fault('time must be RFC 3339 with a zone, such as 2026-11-11T00:00:00.123+08:00');
  const eventAtMs = Date.parse(item.time);
  if (!Number.isFinite(eventAtMs)) return fault('time is no date of the calendar');
  const data = item.data ?? {};
  if (!isRecord(data)) return fault('data must be one JSON object');
  if (!schemas.data.Check(data)) return explain(schemas.data.Errors(data));
  if (hasNegativeZero(data)) return fault('-0 is not a number here; send 0');
  return { id: item.id, source: item.source, type: item.type as EventType, eventAtMs, data };
}

function unknownType(type: unknown): ItemFault {
  return fault(
    `type ${typeof type === 'string' ? JSON.stringify(type.slice(0, 64)) : 'missing'} is not known; GET /api/openapi.json lists all types`,
  );
}

interface SchemaError {
  readonly keyword?: string;
  readonly instancePath?: string;
  readonly message?: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

/** The first error in words, with the field's name; cheap, since it only runs for a refused item. */
function explain(errors: readonly unknown[]): ItemFault {
  const first = (errors[0] ?? {}) as SchemaError;
  const field = (first.instancePath ?? '').replace(/^\//, '').replaceAll('/', '.').slice(0, 80);
  const names = first.params?.requiredProperties ?? first.params?.additionalProperties;
  if (first.message === 'schema is false')
    return fault(`${field} is not a field of this type; GET /api/openapi.json lists them`);
  const detail = Array.isArray(names)
    ? `: ${names
        .map((name) => String(name).slice(0, 40))
        .slice(0, 5)
        .join(', ')}`
    : '';
  return fault(`${field === '' ? '' : `${field} `}${first.message ?? 'does not fit its schema'}${detail}`);
}

/** JSON Schema cannot tell -0 from 0; a sum could. */
function hasNegativeZero(value: Record<string, unknown>): boolean {
  for (const key in value) {
    if (Object.is(value[key], -0)) return true;
  }
  return false;
}
