import type { FastifyRequest, RouteOptions } from 'fastify';
import { AppError } from '#contract/errors';
import { type Policy, type Principal, roleMay } from '#contract/permissions';

/** A registered route and what it demands. */
export interface RoutePolicy {
  readonly methods: readonly string[];
  readonly url: string;
  readonly policy: Policy;
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Every route with its policy, in the order of registration; the matrix of routes and roles is made from it. */
    routePolicies: RoutePolicy[];
  }
  interface FastifyContextConfig {
    /** What the route demands. A route without one stops the start. */
    policy?: Policy;
  }
  interface FastifyRequest {
    /** Who asks; null when nobody has signed in. Set before the body is read. */
    principal: Principal | null;
  }
}

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

/** Refuses, at registration, a route without a policy and one that would take unknown fields in silence. */
export function checkRoute(route: RouteOptions): RoutePolicy {
  const name = `${String(route.method)} ${route.url}`;
  const policy = route.config?.policy;
  if (policy === undefined) {
    throw new Error(`${name} has no policy: set config.policy (contract/permissions.ts)`);
  }
  const schema = (route.schema ?? {}) as Record<string, { type?: unknown; additionalProperties?: unknown } | undefined>;
  for (const part of ['body', 'querystring', 'params']) {
    const shape = schema[part];
    if (shape?.type === 'object' && shape.additionalProperties === undefined) {
      throw new Error(`${name}: the ${part} schema says nothing of additionalProperties; set it to false`);
    }
  }
  return { methods: typeof route.method === 'string' ? [route.method] : route.method, url: route.url, policy };
}

/** @throws {AppError} `unauthenticated` or `forbidden` */
export function enforcePolicy(policy: Policy, principal: Principal | null): void {
  if (policy === 'public') return;
  if (principal === null) throw new AppError('unauthenticated', 'sign in, or send a valid bearer token');
  if (!roleMay(principal.role, policy)) throw new AppError('forbidden', `the role ${principal.role} may not do this`);
}

const hostOf = (origin: string): string | null => {
  try {
    return new URL(origin).host;
  } catch {
    return null; // "null" and the like: an opaque origin is never ours
  }
};

/**
 * True when the browser says the request comes from a page of ours, null when it says nothing.
 * `Sec-Fetch-Site` cannot be forged by a page; `Origin` is for browsers and proxies that drop it.
 */
export function sameOrigin(headers: FastifyRequest['headers'], publicUrl: string | null): boolean | null {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') return false;
  const { origin } = headers;
  if (origin === undefined) return site === 'same-origin' ? true : null;
  const host = hostOf(origin);
  if (host === null) return false;
  return host === headers.host || (publicUrl !== null && host === hostOf(publicUrl));
}

/**
 * A state change that rides on a cookie must come from our own page. A bearer token is proof enough: no page of another
 * site can add one. Basic is none: a browser that knows it sends it along by itself.
 * @throws {AppError} `csrf_refused`
 */
export function refuseForgery(request: FastifyRequest, publicUrl: string | null): void {
  const { authorization } = request.headers;
  const isBearer = authorization !== undefined && !/^basic /i.test(authorization);
  if (SAFE_METHODS.has(request.method) || isBearer) return;
  const same = sameOrigin(request.headers, publicUrl);
  const refused = same === false || (same === null && request.headers.cookie !== undefined);
  if (refused) throw new AppError('csrf_refused', 'a change signed by a cookie must come from a page of this server');
}
