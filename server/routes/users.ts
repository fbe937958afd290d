import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { PERSON_ROLES, type UserSummary, type UserWithLink } from '#contract/people';
import type { Users } from '../people/users.ts';
import { actOf, IdParams, Name, ownUrl } from './signed-in.ts';

export interface UserRouteDeps {
  readonly users: Users;
  readonly publicUrl: string | null;
}
const RoleName = Type.Enum([...PERSON_ROLES]);
const Create = Type.Object({ name: Name, role: RoleName }, { additionalProperties: false });
const Change = Type.Object(
  { role: Type.Optional(RoleName), disabled: Type.Optional(Type.Boolean()) },
  { additionalProperties: false, minProperties: 1 },
);
const config = { policy: 'users.manage' } as const;

/** People: made without a password, let in by a one-time link. There is no delete: what somebody did keeps its name. */
export const userRoutes: FastifyPluginAsyncTypebox<UserRouteDeps> = async (app, { users, publicUrl }) => {
  app.get('/api/v1/users', { config }, async (): Promise<{ users: UserSummary[] }> => ({ users: await users.list() }));
  app.post('/api/v1/users', { config, schema: { body: Create } }, async (request, reply): Promise<UserWithLink> => {
    const made = await users.create(request.body, ownUrl(request, publicUrl), actOf(request));
    reply.code(201);
    return made;
  });
  app.patch(
    '/api/v1/users/:id',
    { config, schema: { params: IdParams, body: Change } },
    async (request): Promise<UserSummary> => users.change(request.params.id, request.body, actOf(request)),
  );
  app.post(
    '/api/v1/users/:id/reset',
    { config, schema: { params: IdParams } },
    async (request): Promise<UserWithLink> =>
      users.reset(request.params.id, ownUrl(request, publicUrl), actOf(request)),
  );
};
