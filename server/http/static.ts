import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { clientPage } from './client-page.ts';

/** Paths that are never a page of the console: other surfaces, and whatever looks like a file. */
const NOT_PAGES = /^\/(api|-|metrics|faro|socket\.io|assets)(\/|$)|\.[^/]*$/;

/** Names that the build gives. */
const FILE = /^[\w./-]+\.[a-z0-9]+$/i;
/** What is no file of the client, whatever is in its folder: other surfaces, source maps, and the page under its own name. */
const NOT_FILES = /^\/+(api|-|metrics|faro|socket\.io)(\/|$)|\.map$|(^|\/)index\.html/;

export type SendPage = (request: FastifyRequest, reply: FastifyReply) => FastifyReply | null;

/**
 * Serves the built client: hashed assets for ever, the page itself never from a cache, and both also of a build that came after
 * the start. Call it before the policy hook of
 * the root is added: its routes get their policy (`public`) here.
 * @returns sends the page for a browser's unknown path (the client has its own routes), null when it is not one
 */
export async function serveClient(app: FastifyInstance, clientDir: string | null): Promise<SendPage> {
  if (clientDir === null || !existsSync(join(clientDir, 'index.html'))) return () => null;
  const page = clientPage(clientDir);
  await app.register(async (scope) => {
    scope.addHook('onRoute', (route) => {
      route.config = { ...route.config, policy: 'public' };
    });
    // the file system throws at a zero byte instead of finding nothing
    scope.addHook('onRequest', async (request, reply) => {
      if (request.url.includes('%00')) return reply.callNotFound();
    });
    await scope.register(fastifyStatic, {
      root: clientDir,
      wildcard: true, // files of a build that came after the start are served, too
      preCompressed: true,
      index: false,
      dotfiles: 'ignore',
      allowedPath: (path) => FILE.test(path) && !NOT_FILES.test(path),
      schemaHide: true,
      cacheControl: false,
      setHeaders: (reply, path) => {
        const hashed = path.includes('/assets/');
        reply.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
  });
  return (request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '/';
    const wantsPage = request.method === 'GET' || request.method === 'HEAD';
    if (!wantsPage || NOT_PAGES.test(path) || !(request.headers.accept ?? '').includes('text/html')) return null;
    return reply.header('cache-control', 'no-cache').type('text/html; charset=utf-8').send(page());
  };
}
