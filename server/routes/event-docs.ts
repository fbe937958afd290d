import { EVENT_TYPES, flatSchema } from '#contract/events';

/** As much of an OpenAPI document as is added to. */
interface Document {
  readonly paths?: Readonly<Record<string, unknown>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, unknown>> };
}
const nameOf = (type: string): string => `event.${type}`;
const TEXT =
  'Events in the flat form, told apart by `type`; no field besides those listed. Each body is one event a line (NDJSON) or, as ' +
  'CloudEvents, an envelope (`specversion`, `id`, `source`, `type`, `time`) whose `data` holds the fields below `type`.';

/**
 * Says what `POST /api/v1/events` takes: one schema a type, all of them as the item of a body. Documentation only: the route
 * itself checks events by a reader of its own, so nothing of this is compiled or run for a request.
 */
export function withEventDocs<D extends Document>(document: D): D {
  const path = document.paths?.['/api/v1/events'] as { readonly post?: object } | undefined;
  if (path?.post === undefined) return document;
  const schemas = Object.fromEntries(
    EVENT_TYPES.map((type) => [nameOf(type), JSON.parse(JSON.stringify(flatSchema(type))) as unknown]),
  );
  const refs = EVENT_TYPES.map((type) => ({ $ref: `#/components/schemas/${nameOf(type)}` }));
  const mapping = Object.fromEntries(EVENT_TYPES.map((type) => [type, `#/components/schemas/${nameOf(type)}`]));
  const event = { oneOf: refs, discriminator: { propertyName: 'type', mapping } };
  const item = { $ref: '#/components/schemas/event' };
  const content = {
    'application/x-ndjson': { schema: item, itemSchema: item },
    'application/cloudevents-batch+json': { schema: { type: 'array', items: { type: 'object' } } },
    'application/cloudevents+json': { schema: { type: 'object' } },
  };
  const post = { ...path.post, requestBody: { description: TEXT, required: true, content } };
  return {
    ...document,
    paths: { ...document.paths, '/api/v1/events': { ...path, post } },
    components: { ...document.components, schemas: { ...document.components?.schemas, ...schemas, event } },
  };
}
