import { Readable } from 'node:stream';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { type Static, Type } from 'typebox';
import { AppError } from '#contract/errors';
import { type Principal, roleMay } from '#contract/permissions';
import { TIERS } from '#contract/tiers';
import {
  EXPORT_FORMATS,
  TIMELINE_KINDS,
  type TimelineEntry,
  type TimelineKind,
  type TimelineReply,
} from '#contract/timeline';
import type { TimelineFilter } from '#contract/timeline-filter';
import { WORDED } from '#contract/words';
import { exportOf } from '../room/domain/timeline-export.ts';
import { TIMELINE_PAGE, type Timeline, type TimelineQuery } from '../room/timeline.ts';
import { readIdempotencyKey } from '../store/idempotency.ts';

export interface TimelineRouteDeps {
  readonly timeline: {
    page(query: TimelineQuery): Promise<TimelineReply & { readonly reset: boolean }>;
    readonly walk: Timeline['walk'];
    note(note: { principal: Principal; key: string; text: string; requestId: string }): Promise<{
      entry: TimelineEntry;
      replayed: boolean;
    }>;
  };
}

const Seq = Type.String({ pattern: '^\\d{1,15}$', description: 'seq of an entry' });
const Time = Type.String({ pattern: '^\\d{13}$', description: 'ms since the Unix epoch' });
const filters = {
  kinds: Type.Optional(Type.String({ pattern: '^[a-z._]+(,[a-z._]+)*$', maxLength: 2_000 })),
  actor: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
  tier: Type.Optional(Type.Enum([...TIERS])),
  text: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  from: Type.Optional(Time),
  to: Type.Optional(Time),
};
const closed = { additionalProperties: false } as const;
const ExportQuery = Type.Object({ format: Type.Enum([...EXPORT_FORMATS]), ...filters }, closed);
const Query = Type.Object(
  {
    after: Type.Optional(Seq),
    before: Type.Optional(Seq),
    epoch: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9-]{0,64}$' })),
    limit: Type.Optional(Type.String({ pattern: '^\\d{1,3}$', description: '1–500, 100 when absent' })),
    ...filters,
  },
  closed,
);
/** Plain text of one note; line ends and other control characters are refused, as everywhere. */
const NoteBody = Type.Object(
  {
    text: Type.String({ minLength: 1, maxLength: 2_000, pattern: WORDED }),
  },
  closed,
);

function readKinds(text: string): TimelineKind[] {
  const kinds = text.split(',');
  const known = (kind: string): kind is TimelineKind => (TIMELINE_KINDS as readonly string[]).includes(kind);
  if (!kinds.every(known)) {
    const wrong = kinds.find((kind) => !known(kind));
    throw new AppError('validation', `/query/kinds: ${wrong} is not a kind of entry`, { field: '/query/kinds' });
  }
  return kinds;
}

type Filters = Pick<Static<typeof Query>, keyof typeof filters>;
function readFilter({ kinds, actor, tier, text, from, to }: Filters): TimelineFilter {
  return {
    ...(kinds === undefined ? {} : { kinds: readKinds(kinds) }),
    ...(actor === undefined ? {} : { actorId: actor }),
    ...(tier === undefined ? {} : { tier }),
    ...(text === undefined ? {} : { text }),
    ...(from === undefined ? {} : { fromMs: Number(from) }),
    ...(to === undefined ? {} : { toMs: Number(to) }),
  };
}
const seesSecurity = (principal: Principal | null): boolean =>
  principal !== null && roleMay(principal.role, 'timeline.security');

/**
 * `GET /api/v1/timeline?after=&epoch=&before=&limit=&kinds=&actor=&tier=&text=&from=&to=` reads a page, oldest entry first;
 * without `after` and `before` it is the newest. `…/export?format=csv|jsonl` streams all that is wanted, oldest first.
 * `POST /api/v1/timeline/notes` `{text}` adds a note; Idempotency-Key required.
 */
export const timelineRoutes: FastifyPluginAsyncTypebox<TimelineRouteDeps> = async (app, { timeline }) => {
  app.get(
    '/api/v1/timeline',
    { config: { policy: 'timeline.read' }, schema: { querystring: Query } },
    async ({ query, principal }): Promise<TimelineReply & { reset: boolean }> => {
      const limit = Number(query.limit ?? TIMELINE_PAGE);
      if (limit < 1 || limit > 500) {
        throw new AppError('validation', '/query/limit must be 1–500', { field: '/query/limit' });
      }
      if (query.after !== undefined && query.before !== undefined) {
        throw new AppError('validation', 'give after or before, not both', { field: '/query/before' });
      }
      return timeline.page({
        limit,
        seesSecurity: seesSecurity(principal),
        ...readFilter(query),
        ...(query.after === undefined ? {} : { after: Number(query.after) }),
        ...(query.before === undefined ? {} : { before: Number(query.before) }),
        ...(query.epoch === undefined ? {} : { epoch: query.epoch }),
      });
    },
  );
  app.get(
    '/api/v1/timeline/export',
    { config: { policy: 'timeline.export' }, schema: { querystring: ExportQuery } },
    async ({ query, principal }, reply) => {
      const entries = timeline.walk({ ...readFilter(query), seesSecurity: seesSecurity(principal) });
      const { type, lines } = exportOf(query.format, entries);
      reply.header('content-disposition', `attachment; filename="timeline.${query.format}"`);
      return reply.type(type).send(Readable.from(lines));
    },
  );
  app.post(
    '/api/v1/timeline/notes',
    { config: { policy: 'timeline.note' }, schema: { body: NoteBody } },
    async (request, reply): Promise<TimelineEntry> => {
      const key = readIdempotencyKey(request.headers['idempotency-key']);
      const { principal } = request;
      if (principal === null) throw new AppError('unauthenticated', 'sign in to write a note');
      const { entry, replayed } = await timeline.note({
        principal,
        key,
        text: request.body.text,
        requestId: request.id,
      });
      if (replayed) reply.header('idempotent-replayed', 'true');
      reply.code(201);
      return entry;
    },
  );
};
