import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import type { AppError } from '#contract/errors';
import type { People } from '../people/types.ts';
import { keyRoutes } from './keys.ts';
import { kioskRoutes } from './kiosks.ts';
import { sessionRoutes } from './sessions.ts';
import { userRoutes } from './users.ts';

/** All routes of people as one plugin: `plugins: [peopleRoutes(people, config)]`. */
export const peopleRoutes =
  (people: People, { publicUrl }: { readonly publicUrl: string | null }): FastifyPluginAsync =>
  async (app) => {
    const { sessions, users, keys, kiosks, cookie } = people;
    await app.register(sessionRoutes, { sessions, cookie });
    await app.register(userRoutes, { users, publicUrl });
    await app.register(keyRoutes, { keys });
    await app.register(kioskRoutes, { kiosks, cookie });
  };

/** What `buildApp` needs of people: `buildApp({ …, ...peopleDoor(people) })`. */
export const peopleDoor = (people: People) => ({
  authenticate: (request: FastifyRequest) => people.authenticate(request.headers),
  onRefused: (request: FastifyRequest, error: AppError): void =>
    people.recordRefusal({
      principal: request.principal,
      code: error.code,
      method: request.method,
      route: request.routeOptions.url ?? '',
      ip: request.ip,
      requestId: request.id,
    }),
});
