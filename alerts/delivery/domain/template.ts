/**
 * A body template: text with `{{path}}` of what a message tells, and `{{#alerts ","}} … {{/alerts}}` for each alert with a
 * separator between. Values are escaped for the content type. No expression, no code, no access beyond the published paths.
 */
export interface Template {
  readonly parts: readonly Part[];
}
type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value'; readonly path: string }
  | { readonly kind: 'each'; readonly separator: string; readonly parts: readonly Part[] };
export type TemplateValues = Readonly<Record<string, string | number | null>>;

/** What a template may name; `labels.<name>` and `annotations.<name>` of an alert besides. */
export const TEMPLATE_PATHS = [
  'id',
  'topic',
  'status',
  'reason',
  'tier',
  'tierRank',
  'title',
  'text',
  'people',
  'firingCount',
  'resolvedCount',
  'link',
] as const;
export const ALERT_PATHS = [
  'id',
  'fingerprint',
  'rule',
  'status',
  'tier',
  'handling',
  'summary',
  'value',
  'limit',
  'unit',
  'valueText',
  'startsAt',
  'endsAt',
  'owner',
  'link',
  'runbook',
] as const;
const LABEL = /^(labels|annotations)\.[a-zA-Z_][a-zA-Z0-9_]{0,63}$/;
const TAG = /\{\{\s*(#alerts(?:\s+"([^"]*)")?|\/alerts|[a-zA-Z_.][a-zA-Z0-9_.]*)\s*\}\}/g;

/** @returns the template, or what is wrong with it in words */
export function readTemplate(text: string): Template | string {
  const top: Part[] = [];
  let inner: Part[] | null = null;
  let separator = '';
  let at = 0;
  const add = (part: Part): void => void (inner ?? top).push(part);
  for (const match of text.matchAll(TAG)) {
    const [whole, tag = '', given = ''] = match;
    const before = text.slice(at, match.index);
    if (before.includes('{{'))
      return `{{ without a name it knows near ${JSON.stringify(before.slice(before.indexOf('{{'), before.indexOf('{{') + 30))}`;
    if (before !== '') add({ kind: 'text', text: before });
    at = match.index + whole.length;
    if (tag.startsWith('#alerts')) {
      if (inner !== null) return '{{#alerts}} cannot stand inside {{#alerts}}';
      inner = [];
      separator = given;
    } else if (tag === '/alerts') {
      if (inner === null) return '{{/alerts}} without {{#alerts}}';
      top.push({ kind: 'each', separator, parts: inner });
      inner = null;
    } else {
      const paths: readonly string[] = inner === null ? TEMPLATE_PATHS : ALERT_PATHS;
      if (!paths.includes(tag) && !(inner !== null && LABEL.test(tag)))
        return `there is no {{${tag}}} ${inner === null ? 'here' : 'of an alert'}; there are ${paths.join(', ')}`;
      add({ kind: 'value', path: tag });
    }
  }
  if (inner !== null) return '{{#alerts}} has no {{/alerts}}';
  const rest = text.slice(at);
  if (rest.includes('{{'))
    return `{{ without a name it knows near ${JSON.stringify(rest.slice(rest.indexOf('{{'), rest.indexOf('{{') + 30))}`;
  if (rest !== '') top.push({ kind: 'text', text: rest });
  return { parts: top };
}

export type Escape = (text: string) => string;
/** How values are written so that they cannot end what they stand in. */
export function escapeFor(contentType: string): Escape {
  if (contentType.includes('json')) return (text) => JSON.stringify(text).slice(1, -1);
  if (contentType.includes('x-www-form-urlencoded')) return encodeURIComponent;
  if (contentType.includes('xml') || contentType.includes('html'))
    return (text) => text.replace(/[<>&"']/g, (char) => `&#${char.charCodeAt(0)};`);
  return (text) => text;
}

const has = (values: TemplateValues, path: string): string | number | null =>
  Object.hasOwn(values, path) ? (values[path] ?? null) : null;
export function fillTemplate(
  { parts }: Template,
  values: TemplateValues,
  alerts: readonly TemplateValues[],
  escaped: Escape,
): string {
  const fill = (some: readonly Part[], from: TemplateValues): string =>
    some
      .map((part) => {
        if (part.kind === 'text') return part.text;
        if (part.kind === 'value') return escaped(String(has(from, part.path) ?? ''));
        return alerts.map((alert) => fill(part.parts, alert)).join(part.separator);
      })
      .join('');
  return fill(parts, values);
}
