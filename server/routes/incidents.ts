import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import {
  ChangeBody,
  DeclareBody,
  IncidentNoteBody,
  LinkBody,
  MitigateBody,
  MuteBody,
  ReopenBody,
  ResolveBody,
  RoleBody,
  StatusBody,
} from '#contract/incident-bodies';
import {
  INCIDENT_STATES,
  type IncidentCommand,
  type IncidentCommandReply,
  type IncidentReply,
  type IncidentRole,
  type IncidentsReply,
} from '#contract/incidents';
import type { MuteReply } from '#contract/room';
import type { Tier } from '#contract/tiers';
import type { IncidentAnswer, IncidentAsk, Incidents } from '../room/incidents.ts';
import type { RoomSound } from '../room/sound.ts';
import { readIdempotencyKey } from '../store/idempotency.ts';
import { signedIn } from './signed-in.ts';

export interface IncidentRouteDeps {
  readonly incidents: Pick<Incidents, 'list' | 'detail' | 'declare' | 'act'>;
  readonly sound: Pick<RoomSound, 'mute'>;
  /** Redis time, ms. */
  readonly nowMs: () => number;
}
const closed = { additionalProperties: false } as const;
const ById = Type.Object({ id: Type.String({ pattern: '^[a-z0-9-]{1,64}$' }) }, closed);
const Query = Type.Object({ state: Type.Optional(Type.Enum([...INCIDENT_STATES])) }, closed);
const LIST_MAX = 200;
const read = { policy: 'incidents.read' } as const;
const act = { policy: 'incidents.act' } as const;

const askOf = (request: FastifyRequest): IncidentAsk => ({
  by: signedIn(request),
  key: readIdempotencyKey(request.headers['idempotency-key']),
  requestId: request.id,
});

/**
 * Incidents and the room's sound. Every command takes an Idempotency-Key and, optionally, the `version` it was decided on; it
 * answers the whole incident.
 */
export const incidentRoutes: FastifyPluginAsyncTypebox<IncidentRouteDeps> = async (app, deps) => {
  const { incidents, sound, nowMs } = deps;
  const answer = (reply: FastifyReply, { incident, replayed }: IncidentAnswer): IncidentCommandReply => {
    if (replayed) reply.header('idempotent-replayed', 'true');
    return { incident, serverMs: nowMs() };
  };
  app.get(
    '/api/v1/incidents',
    { config: read, schema: { querystring: Query } },
    async ({ query }): Promise<IncidentsReply> => {
      const all = await incidents.list();
      const wanted = all.filter(({ state }) => query.state === undefined || state === query.state);
      return { incidents: wanted.slice(0, LIST_MAX), serverMs: nowMs() };
    },
  );
  app.get(
    '/api/v1/incidents/:id',
    { config: read, schema: { params: ById } },
    async ({ params }): Promise<IncidentReply> => incidents.detail(params.id),
  );
  app.post('/api/v1/incidents', { config: act, schema: { body: DeclareBody } }, async (request, reply) => {
    const declared = await incidents.declare(request.body, askOf(request));
    reply.code(201);
    return answer(reply, declared);
  });

  const run = async (
    request: FastifyRequest,
    reply: FastifyReply,
    command: IncidentCommand,
    version?: number,
  ): Promise<IncidentCommandReply> => {
    const { id } = request.params as { id: string };
    return answer(reply, await incidents.act(id, command, askOf(request), version));
  };
  const path = '/api/v1/incidents/:id';
  const schemaOf = <Body extends Type.TSchema>(body: Body) => ({ params: ById, body });
  app.post(`${path}/mitigate`, { config: act, schema: schemaOf(MitigateBody) }, (request, reply) => {
    const { version, ...body } = request.body;
    return run(request, reply, { verb: 'mitigate', ...body }, version);
  });
  app.post(`${path}/resolve`, { config: act, schema: schemaOf(ResolveBody) }, (request, reply) => {
    const { version, ...body } = request.body;
    return run(request, reply, { verb: 'resolve', ...body }, version);
  });
  app.post(`${path}/reopen`, { config: act, schema: schemaOf(ReopenBody) }, (request, reply) => {
    const { version, reason } = request.body;
    return run(request, reply, { verb: 'reopen', reason }, version);
  });
  app.post(`${path}/role`, { config: act, schema: schemaOf(RoleBody) }, (request, reply) => {
    const { version, role, person } = request.body;
    return run(request, reply, { verb: 'role', role: role as IncidentRole, person }, version);
  });
  app.post(`${path}/status`, { config: act, schema: schemaOf(StatusBody) }, (request, reply) => {
    const { version, ...body } = request.body;
    return run(request, reply, { verb: 'status', ...body }, version);
  });
  app.post(`${path}/links`, { config: act, schema: schemaOf(LinkBody) }, (request, reply) => {
    const { version, alertIds = [], runIds = [], remove = false } = request.body;
    return run(request, reply, { verb: 'link', alertIds, runIds, remove }, version);
  });
  app.post(`${path}/change`, { config: act, schema: schemaOf(ChangeBody) }, (request, reply) => {
    const { version, title, tier } = request.body;
    const what = { ...(title === undefined ? {} : { title }), ...(tier === undefined ? {} : { tier: tier as Tier }) };
    return run(request, reply, { verb: 'change', ...what }, version);
  });
  app.post(`${path}/notes`, { config: act, schema: schemaOf(IncidentNoteBody) }, (request, reply) =>
    run(request, reply, { verb: 'note', text: request.body.text }),
  );

  app.post(
    '/api/v1/sound/mute',
    { config: { policy: 'sound.mute' }, schema: { body: MuteBody } },
    async (request, reply): Promise<MuteReply> => {
      const { mutedUntil, replayed } = await sound.mute(Number(request.body.minutes), askOf(request));
      if (replayed) reply.header('idempotent-replayed', 'true');
      return { mutedUntil, serverMs: nowMs() };
    },
  );
};
