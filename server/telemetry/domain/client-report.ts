import { VIEWS } from '#contract/frames';

/** What the server reads of a browser's report (the transport body of @grafana/faro-core); all else is passed on or dropped. */
export interface ClientReport {
  /** As the client names its build; '' when it does not say. */
  readonly build: string;
  readonly vitals: readonly { readonly name: VitalName; readonly value: number }[];
  readonly frameAges: readonly { readonly view: string; readonly ageMs: number }[];
  readonly errorKinds: readonly string[];
}
/** Largest values that are believed: ms, ms and a ratio. A page that slept for hours reports nonsense. */
const VITAL_MAX = { lcp: 600_000, inp: 600_000, cls: 1_000 } as const;
export type VitalName = keyof typeof VITAL_MAX;
const FRAME_AGE_MAX_MS = 86_400_000;

/** Kinds of errors told apart in `/metrics`; whatever else a page throws is `other`, so that labels stay few. */
const ERROR_KINDS: ReadonlySet<string> = new Set([
  'Error',
  'TypeError',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
  'DOMException',
  'AbortError',
  'ChunkLoadError',
  'UnhandledRejection',
]);
const VIEW_NAMES: ReadonlySet<string> = new Set(VIEWS);
const BUILD = /^[A-Za-z0-9._+-]{1,64}$/;

type Fields = Readonly<Record<string, unknown>>;
const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
const listOf = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.map(fieldsOf) : []);
const numberIn = (value: unknown, max: number): number | null =>
  typeof value === 'number' && value >= 0 && value <= max ? value : null;

/** Reads what it knows and passes over the rest: a newer client must not lose its report over a field. */
export function readReport(body: unknown): ClientReport {
  const { meta, measurements, exceptions } = fieldsOf(body);
  const { app, view } = fieldsOf(meta);
  const build = fieldsOf(app).version;
  const vitals: { name: VitalName; value: number }[] = [];
  const frameAges: { view: string; ageMs: number }[] = [];
  for (const { type, values, context } of listOf(measurements)) {
    const given = fieldsOf(values);
    if (type === 'web-vitals') {
      for (const [name, max] of Object.entries(VITAL_MAX) as [VitalName, number][]) {
        const value = numberIn(given[name], max);
        if (value !== null) vitals.push({ name, value });
      }
    }
    if (type !== 'frame_age_ms') continue;
    const ageMs = numberIn(given.frame_age_ms, FRAME_AGE_MAX_MS);
    const name = fieldsOf(context).view ?? fieldsOf(view).name;
    if (ageMs !== null)
      frameAges.push({ view: typeof name === 'string' && VIEW_NAMES.has(name) ? name : 'none', ageMs });
  }
  return {
    build: typeof build === 'string' && BUILD.test(build) ? build : '',
    vitals,
    frameAges,
    errorKinds: listOf(exceptions).map(({ type }) =>
      typeof type === 'string' && ERROR_KINDS.has(type) ? type : 'other',
    ),
  };
}

/** Tokens of this product, wherever one may have slipped into a message. */
const TOKEN = /wr[sklp]_[A-Za-z0-9_-]{10,}/g;
/** Query and fragment of an address inside JSON text. */
const ADDRESS_TAIL = /(https?:\/\/[^\s"?#\\]+)[?#][^\s"\\]*/g;
const META_PARTS = ['app', 'browser', 'os', 'sdk', 'view'] as const;
const LISTS = ['exceptions', 'measurements', 'logs', 'events'] as const;

/**
 * The report as it may leave the house, as JSON: who sent it (`meta.user`, `meta.session`) stays here, addresses lose their
 * query and fragment, tokens their text.
 */
export function reportToForward(body: unknown): string {
  const report = fieldsOf(body);
  const given = fieldsOf(report.meta);
  const meta: Record<string, unknown> = {};
  for (const part of META_PARTS) if (given[part] !== undefined) meta[part] = given[part];
  const { url } = fieldsOf(given.page);
  if (typeof url === 'string') meta.page = { url };
  const lists = LISTS.flatMap((name) => (Array.isArray(report[name]) ? [[name, report[name]] as const] : []));
  return JSON.stringify({ meta, ...Object.fromEntries(lists) })
    .replace(ADDRESS_TAIL, '$1')
    .replace(TOKEN, 'wr_…');
}
