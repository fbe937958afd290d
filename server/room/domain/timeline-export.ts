import type { ExportFormat, TimelineEntry } from '#contract/timeline';

const COLUMNS = ['seq', 'time', 'kind', 'actor_kind', 'actor_id', 'actor_name', 'tier', 'summary', 'params'] as const;

/**
 * One field of RFC 4180. What a spreadsheet would run as a formula gets an apostrophe before it: a note is written by
 * anybody, and read by somebody else's program.
 */
export function csvField(value: string | number): string {
  const text = typeof value === 'number' ? String(value) : /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The entry in a row; all of its parameters are in the last column, as JSON. */
export function csvRow({ seq, atMs, kind, actor, params }: TimelineEntry): string {
  const name = actor.kind === 'user' ? actor.name : '';
  const summary = params.summary ?? params.text ?? params.title ?? '';
  return [
    seq,
    new Date(atMs).toISOString(),
    kind,
    actor.kind,
    actor.id,
    name,
    params.tier ?? '',
    summary,
    JSON.stringify(params),
  ]
    .map(csvField)
    .join(',');
}

/** Pieces of text of an export, and what they are. CSV begins with a byte order mark: spreadsheets then read it as UTF-8. */
export function exportOf(
  format: ExportFormat,
  entries: AsyncIterable<readonly TimelineEntry[]>,
): { readonly type: string; readonly lines: AsyncIterable<string> } {
  async function* csv(): AsyncGenerator<string> {
    yield `\ufeff${COLUMNS.join(',')}\r\n`;
    for await (const page of entries) if (page.length > 0) yield `${page.map(csvRow).join('\r\n')}\r\n`;
  }
  async function* jsonl(): AsyncGenerator<string> {
    for await (const page of entries)
      if (page.length > 0) yield `${page.map((entry) => JSON.stringify(entry)).join('\n')}\n`;
  }
  return format === 'csv'
    ? { type: 'text/csv; charset=utf-8', lines: csv() }
    : { type: 'application/x-ndjson', lines: jsonl() };
}
