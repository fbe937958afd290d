import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import {
  AcknowledgeBody,
  type Alert,
  type AlertCommand,
  type AlertLineReply,
  type AlertReply,
  type AlertsReply,
  AssignBody,
  BacktestBody,
  type BacktestReply,
  BulkAcknowledgeBody,
  type BulkResult,
  CommentBody,
  EscalateBody,
  EVALUATIONS,
  HANDLINGS,
  type Matcher,
  NoteBody,
  type RulesReply,
} from '#contract/alerts';
import { AppError } from '#contract/errors';
import { type Actor, actorOf } from '#contract/permissions';
import { UNVERIFIED_AFTER_MS } from '#contract/room';
import type { RuleDetailReply, RuleStatesReply } from '#contract/rule-pages';
import { TIERS } from '#contract/tiers';
import type { AlertCommands, AskedBy, BulkOutcome, CommandOutcome } from '../../alerts/commands.ts';
import { matchesAll, readPattern } from '../../alerts/domain/matchers.ts';
import type { Owners } from '../../alerts/owner.ts';
import { readMatcher } from '../../alerts/read-duty.ts';
import { readIdempotencyKey } from '../store/idempotency.ts';
import { signedIn } from './signed-in.ts';

export interface AlertRouteDeps {
  readonly alerts: {
    readonly commands: AlertCommands;
    list(): AlertsReply;
    detail(id: string): Promise<AlertReply>;
    line(id: string): Promise<AlertLineReply>;
    rules(): RulesReply;
    ruleStates(): RuleStatesReply;
    ruleDetail(id: string): RuleDetailReply;
    reload(actor: Actor): Promise<RulesReply>;
    /** ms since rules were last evaluated by any node; null before the first time. */
    evaluatedAgoMs(): number | null;
    backtest(body: BacktestBody): Promise<BacktestReply>;
    readonly ownerOf: Owners;
  };
  /** ms since the canary last went the whole way; absent: nobody proves it. */
  readonly verifiedAgoMs?: () => number;
}

const closed = { additionalProperties: false } as const;
const Id = Type.Object({ id: Type.String({ pattern: '^[A-Za-z0-9._:-]{1,80}$' }) }, closed);
const RuleId = Type.Object({ id: Type.String({ pattern: '^[A-Za-z0-9_]{1,64}$' }) }, closed);
const one = (values: readonly string[]) => Type.Optional(Type.Enum([...values]));
const Query = Type.Object(
  {
    tier: one(TIERS),
    evaluation: one(EVALUATIONS),
    handling: one(HANDLINGS),
    suppressed: one(['true', 'false']),
    rule: Type.Optional(Type.String({ maxLength: 64 })),
    filter: Type.Optional(
      Type.Union([Type.String({ maxLength: 600 }), Type.Array(Type.String({ maxLength: 600 }), { maxItems: 16 })]),
    ),
    limit: Type.Optional(Type.String({ pattern: '^\\d{1,5}$', description: '1–10000, 1000 when absent' })),
    offset: Type.Optional(Type.String({ pattern: '^\\d{1,6}$' })),
  },
  closed,
);
interface WatchdogReply {
  readonly ok: boolean;
  readonly evaluatedAgoMs: number | null;
  /** ms since the canary last went the whole way. */
  readonly verifiedAgoMs: number;
}
const LIMIT = 1_000;
const LIMIT_MOST = 10_000;
const read = { policy: 'alerts.read' } as const;
const act = { policy: 'alerts.act' } as const;

/** @throws {AppError} `validation`, `unsafe_pattern` */
function readFilter(filter: string | readonly string[] | undefined): Matcher[] {
  const texts = filter === undefined ? [] : typeof filter === 'string' ? [filter] : filter;
  return texts.map((text) => {
    const matcher = readMatcher(text);
    if (matcher === null)
      throw new AppError('validation', `/query/filter: ${text.slice(0, 80)} is not name="value"`, {
        field: '/query/filter',
      });
    if (matcher.op === '=~' || matcher.op === '!~') readPattern(matcher);
    return matcher;
  });
}
export const askedBy = (request: FastifyRequest): AskedBy => ({
  principal: signedIn(request),
  key: readIdempotencyKey(request.headers['idempotency-key']),
  requestId: request.id,
});
const answer = (reply: FastifyReply, { alert, replayed }: CommandOutcome): { alert: Alert } => {
  if (replayed) reply.header('idempotent-replayed', 'true');
  return { alert };
};

const answerMany = (reply: FastifyReply, { results, replayed }: BulkOutcome): { results: readonly BulkResult[] } => {
  if (replayed) reply.header('idempotent-replayed', 'true');
  return { results };
};

/**
 * Alerts: the list, one with its history and why who was (not) paged, and what people do with it. Every act takes an
 * Idempotency-Key, and optionally the `version` it was decided on.
 */
export const alertRoutes: FastifyPluginAsyncTypebox<AlertRouteDeps> = async (app, { alerts, verifiedAgoMs }) => {
  app.get(
    '/api/v1/alerts',
    { config: read, schema: { querystring: Query } },
    async ({ query }): Promise<AlertsReply> => {
      const matchers = readFilter(query.filter);
      const limit = Number(query.limit ?? LIMIT);
      if (limit < 1 || limit > LIMIT_MOST)
        throw new AppError('validation', `/query/limit must be 1–${LIMIT_MOST}`, { field: '/query/limit' });
      const all = alerts.list();
      const wanted = all.alerts.filter(
        (alert) =>
          (query.evaluation === undefined ? alert.firedAt !== null : alert.evaluation === query.evaluation) &&
          (query.tier === undefined || alert.tier === query.tier) &&
          (query.handling === undefined || alert.handling === query.handling) &&
          (query.rule === undefined || alert.rule === query.rule) &&
          (query.suppressed === undefined || alert.suppressedBy.length > 0 === (query.suppressed === 'true')) &&
          matchesAll(matchers, { ...alert.labels, tier: alert.tier }),
      );
      const offset = Number(query.offset ?? 0);
      return { ...all, alerts: wanted.slice(offset, offset + limit), totalCount: wanted.length };
    },
  );
  app.get(
    '/api/v1/alerts/:id',
    { config: read, schema: { params: Id } },
    async ({ params }): Promise<AlertReply> => alerts.detail(params.id),
  );
  app.get(
    '/api/v1/alerts/:id/line',
    { config: read, schema: { params: Id } },
    async ({ params }): Promise<AlertLineReply> => alerts.line(params.id),
  );
  app.get('/api/v1/rules', { config: read }, async (): Promise<RulesReply> => alerts.rules());
  app.get('/api/v1/rules/states', { config: read }, async (): Promise<RuleStatesReply> => alerts.ruleStates());
  app.get(
    '/api/v1/rules/:id',
    { config: read, schema: { params: RuleId } },
    async ({ params }): Promise<RuleDetailReply> => alerts.ruleDetail(params.id),
  );
  // public: whoever watches from outside must be able to ask, and it tells nothing but an age
  app.get('/-/watchdog', { config: { policy: 'public' } }, async (_request, reply): Promise<WatchdogReply> => {
    const evaluatedAgoMs = alerts.evaluatedAgoMs();
    const verifiedMs = verifiedAgoMs?.() ?? 0;
    const ok = evaluatedAgoMs !== null && Math.max(evaluatedAgoMs, verifiedMs) <= UNVERIFIED_AFTER_MS;
    reply.code(ok ? 200 : 503);
    return { ok, evaluatedAgoMs, verifiedAgoMs: verifiedMs };
  });
  app.post(
    '/api/v1/rules/backtest',
    { config: { policy: 'alerts.act' }, schema: { body: BacktestBody } },
    async ({ body }): Promise<BacktestReply> => alerts.backtest(body),
  );
  app.post(
    '/-/reload',
    { config: { policy: 'server.reload' } },
    async (request): Promise<RulesReply> => alerts.reload(actorOf(request.principal)),
  );

  const run = async (
    request: FastifyRequest,
    reply: FastifyReply,
    id: string,
    command: AlertCommand,
    version?: number,
  ) => answer(reply, await alerts.commands.run(id, command, askedBy(request), version));
  const schemaOf = <Body extends Type.TSchema>(body: Body) => ({ params: Id, body });
  app.post(
    '/api/v1/alerts/acknowledge',
    { config: act, schema: { body: BulkAcknowledgeBody } },
    async (request, reply) => {
      const { ids, comment } = request.body;
      return answerMany(reply, await alerts.commands.acknowledgeMany(ids, comment, askedBy(request)));
    },
  );
  app.post(
    '/api/v1/alerts/unacknowledge',
    { config: act, schema: { body: BulkAcknowledgeBody } },
    async (request, reply) => {
      const { ids, comment } = request.body;
      return answerMany(reply, await alerts.commands.unacknowledgeMany(ids, comment, askedBy(request)));
    },
  );
  app.post('/api/v1/alerts/:id/acknowledge', { config: act, schema: schemaOf(AcknowledgeBody) }, (request, reply) => {
    const { version, ...body } = request.body;
    return run(request, reply, request.params.id, { verb: 'acknowledge', ...body }, version);
  });
  app.post('/api/v1/alerts/:id/unacknowledge', { config: act, schema: schemaOf(CommentBody) }, (request, reply) => {
    const { version, ...body } = request.body;
    return run(request, reply, request.params.id, { verb: 'unacknowledge', ...body }, version);
  });
  app.post('/api/v1/alerts/:id/escalate', { config: act, schema: schemaOf(EscalateBody) }, (request, reply) => {
    const { version, ...body } = request.body;
    return run(request, reply, request.params.id, { verb: 'escalate', ...body }, version);
  });
  app.post('/api/v1/alerts/:id/assign', { config: act, schema: schemaOf(AssignBody) }, async (request, reply) => {
    const { version, owner, ...body } = request.body;
    const command: AlertCommand = { verb: 'assign', ...body, owner: await alerts.ownerOf(owner) };
    return run(request, reply, request.params.id, command, version);
  });
  app.post('/api/v1/alerts/:id/resolve', { config: act, schema: schemaOf(CommentBody) }, (request, reply) => {
    const { version, ...body } = request.body;
    return run(request, reply, request.params.id, { verb: 'resolve', ...body }, version);
  });
  app.post('/api/v1/alerts/:id/notes', { config: act, schema: schemaOf(NoteBody) }, (request, reply) =>
    run(request, reply, request.params.id, { verb: 'note', text: request.body.text }),
  );
};
