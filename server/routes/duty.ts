import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { type DutyOverride, DutyOverrideBody, type DutyReply } from '#contract/alerts';
import type { Duty } from '../../alerts/duty.ts';
import { askedBy } from './alerts.ts';
import { signedIn } from './signed-in.ts';

export interface DutyRouteDeps {
  readonly duty: Duty;
}
const Id = Type.Object({ id: Type.String({ pattern: '^[A-Za-z0-9-]{1,64}$' }) }, { additionalProperties: false });
const write = { policy: 'duty.write' } as const;

/** Who is on duty now, and standing in for a while: an override wins over shift, rotation and roster. */
export const dutyRoutes: FastifyPluginAsyncTypebox<DutyRouteDeps> = async (app, { duty }) => {
  app.get('/api/v1/duty', { config: { policy: 'duty.read' } }, async (): Promise<DutyReply> => duty.reply());
  app.post(
    '/api/v1/duty/overrides',
    { config: write, schema: { body: DutyOverrideBody } },
    async (request, reply): Promise<DutyOverride> => {
      const { override, replayed } = await duty.create(request.body, askedBy(request));
      if (replayed) reply.header('idempotent-replayed', 'true');
      reply.code(201);
      return override;
    },
  );
  app.delete(
    '/api/v1/duty/overrides/:id',
    { config: write, schema: { params: Id } },
    async (request): Promise<DutyOverride> =>
      duty.end(request.params.id, { principal: signedIn(request), requestId: request.id }),
  );
};
