import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import {
  type AlertGroup,
  type AlertmanagerStatus,
  FOREIGN_ORIGIN,
  type GettableAlert,
  type GettableSilence,
  PostableAlerts,
  PostableSilence,
  type Receiver,
  WebhookBody,
  type WebhookReply,
} from '#contract/alertmanager';
import { AppError, type Problem } from '#contract/errors';
import type { Alertmanager, AlertQuery } from '../../alerts/alertmanager/alertmanager.ts';
import { outsideError } from '../../alerts/alertmanager/domain/errors.ts';
import { readFlag } from '../../alerts/alertmanager/domain/show-alert.ts';
import type { Sender } from '../../alerts/alertmanager/foreign.ts';
import type { OutsideBy } from '../../alerts/alertmanager/outside-silences.ts';
import { limit } from '../limits.ts';
import { readIdempotencyKey } from '../store/idempotency.ts';
import { signedIn } from './signed-in.ts';

export interface AlertmanagerRouteDeps {
  readonly alertmanager: Alertmanager;
}
const open = { additionalProperties: true } as const;
const Text = Type.Optional(Type.String({ maxLength: 600 }));
const Texts = Type.Optional(
  Type.Union([Type.String({ maxLength: 2_000 }), Type.Array(Type.String({ maxLength: 2_000 }), { maxItems: 32 })]),
);
/** Names that are not known are passed over, as Alertmanager does: newer tools send more. */
const Query = Type.Object(
  { filter: Texts, receiver: Text, active: Text, silenced: Text, inhibited: Text, unprocessed: Text },
  open,
);
const UUID = '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$';
const Id = Type.Object({ id: Type.String({ pattern: UUID }) }, { additionalProperties: false });
const read = { config: { policy: 'alerts.read' } } as const;

const textsOf = (given: string | readonly string[] | undefined): readonly string[] =>
  given === undefined ? [] : typeof given === 'string' ? [given] : given;
const queryOf = ({ filter, receiver, ...flags }: Type.Static<typeof Query>): AlertQuery => ({
  filter: textsOf(filter),
  receiver: receiver === undefined || receiver === '' ? null : receiver,
  active: readFlag(flags.active),
  silenced: readFlag(flags.silenced),
  inhibited: readFlag(flags.inhibited),
});

/**
 * Whoever sends alerts: a person who may act on them, or an ingest key that is bound to the source `alertmanager` (or to all), so
 * that a shop's key raises no alerts and Prometheus's key counts no orders.
 * @throws {AppError} `source_not_allowed`
 */
function senderOf(request: FastifyRequest): Sender {
  const principal = signedIn(request);
  if (principal.kind === 'key' && !principal.sources.some((source) => source === '*' || source === FOREIGN_ORIGIN))
    throw new AppError(
      'source_not_allowed',
      `this key may not send alerts: bind one to the source ${FOREIGN_ORIGIN} for that`,
      { field: 'source' },
    );
  return { principal, requestId: request.id };
}
function byOf(request: FastifyRequest): OutsideBy {
  const header = request.headers['idempotency-key'];
  const by = { principal: signedIn(request), requestId: request.id };
  return header === undefined ? by : { ...by, key: readIdempotencyKey(header) };
}

/**
 * Alertmanager's API v2, as Prometheus, amtool, karma and Grafana speak it. Same alerts, silences, permissions and history as
 * `/api/v1`; only the words differ, in refusals too.
 */
const apiV2: FastifyPluginAsyncTypebox<AlertmanagerRouteDeps> = async (app, { alertmanager }) => {
  const { silences } = alertmanager;
  app.addHook('onSend', async (_request, reply, payload) => {
    if (!String(reply.getHeader('content-type')).startsWith('application/problem+json')) return payload;
    reply.type('application/json');
    return JSON.stringify(outsideError(reply.statusCode, JSON.parse(String(payload)) as Problem));
  });
  app.get('/api/v2/status', read, async (): Promise<AlertmanagerStatus> => alertmanager.status());
  app.get('/api/v2/receivers', read, async (): Promise<Receiver[]> => alertmanager.receivers());
  app.get(
    '/api/v2/alerts',
    { ...read, schema: { querystring: Query } },
    async ({ query }): Promise<GettableAlert[]> => alertmanager.list(queryOf(query)),
  );
  app.get(
    '/api/v2/alerts/groups',
    { ...read, schema: { querystring: Query } },
    async ({ query }): Promise<AlertGroup[]> => alertmanager.groups(queryOf(query)),
  );
  app.post(
    '/api/v2/alerts',
    { config: { policy: 'alerts.receive' }, bodyLimit: limit('foreignBodyBytes'), schema: { body: PostableAlerts } },
    async (request, reply) => {
      await alertmanager.post(request.body, senderOf(request));
      return reply.code(200).send();
    },
  );
  app.get(
    '/api/v2/silences',
    { config: { policy: 'silences.read' }, schema: { querystring: Type.Object({ filter: Texts }, open) } },
    async ({ query }): Promise<GettableSilence[]> => silences.list(alertmanager.matchersOf(textsOf(query.filter))),
  );
  app.post(
    '/api/v2/silences',
    { config: { policy: 'silences.write' }, schema: { body: PostableSilence } },
    async (request): Promise<{ silenceID: string }> => silences.post(request.body, byOf(request)),
  );
  app.get(
    '/api/v2/silence/:id',
    { config: { policy: 'silences.read' }, schema: { params: Id } },
    async ({ params }): Promise<GettableSilence> => silences.get(params.id.toLowerCase()),
  );
  app.delete(
    '/api/v2/silence/:id',
    { config: { policy: 'silences.write' }, schema: { params: Id } },
    async (request, reply) => {
      await silences.expire(request.params.id.toLowerCase(), byOf(request));
      return reply.code(200).send();
    },
  );
};

/** Alertmanager towards us, both ways: its API, and its webhook (body version "4") with refusals in our own form. */
export const alertmanagerRoutes: FastifyPluginAsyncTypebox<AlertmanagerRouteDeps> = async (app, deps) => {
  await app.register(apiV2, deps);
  app.post(
    '/api/v1/integrations/alertmanager',
    { config: { policy: 'alerts.receive' }, bodyLimit: limit('foreignBodyBytes'), schema: { body: WebhookBody } },
    async (request): Promise<WebhookReply> => deps.alertmanager.webhook(request.body, senderOf(request)),
  );
};
