import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import {
  ACCOUNT_PATTERN,
  ApproveMoveBody,
  type BudgetReply,
  CancelMoveBody,
  ConfirmMoveBody,
  ENTRY_KINDS,
  FreezeBody,
  type FreezeReply,
  type Move,
  type MoveReply,
  type MovesReply,
  RejectMoveBody,
  ReverseMoveBody,
  ReviewMoveBody,
  TransferBody,
} from '#contract/budget';
import { AppError } from '#contract/errors';
import type { Budget } from '../budget/create-budget.ts';
import { type Ask, type Outcome, personOf } from '../budget/moves.ts';
import { readIdempotencyKey } from '../store/idempotency.ts';
import { sendLedger } from './budget-ledger.ts';
import { signedIn } from './signed-in.ts';

export interface BudgetRouteDeps {
  readonly budget: Budget;
}
const closed = { additionalProperties: false } as const;
const Id = Type.Object({ id: Type.String({ pattern: '^[A-Za-z0-9-]{1,64}$' }) }, closed);
const MovesQuery = Type.Object(
  {
    limit: Type.Optional(Type.String({ pattern: '^\\d{1,3}$', description: '1–500, 100 when absent' })),
    before: Type.Optional(Type.String({ pattern: '^\\d{1,15}$', description: 'asked for earlier than this, ms' })),
  },
  closed,
);
const LedgerQuery = Type.Object(
  {
    after: Type.Optional(Type.String({ pattern: '^\\d{1,15}$' })),
    limit: Type.Optional(Type.String({ pattern: '^\\d{1,4}$', description: '1–1000, 200 when absent' })),
    before: Type.Optional(
      Type.String({
        pattern: '^\\d{1,15}$',
        description: 'the newest lines below this seq, instead of the first after `after`',
      }),
    ),
    account: Type.Optional(Type.String({ pattern: ACCOUNT_PATTERN })),
    move: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9-]{1,64}$' })),
    kind: Type.Optional(Type.Enum([...ENTRY_KINDS])),
  },
  closed,
);
const askedBy = (request: FastifyRequest): Ask => ({
  by: signedIn(request),
  key: readIdempotencyKey(request.headers['idempotency-key']),
  requestId: request.id,
});
/** A preview changes nothing, so it needs no key. */
const previewBy = (request: FastifyRequest): Ask => ({ by: signedIn(request), key: '', requestId: request.id });

/**
 * Money: what there is, asking for moves, deciding on them, freezes, and the ledger. Every change takes an Idempotency-Key; refusals
 * come in the order of contract/budget.ts.
 */
export const budgetRoutes: FastifyPluginAsyncTypebox<BudgetRouteDeps> = async (app, { budget }) => {
  const read = { policy: 'budget.read' } as const;
  const request = { policy: 'budget.request' } as const;
  const approve = { policy: 'budget.approve' } as const;
  const moved = (move: Move): MoveReply => ({ move: budget.view(move), preview: null, serverMs: budget.nowMs() });
  const answer = (reply: FastifyReply, { move, replayed }: Outcome): MoveReply => {
    if (replayed) reply.header('idempotent-replayed', 'true');
    return moved(move);
  };

  app.get('/api/v1/budget', { config: read }, async (): Promise<BudgetReply> => {
    await budget.book.load();
    return budget.book.reply();
  });
  app.get(
    '/api/v1/budget/transfers',
    { config: read, schema: { querystring: MovesQuery } },
    async ({ query }): Promise<MovesReply> => {
      await budget.fresh();
      const limit = Math.min(500, Math.max(1, Number(query.limit ?? 100)));
      const moves = await budget.store.moves(limit, query.before === undefined ? null : Number(query.before));
      return { moves: moves.map(budget.view), serverMs: budget.nowMs() };
    },
  );
  app.get(
    '/api/v1/budget/transfers/:id',
    { config: read, schema: { params: Id } },
    async ({ params }): Promise<MoveReply> => {
      await budget.fresh();
      return moved(await budget.store.move(params.id));
    },
  );

  app.post(
    '/api/v1/budget/transfers',
    { config: request, schema: { body: TransferBody } },
    async (asked, reply): Promise<MoveReply> => {
      await budget.fresh();
      const { body } = asked;
      if (body.validateOnly === true)
        return { move: null, preview: await budget.submit.preview(body, previewBy(asked)), serverMs: budget.nowMs() };
      const outcome = await budget.submit.request(body, askedBy(asked));
      reply.code(outcome.replayed ? 200 : 201);
      return answer(reply, outcome);
    },
  );
  app.post(
    '/api/v1/budget/transfers/:id/reverse',
    { config: request, schema: { params: Id, body: ReverseMoveBody } },
    async (asked, reply): Promise<MoveReply> => {
      await budget.fresh();
      const { reason, validateOnly } = asked.body;
      const { id } = asked.params;
      if (validateOnly === true)
        return {
          move: null,
          preview: await budget.submit.previewReverse(id, reason, previewBy(asked)),
          serverMs: budget.nowMs(),
        };
      const outcome = await budget.submit.reverse(id, reason, askedBy(asked));
      reply.code(outcome.replayed ? 200 : 201);
      return answer(reply, outcome);
    },
  );
  app.post(
    '/api/v1/budget/transfers/:id/approve',
    { config: approve, schema: { params: Id, body: ApproveMoveBody } },
    async (asked, reply) => {
      await budget.fresh();
      return answer(reply, await budget.decide.approve(asked.params.id, asked.body.terms, askedBy(asked)));
    },
  );
  app.post(
    '/api/v1/budget/transfers/:id/reject',
    { config: approve, schema: { params: Id, body: RejectMoveBody } },
    async (asked, reply) => {
      await budget.fresh();
      const { reason, terms } = asked.body;
      return answer(reply, await budget.decide.reject(asked.params.id, reason, terms ?? null, askedBy(asked)));
    },
  );
  app.post(
    '/api/v1/budget/transfers/:id/cancel',
    { config: request, schema: { params: Id, body: CancelMoveBody } },
    async (asked, reply) =>
      answer(reply, await budget.decide.cancel(asked.params.id, asked.body.reason ?? null, askedBy(asked))),
  );
  app.post(
    '/api/v1/budget/transfers/:id/review',
    { config: approve, schema: { params: Id, body: ReviewMoveBody } },
    async (asked, reply) =>
      answer(reply, await budget.decide.review(asked.params.id, asked.body.note ?? null, askedBy(asked))),
  );

  // safe to repeat: a command has one receipt, and telling it again changes nothing
  app.post(
    '/api/v1/budget/transfers/:id/confirm',
    { config: approve, schema: { params: Id, body: ConfirmMoveBody } },
    async (asked): Promise<MoveReply> => {
      readIdempotencyKey(asked.headers['idempotency-key']);
      return moved(await budget.byHand(asked.params.id, asked.body, personOf(signedIn(asked))));
    },
  );

  app.post(
    '/api/v1/budget/freezes',
    { config: { policy: 'budget.freeze' }, schema: { body: FreezeBody } },
    async (asked, reply): Promise<FreezeReply> => {
      const { freeze, replayed } = await budget.freezes.freeze(asked.body, askedBy(asked));
      if (replayed) reply.header('idempotent-replayed', 'true');
      reply.code(replayed ? 200 : 201);
      return { freeze };
    },
  );
  app.delete(
    '/api/v1/budget/freezes/:id',
    { config: { policy: 'budget.unfreeze' }, schema: { params: Id } },
    async (asked, reply): Promise<FreezeReply> => {
      const { freeze, replayed } = await budget.freezes.lift(asked.params.id, askedBy(asked));
      if (replayed) reply.header('idempotent-replayed', 'true');
      return { freeze };
    },
  );

  app.get(
    '/api/v1/budget/ledger',
    { config: { policy: 'ledger.read' }, schema: { querystring: LedgerQuery } },
    ({ query, headers }, reply) => {
      const { after, limit, before, account, move, kind } = query;
      return sendLedger(reply, budget.ledger, headers.accept, {
        after: Number(after ?? 0),
        limit: Math.min(1_000, Math.max(1, Number(limit ?? 200))),
        ...(before === undefined ? {} : { before: Number(before) }),
        ...(account === undefined ? {} : { account }),
        ...(move === undefined ? {} : { move }),
        ...(kind === undefined ? {} : { kind }),
      });
    },
  );
  // the ledger was put right: look at all of it again, and let money move if it adds up
  app.post(
    '/api/v1/budget/ledger/resume',
    { config: { policy: 'budget.unfreeze' } },
    async (): Promise<BudgetReply> => {
      if (!(await budget.watch.resume())) {
        const fault = budget.watch.fault;
        throw new AppError('ledger_frozen', `the ledger still does not add up: line ${fault?.seq}: ${fault?.what}`, {
          extra: { ...fault },
        });
      }
      await budget.book.load();
      return budget.book.reply();
    },
  );
};
