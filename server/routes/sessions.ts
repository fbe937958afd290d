import type { CookieSerializeOptions } from '@fastify/cookie';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import { type Static, Type } from 'typebox';
import { AppError } from '#contract/errors';
import type { BearerReply, LoginBody, SessionReply } from '#contract/people';
import { PASSWORD_MAX_CHARS } from '../people/domain/password.ts';
import type { OpenedSession, Sessions } from '../people/sessions.ts';
import { callerOf, signedIn } from './signed-in.ts';

export interface SessionCookie {
  readonly name: string;
  readonly secure: boolean;
}
export interface SessionRouteDeps {
  readonly sessions: Sessions;
  readonly cookie: SessionCookie;
}

const Password = Type.String({ minLength: 1, maxLength: PASSWORD_MAX_CHARS });
/** Name and password, or a link; both in one schema so that a refusal names the field that is wrong. */
const Login = Type.Object(
  {
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
    password: Type.Optional(Password),
    link: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
    bearer: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);
const NewPassword = Type.Object(
  { current: Type.Optional(Password), password: Type.String({ maxLength: 2 * PASSWORD_MAX_CHARS }) },
  { additionalProperties: false },
);

function readLogin({ name, password, link }: Static<typeof Login>): LoginBody {
  if (link !== undefined && name === undefined && password === undefined) return { link };
  if (link === undefined && name !== undefined && password !== undefined) return { name, password };
  throw new AppError('validation', 'send name and password, or link', { field: '/' });
}

const flags = ({ secure }: SessionCookie): CookieSerializeOptions => ({
  path: '/',
  httpOnly: true,
  sameSite: 'strict',
  secure,
});
export function setSessionCookie(reply: FastifyReply, cookie: SessionCookie, { token, lifeMs }: OpenedSession): void {
  reply.setCookie(cookie.name, token, { ...flags(cookie), maxAge: Math.floor(lifeMs / 1_000) });
}

/** Signing in and out. A browser gets a cookie it cannot read; a script asks for a token with `bearer: true`. */
export const sessionRoutes: FastifyPluginAsyncTypebox<SessionRouteDeps> = async (app, { sessions, cookie }) => {
  app.post(
    '/api/v1/sessions',
    { config: { policy: 'public' }, schema: { body: Login } },
    async (request, reply): Promise<SessionReply | BearerReply> => {
      const opened = await sessions.login(readLogin(request.body), callerOf(request));
      if (request.body.bearer === true) return { ...opened.session, token: opened.token };
      setSessionCookie(reply, cookie, opened);
      return opened.session;
    },
  );
  app.get('/api/v1/sessions/current', { config: { policy: 'session' } }, async (request) =>
    sessions.current(signedIn(request)),
  );
  app.delete('/api/v1/sessions/current', { config: { policy: 'session' } }, async (request, reply) => {
    await sessions.logout(signedIn(request), callerOf(request));
    return reply.clearCookie(cookie.name, flags(cookie)).code(204).send();
  });
  app.put(
    '/api/v1/users/current/password',
    { config: { policy: 'password.change' }, schema: { body: NewPassword } },
    async (request, reply): Promise<SessionReply | BearerReply> => {
      const opened = await sessions.changePassword(signedIn(request), request.body, callerOf(request));
      // the old session is dead: the new one comes back the way the old one came
      if (request.headers.authorization !== undefined) return { ...opened.session, token: opened.token };
      setSessionCookie(reply, cookie, opened);
      return opened.session;
    },
  );
};
