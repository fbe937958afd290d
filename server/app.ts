import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import fastifyCookie from '@fastify/cookie';
import fastifyHelmet from '@fastify/helmet';
import fastifySwagger from '@fastify/swagger';
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyPluginAsync,
  type FastifyRequest,
  LogController,
} from 'fastify';
import { AppError, ERROR_STATUS } from '#contract/errors';
import type { Principal } from '#contract/permissions';
import type { Config } from './config.ts';
import { trustsOnly } from './http/client-address.ts';
import { sendProblem, toAppError } from './http/errors.ts';
import { methodTable } from './http/methods.ts';
import { checkRoute, enforcePolicy, refuseForgery } from './http/policy.ts';
import { noteRequest, refuseClient, refuseExpectation, refuseUpgrade } from './http/refuse-client.ts';
import { helmetOptions } from './http/security.ts';
import { serveClient } from './http/static.ts';
import { limit } from './limits.ts';
import { LOG_SERIALIZERS } from './log-error.ts';
import { withEventDocs } from './routes/event-docs.ts';

/** What `/-/ready` answers. `reasons` are error codes, empty when ready. */
export interface Readiness {
  readonly ok: boolean;
  readonly reasons: readonly string[];
  /** Loading a large data set: 0–1. */
  readonly loadedRatio?: number;
  /** What works and promises less than it should, as codes. */
  readonly warnings?: readonly string[];
}

export interface AppDeps {
  readonly config: Pick<Config, 'publicUrl' | 'logLevel' | 'trustedProxies'>;
  /** A pino logger; none: one that writes JSON lines to standard output at `config.logLevel`. */
  readonly log?: FastifyBaseLogger;
  /** Who asks, from cookie or bearer. Null: nobody. Throws an AppError when it cannot tell (store away). */
  readonly authenticate: (request: FastifyRequest) => Promise<Principal | null>;
  /** Route plugins, with full paths (`/api/v1/…`) and a policy on each route. */
  readonly plugins: readonly FastifyPluginAsync[];
  readonly ready: () => Readiness | Promise<Readiness>;
  /** True from the first stop signal on: everything but `/-/` answers 503 `draining`. */
  readonly isDraining?: () => boolean;
  /** Open connections beyond which only `/-/` is answered; the limit `connections` if not given. */
  readonly connectionCap?: number;
  /** The built client; null serves none (tests of routes). */
  readonly clientDir?: string | null;
  /** Turns an error of the Redis client into ours; null when it is none. */
  readonly asStoreError?: (error: unknown) => AppError | null;
  /** Told of every refused authorization, so that it is on the record. */
  readonly onRefused?: (request: FastifyRequest, error: AppError) => void;
  /** Told of every answer once it is sent; `route` is the pattern, undefined for an unknown path. */
  readonly onAnswered?: (answer: { method: string; route: string | undefined; status: number }) => void;
}

/** Binds a route plugin to its dependencies: `plugins: [withDeps(eventRoutes, { ingest })]`. */
export const withDeps =
  <T extends Record<never, never>>(
    plugin: (app: FastifyInstance, deps: T) => Promise<void>,
    deps: T,
  ): FastifyPluginAsync =>
  (app) =>
    plugin(app, deps);

/**
 * The HTTP application, without listening. Order of a request: connection cap → draining → who → policy → forgery → body
 * → schema → handler. All failures leave through one error handler as `application/problem+json`.
 */
export async function buildApp(deps: AppDeps): Promise<FastifyInstance> {
  const { config, authenticate, asStoreError = () => null, isDraining = () => false, onRefused } = deps;
  const { connectionCap = limit('connections') } = deps;
  const boot = randomBytes(4).toString('hex');
  let requests = 0;
  const app: FastifyInstance = fastify({
    ...(deps.log === undefined
      ? { logger: { level: config.logLevel, serializers: LOG_SERIALIZERS } }
      : { loggerInstance: deps.log }),
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: trustsOnly(config.trustedProxies),
    requestIdHeader: false,
    genReqId: () => `${boot}-${(++requests).toString(36)}`,
    bodyLimit: limit('bodyBytes'),
    requestTimeout: limit('requestMs'),
    keepAliveTimeout: limit('keepAliveMs'),
    http: {
      maxHeaderSize: limit('headerBytes'),
      headersTimeout: limit('headersMs'),
      requireHostHeader: false, // Node would refuse without a word; the first hook does it
      connectionsCheckingInterval: 500, // Node looks for late requests every 30 s otherwise
    },
    routerOptions: { maxParamLength: limit('urlParamChars') },
    return503OnClosing: false, // our own hook answers `draining`, in our shape
    forceCloseConnections: 'idle',
    onProtoPoisoning: 'error',
    onConstructorPoisoning: 'error',
    ajv: {
      customOptions: {
        coerceTypes: false,
        removeAdditional: false,
        useDefaults: false,
        allErrors: false,
        strict: true,
        strictTypes: false,
        strictTuples: false,
      },
    },
    clientErrorHandler: (error, socket) => refuseClient(error, socket as Socket),
    frameworkErrors: (error, request, reply) => void sendProblem(reply, request, toAppError(error, asStoreError)),
  });
  const table = methodTable();
  let open = 0;
  app.server.on('connection', (socket) => {
    open += 1;
    socket.once('close', () => {
      open -= 1;
    });
  });

  app.server.on('request', noteRequest).on('upgrade', refuseUpgrade).on('checkExpectation', refuseExpectation);

  app.setErrorHandler((error, request, reply) => {
    const shown = toAppError(error, asStoreError);
    if (shown.code === 'internal') request.log.error({ err: error, path: request.routeOptions.url }, 'request failed');
    if (['unauthenticated', 'forbidden', 'csrf_refused', 'self_approval'].includes(shown.code))
      onRefused?.(request, shown);
    return sendProblem(reply, request, shown);
  });
  app.removeContentTypeParser('text/plain');
  app.decorateRequest('principal', null);
  app.decorate('routePolicies', []);
  await app.register(fastifyHelmet, helmetOptions(config.publicUrl?.startsWith('https://') === true));
  await app.register(fastifyCookie);
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Campaign War Room', version: '1', description: 'Events in, figures out, and what people do.' },
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
    },
  });

  app.addHook('onResponse', async ({ method, routeOptions }, { statusCode }) =>
    deps.onAnswered?.({ method, route: routeOptions.url, status: statusCode }),
  );
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
    const own = request.url.startsWith('/-/');
    if (request.headers.host === undefined && request.raw.httpVersion === '1.1') {
      throw new AppError('bad_request', 'a request of HTTP/1.1 names its host; send a Host header', { field: 'Host' });
    }
    if (request.url.startsWith('/api/')) reply.header('cache-control', 'no-store');
    if (!own && open > connectionCap) {
      reply.header('connection', 'close');
      throw new AppError('overloaded', 'this node has all the connections it can take; try another or wait');
    }
    if (!own && isDraining()) {
      reply.header('connection', 'close');
      throw new AppError('draining', 'this node is stopping; send it to another or try again');
    }
    const encoding = request.headers['content-encoding'];
    if (encoding !== undefined && encoding !== 'identity') {
      throw new AppError('unsupported_encoding', 'send the body uncompressed', { field: 'content-encoding' });
    }
    if (request.is404) return;
    const policy = request.routeOptions.config.policy;
    if (policy === undefined) throw new Error(`no policy on ${request.routeOptions.url}`);
    if (policy === 'public') return refuseForgery(request, config.publicUrl); // needs nobody, so it works while the store is away
    request.principal = await authenticate(request);
    enforcePolicy(policy, request.principal);
    refuseForgery(request, config.publicUrl);
  });

  const sendPage = await serveClient(app, deps.clientDir ?? null);
  app.addHook('onRoute', (route) => {
    app.routePolicies.push(checkRoute(route));
    table.add(route.url, route.method);
  });
  app.setNotFoundHandler((request, reply) => {
    const page = sendPage(request, reply);
    if (page !== null) return page;
    const methods = table.allowed(request.url.split('?', 1)[0] ?? '/');
    if (methods.length === 0) return sendProblem(reply, request, new AppError('not_found', 'nothing is here'));
    reply.header('allow', methods.join(', '));
    return sendProblem(reply, request, new AppError('method_not_allowed', `this path takes ${methods.join(', ')}`));
  });

  const openToAll = { config: { policy: 'public' }, schema: { hide: true } } as const;
  app.get('/-/healthy', openToAll, async () => ({ ok: true }));
  app.get('/-/ready', openToAll, async (_request, reply) => {
    const state: Readiness = isDraining() ? { ok: false, reasons: ['draining'] } : await deps.ready();
    return reply
      .code(state.ok ? 200 : ERROR_STATUS.store_unavailable)
      .header('cache-control', 'no-store')
      .send(state);
  });
  app.get('/api/openapi.json', openToAll, async () => withEventDocs(app.swagger()));
  for (const plugin of deps.plugins) await app.register(plugin);
  return app;
}
