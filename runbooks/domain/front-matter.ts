import { type Static, type TSchema, Type } from 'typebox';
import { Errors } from 'typebox/value';
import { LineCounter, type Node, parseDocument } from 'yaml';
import { ACTION_TYPES } from '#contract/runbooks';
import { TIERS } from '#contract/tiers';
import type { Report } from './source.ts';

const closed = { additionalProperties: false } as const;
const Id = Type.String({ pattern: '^[a-z0-9-]{1,64}$' });
const Name = Type.String({ pattern: '^[a-z][a-z0-9_]{0,39}$' });
const Day = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' });
const Line = Type.String({ minLength: 1, maxLength: 300 });
const Both = Type.Object({ zh: Line, en: Line }, closed);
const Minutes = Type.Integer({ minimum: 1, maximum: 1_440 });
const Body = Type.Record(Type.String(), Type.Union([Type.String({ maxLength: 500 }), Type.Number(), Type.Boolean()]));
const common = {
  title: Both,
  effect: Both,
  undo_effect: Type.Optional(Both),
  second_person: Type.Optional(Type.Boolean()),
};

const ACTIONS = {
  webhook: Type.Object(
    { type: Type.Literal('webhook'), ...common, hook: Name, body: Body, undo: Type.Optional(Body) },
    closed,
  ),
  'budget.freeze': Type.Object(
    {
      type: Type.Literal('budget.freeze'),
      ...common,
      channels: Type.Array(Type.String({ pattern: '^(\\*|[A-Za-z0-9._:-]{1,64})$' }), { minItems: 1 }),
      direction: Type.Enum(['increases', 'all']),
    },
    closed,
  ),
  silence: Type.Object(
    {
      type: Type.Literal('silence'),
      ...common,
      matchers: Type.Array(
        Type.Object(
          { name: Type.String({ pattern: '^[a-zA-Z_][a-zA-Z0-9_]{0,63}$' }), op: Type.Enum(['=', '!=']), value: Line },
          closed,
        ),
        { minItems: 1, maxItems: 16 },
      ),
      minutes: Minutes,
    },
    closed,
  ),
  banner: Type.Object(
    { type: Type.Literal('banner'), ...common, tier: Type.Enum([...TIERS]), text: Both, minutes: Minutes },
    closed,
  ),
};
export type FrontAction = { [Kind in keyof typeof ACTIONS]: Static<(typeof ACTIONS)[Kind]> }[keyof typeof ACTIONS];
/** Which fields an action has depends on its type, so each is checked by its own schema after this one. */
const AnyAction = Type.Object({ type: Type.Enum([...ACTION_TYPES]) });

export const FrontMatter = Type.Object(
  {
    id: Id,
    /** Contingency plan of the campaign file. */
    plan: Name,
    zh: Line,
    en: Line,
    /** Key of `roles`. */
    owner: Name,
    roles: Type.Record(Type.String({ pattern: '^[a-z_]{1,40}$' }), Type.Array(Name, { minItems: 1 })),
    chosen_by: Type.Object(
      {
        tiers: Type.Array(Type.Enum([...TIERS]), { minItems: 1 }),
        rules: Type.Array(Type.String({ pattern: '^[A-Za-z0-9_]+\\*?$' })),
        labels: Type.Optional(Type.Record(Type.String(), Type.Array(Type.String(), { minItems: 1 }))),
        phases: Type.Optional(Type.Array(Type.String())),
      },
      closed,
    ),
    last_rehearsed: Day,
    review_by: Day,
    timeout_minutes: Minutes,
    resolved: Type.Optional(Type.String()),
    actions: Type.Optional(Type.Record(Type.String({ pattern: '^[a-z][a-z0-9_]{0,39}$' }), AnyAction)),
  },
  closed,
);
export type FrontMatter = Omit<Static<typeof FrontMatter>, 'actions'> & {
  readonly actions?: Readonly<Record<string, FrontAction>>;
};

/**
 * Reads the YAML between the two `---` lines; each fault is reported with its line in the file.
 * @returns null when it cannot be used
 */
export function readFrontMatter(text: string, report: Report): FrontMatter | null {
  const lines = new LineCounter();
  const doc = parseDocument(text, { lineCounter: lines });
  for (const error of doc.errors)
    report((error.linePos?.[0].line ?? 1) + 1, error.message.split('\n')[0] ?? 'not YAML');
  if (doc.errors.length > 0) return null;
  const value: unknown = doc.toJS();
  const seen = new Set<string>();
  const hold = (schema: TSchema, part: unknown, at: string): void => {
    for (const { instancePath, message } of Errors(schema, part)) {
      const path = `${at}${instancePath}`;
      if (seen.has(path) || message === 'schema is false') continue;
      seen.add(path);
      report(lineOf(doc, path.split('/').slice(1), lines), `${path || 'front matter'} ${message}`);
    }
  };
  hold(FrontMatter, value, '');
  if (seen.size === 0)
    for (const [name, action] of Object.entries((value as FrontMatter).actions ?? {}))
      hold(ACTIONS[action.type], action, `/actions/${name}`);
  return seen.size > 0 ? null : (value as FrontMatter);
}

/** Line in the file of the deepest part of a path that is there; the YAML starts on the file's second line. */
function lineOf(doc: ReturnType<typeof parseDocument>, path: readonly string[], lines: LineCounter): number {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const node = doc.getIn(
      path.slice(0, depth).map((part) => (/^\d+$/.test(part) ? Number(part) : part)),
      true,
    ) as Node | undefined;
    if (node?.range) return lines.linePos(node.range[0]).line + 1;
  }
  return 2;
}
