import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { type DutyOverride, DutyOverrideBody, type DutyReply } from '#contract/alerts';
import {
  type KnownPeopleReply,
  type LoadReply,
  type ScheduleReply,
  ShiftBody,
  type ShiftReply,
  type ShiftsReply,
} from '#contract/duty';
import type { Duty } from '../../alerts/duty.ts';
import type { PageLoad } from '../../alerts/page-load.ts';
import { askedBy } from './alerts.ts';
import { signedIn } from './signed-in.ts';

export interface DutyRouteDeps {
  readonly duty: Duty;
  readonly load: PageLoad;
}
const Id = Type.Object({ id: Type.String({ pattern: '^[A-Za-z0-9-]{1,64}$' }) }, { additionalProperties: false });
const Span = Type.Object(
  { from: Type.String({ pattern: '^\\d{13}$' }), to: Type.String({ pattern: '^\\d{13}$' }) },
  { additionalProperties: false },
);
const Version = Type.Object({ version: Type.String({ pattern: '^[1-9]\\d{0,8}$' }) }, { additionalProperties: false });
const read = { policy: 'duty.read' } as const;
const write = { policy: 'duty.write' } as const;

/**
 * Who is on duty now and when it changes; shifts, and standing in for a while: an override wins over shift, rotation and
 * roster. A shift is put under an id of the caller's and the version it saw.
 */
export const dutyRoutes: FastifyPluginAsyncTypebox<DutyRouteDeps> = async (app, { duty, load }) => {
  app.get('/api/v1/duty', { config: read }, async (): Promise<DutyReply> => duty.reply());
  app.get(
    '/api/v1/duty/schedule',
    { config: read, schema: { querystring: Span } },
    async ({ query }): Promise<ScheduleReply> => duty.schedule(Number(query.from), Number(query.to)),
  );
  app.get(
    '/api/v1/duty/people',
    { config: write },
    async (): Promise<KnownPeopleReply> => ({ people: await duty.known() }),
  );
  app.get('/api/v1/duty/load', { config: read }, async (): Promise<LoadReply> => load());
  app.get('/api/v1/duty/shifts', { config: read }, async (): Promise<ShiftsReply> => duty.shifts.list());
  app.put(
    '/api/v1/duty/shifts/:id',
    { config: write, schema: { params: Id, body: ShiftBody } },
    async (request, reply): Promise<ShiftReply> => {
      const { replayed, ...answer } = await duty.shifts.put(request.params.id, request.body, askedBy(request));
      if (replayed) reply.header('idempotent-replayed', 'true');
      return answer;
    },
  );
  app.delete(
    '/api/v1/duty/shifts/:id',
    { config: write, schema: { params: Id, querystring: Version } },
    async (request, reply): Promise<ShiftReply> => {
      const version = Number(request.query.version);
      const { replayed, ...answer } = await duty.shifts.remove(request.params.id, version, askedBy(request));
      if (replayed) reply.header('idempotent-replayed', 'true');
      return answer;
    },
  );
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
