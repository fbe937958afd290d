import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { DeliveryDeadLettersReply, ReceiversReply, ReceiverTestReply, ReceiverView } from '#contract/receivers';
import type { AlertDelivery } from '../../alerts/delivery/delivery.ts';
import { askedBy } from './alerts.ts';
import { signedIn } from './signed-in.ts';

export interface ReceiverRouteDeps {
  readonly delivery: Pick<AlertDelivery, 'list' | 'test' | 'enable' | 'deadLetters' | 'resend'>;
}
const closed = { additionalProperties: false } as const;
const Id = Type.Object({ id: Type.String({ pattern: '^[a-z][a-z0-9-]{0,39}$' }) }, closed);
const LetterId = Type.Object({ id: Type.String({ pattern: '^[a-z][a-z0-9-]{0,39}\\|[A-Za-z0-9_-]{1,64}$' }) }, closed);
const read = { policy: 'receivers.read' } as const;
const act = { policy: 'receivers.act' } as const;

/** Receivers of pages: how each does, without any secret; a test, a fresh start, and what had to be given up. */
export const receiverRoutes: FastifyPluginAsyncTypebox<ReceiverRouteDeps> = async (app, { delivery }) => {
  app.get('/api/v1/receivers', { config: read }, async (): Promise<ReceiversReply> => delivery.list());
  app.get(
    '/api/v1/receivers/deadletters',
    { config: read },
    async (): Promise<DeliveryDeadLettersReply> => delivery.deadLetters(),
  );
  app.post(
    '/api/v1/receivers/deadletters/:id/resend',
    { config: act, schema: { params: LetterId } },
    async (request, reply): Promise<{ id: string }> => {
      const { id } = request.params;
      const { replayed } = await delivery.resend(id, askedBy(request));
      if (replayed) reply.header('idempotent-replayed', 'true');
      reply.code(202);
      return { id };
    },
  );
  app.post(
    '/api/v1/receivers/:id/test',
    { config: act, schema: { params: Id } },
    async (request, reply): Promise<ReceiverTestReply> => {
      const outcome = await delivery.test(request.params.id, askedBy(request));
      if (outcome.replayed) reply.header('idempotent-replayed', 'true');
      return outcome.reply;
    },
  );
  app.post(
    '/api/v1/receivers/:id/enable',
    { config: act, schema: { params: Id } },
    async (request): Promise<ReceiverView> =>
      delivery.enable(request.params.id, { principal: signedIn(request), requestId: request.id }),
  );
};
