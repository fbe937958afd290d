import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { AppError } from '#contract/errors';
import type { Principal } from '#contract/permissions';
import { NAME_PATTERN } from '../people/domain/names.ts';
import type { Caller } from '../people/sessions.ts';
import type { Act } from '../people/users.ts';

/** Path parameter and name as the routes of people take them. */
export const IdParams = Type.Object(
  { id: Type.String({ minLength: 1, maxLength: 64 }) },
  { additionalProperties: false },
);
export const Name = Type.String({ pattern: NAME_PATTERN, maxLength: 128 });

/** Who asks, on a route whose policy lets nobody else in. */
export function signedIn({ principal }: FastifyRequest): Principal {
  if (principal === null) throw new AppError('unauthenticated', 'sign in, or send a valid bearer token');
  return principal;
}
export const callerOf = ({ ip, id }: FastifyRequest): Caller => ({ ip, requestId: id });
export const actOf = (request: FastifyRequest): Act => ({ by: signedIn(request), requestId: request.id });

/** What links to this server start with: the configured address, else the one the asking browser used. */
export const ownUrl = (request: FastifyRequest, publicUrl: string | null): string =>
  publicUrl ?? `${request.protocol}://${request.host}`;
