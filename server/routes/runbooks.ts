import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { AppError } from '#contract/errors';
import {
  AbortBody,
  ApproveBody,
  CancelBody,
  ClaimBody,
  type CommandReply,
  CompleteBody,
  ExecuteBody,
  type Preview,
  RUN_STATES,
  type Runbook,
  type RunbookReply,
  type RunbookSummary,
  type RunbooksReply,
  type RunReply,
  type RunsReply,
  SkipBody,
  StartBody,
} from '#contract/runbooks';
import { TIERS, type Tier } from '#contract/tiers';
import { chooseRunbooks } from '../../runbooks/domain/choose.ts';
import type { AlertLookup } from '../../runbooks/ports.ts';
import type { Answer, Ask, Runner, StepVerb } from '../../runbooks/runner.ts';
import { readIdempotencyKey } from '../store/idempotency.ts';
import { signedIn } from './signed-in.ts';

export interface RunbookRouteDeps {
  readonly runbooks: ReadonlyMap<string, Runbook>;
  readonly runner: Runner;
  readonly alerts: AlertLookup | null;
  /** The campaign's roster, post by post. */
  readonly roster: readonly { readonly post: string; readonly a: string; readonly b: string }[];
  /** Names of its posts. */
  readonly posts: readonly { readonly id: string; readonly zh: string; readonly en: string }[];
  readonly phase: () => string | null;
  /** Redis time, ms. */
  readonly nowMs: () => number;
}
const Id = Type.String({ pattern: '^[a-z0-9-]{1,64}$' });
const closed = { additionalProperties: false } as const;
const ById = Type.Object({ id: Id }, closed);
const StepParams = Type.Object({ id: Id, n: Type.String({ pattern: '^[1-9]\\d?$' }) }, closed);
const Choice = Type.Object(
  {
    rule: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_]{1,64}$' })),
    tier: Type.Optional(Type.Enum([...TIERS])),
    alert: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
  },
  closed,
);
const RunsQuery = Type.Object(
  {
    state: Type.Optional(Type.Enum([...RUN_STATES])),
    alert: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
  },
  closed,
);
const read = { policy: 'runbooks.read' } as const;
const act = { policy: 'runs.act' } as const;

const askOf = (request: FastifyRequest): Ask => ({
  by: signedIn(request),
  key: readIdempotencyKey(request.headers['idempotency-key']),
  requestId: request.id,
});

/**
 * Plans and their runs. Every command needs an Idempotency-Key; the same key and body answer the same again. Commands answer
 * the whole run: what is shown next is never guessed.
 */
export const runbookRoutes: FastifyPluginAsyncTypebox<RunbookRouteDeps> = async (app, deps) => {
  const { runbooks, runner, roster, nowMs } = deps;
  const postsOf = ({ roles }: Runbook): RunbookReply['posts'] =>
    Object.fromEntries(
      Object.entries(roles).map(([role, posts]) => {
        const found = posts.map((post) => roster.find((one) => one.post === post)).find((one) => one !== undefined);
        if (found === undefined) return [role, null];
        const { zh = found.post, en = found.post } = deps.posts.find(({ id }) => id === found.post) ?? {};
        return [role, { ...found, title: { zh, en } }];
      }),
    );
  const summaryOf = (runbook: Runbook, matched?: RunbookSummary['matched']): RunbookSummary => ({
    id: runbook.id,
    plan: runbook.plan,
    title: runbook.title,
    owner: postsOf(runbook)[runbook.owner]?.title ?? null,
    tiers: runbook.chosenBy.tiers,
    lastRehearsed: runbook.lastRehearsed,
    reviewBy: runbook.reviewBy,
    overdue: runbook.reviewBy < new Date(nowMs()).toISOString().slice(0, 10),
    stepCount: runbook.steps.length,
    ...(matched === undefined ? {} : { matched }),
  });
  const answer = ({ run, replayed }: Answer, reply: FastifyReply): CommandReply => {
    if (replayed) reply.header('idempotent-replayed', 'true');
    return { run, serverMs: nowMs() };
  };

  app.get(
    '/api/v1/runbooks',
    { config: read, schema: { querystring: Choice } },
    async ({ query }): Promise<RunbooksReply> => {
      const { rule = null, tier = null, alert: id } = query;
      if (rule === null && tier === null && id === undefined)
        return { runbooks: [...runbooks.values()].map((one) => summaryOf(one)) };
      const alert = id === undefined ? null : ((await deps.alerts?.find(id)) ?? null);
      if (id !== undefined && alert === null)
        throw new AppError('not_found', `there is no alert ${id}`, { field: '/query/alert' });
      const condition = alert ?? { rule, tier: tier as Tier | null, labels: {}, link: null };
      const chosen = chooseRunbooks(runbooks.values(), { ...condition, phase: deps.phase() });
      return { runbooks: chosen.map(({ runbook, matched }) => summaryOf(runbook, matched)) };
    },
  );
  app.get(
    '/api/v1/runbooks/:id',
    { config: read, schema: { params: ById } },
    async ({ params }): Promise<RunbookReply> => {
      const runbook = runbooks.get(params.id);
      if (runbook === undefined) throw new AppError('not_found', `there is no runbook ${params.id}`);
      return { runbook, posts: postsOf(runbook) };
    },
  );
  app.get(
    '/api/v1/runs',
    { config: read, schema: { querystring: RunsQuery } },
    async ({ query }): Promise<RunsReply> => {
      const runs = await runner.store.list();
      return {
        runs: runs.filter(
          ({ state, alertId }) =>
            (query.state === undefined || state === query.state) &&
            (query.alert === undefined || alertId === query.alert),
        ),
      };
    },
  );
  app.get('/api/v1/runs/:id', { config: read, schema: { params: ById } }, async ({ params }): Promise<RunReply> => {
    const { run, runbook } = await runner.store.load(params.id);
    return { run, runbook, posts: postsOf(runbook), serverMs: nowMs() };
  });
  app.post(
    '/api/v1/runs',
    { config: act, schema: { body: StartBody } },
    async (request, reply): Promise<CommandReply> => {
      const started = await runner.start(request.body, askOf(request));
      reply.code(started.joined ? 200 : 201);
      return answer(started, reply);
    },
  );
  app.post(
    '/api/v1/runs/:id/abort',
    { config: act, schema: { params: ById, body: AbortBody } },
    async (request, reply) => answer(await runner.abort(request.params.id, request.body.reason, askOf(request)), reply),
  );

  const step = async (
    request: FastifyRequest,
    reply: FastifyReply,
    what: StepVerb,
    version: number | undefined,
  ): Promise<CommandReply> => {
    const { id, n } = request.params as { id: string; n: string };
    return answer(await runner.step(id, Number(n), what, askOf(request), version), reply);
  };
  const path = '/api/v1/runs/:id/steps/:n';
  app.post(`${path}/claim`, { config: act, schema: { params: StepParams, body: ClaimBody } }, (request, reply) =>
    step(request, reply, { verb: 'claim', takeOver: request.body.takeOver ?? false }, request.body.version),
  );
  app.post(
    `${path}/complete`,
    { config: act, schema: { params: StepParams, body: CompleteBody } },
    (request, reply) => {
      const { outcome = 'done', note = null, despite = false, version } = request.body;
      const what = {
        verb: 'complete',
        outcome,
        note: note === '' ? null : note,
        ...(despite ? { despite } : {}),
      } as const;
      return step(request, reply, what, version);
    },
  );
  app.post(`${path}/skip`, { config: act, schema: { params: StepParams, body: SkipBody } }, (request, reply) =>
    step(request, reply, { verb: 'skip', reason: request.body.reason }, request.body.version),
  );
  app.post(
    `${path}/execute`,
    { config: act, schema: { params: StepParams, body: ExecuteBody } },
    async (request, reply): Promise<CommandReply | { preview: Preview }> => {
      const { dryRun = false, undo = false, terms, version } = request.body;
      const { id, n } = request.params;
      if (dryRun) return { preview: await runner.preview(id, Number(n), undo ? 'undo' : 'do') };
      if (terms === undefined)
        throw new AppError('validation', '/body/terms: take them from a dry run', { field: '/body/terms' });
      return step(request, reply, { verb: 'execute', undo, terms }, version);
    },
  );
  app.post(
    `${path}/approve`,
    { config: { policy: 'runs.approve' }, schema: { params: StepParams, body: ApproveBody } },
    (request, reply) => step(request, reply, { verb: 'approve', terms: request.body.terms }, undefined),
  );
  app.post(`${path}/cancel`, { config: act, schema: { params: StepParams, body: CancelBody } }, (request, reply) =>
    step(request, reply, { verb: 'cancel', reason: request.body.reason ?? null }, undefined),
  );
};
