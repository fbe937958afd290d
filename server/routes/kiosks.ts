import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { ClaimReply, KioskSummary, PairingReply } from '#contract/people';
import type { Kiosks } from '../people/kiosks.ts';
import { type SessionCookie, setSessionCookie } from './sessions.ts';
import { actOf, callerOf, IdParams, Name } from './signed-in.ts';

export interface KioskRouteDeps {
  readonly kiosks: Kiosks;
  readonly cookie: SessionCookie;
}
const Code = Type.String({ minLength: 1, maxLength: 32 });
const Approve = Type.Object(
  { code: Code, name: Name, days: Type.Optional(Type.Integer({ minimum: 1, maximum: 30 })) },
  { additionalProperties: false },
);
const Claim = Type.Object(
  { code: Code, secret: Type.String({ minLength: 1, maxLength: 128 }) },
  { additionalProperties: false },
);
const config = { policy: 'kiosks.manage' } as const;
const open = { policy: 'public' } as const;

/** Screens without a person. The screen asks for a code and keeps asking for its session; an admin or commander approves. */
export const kioskRoutes: FastifyPluginAsyncTypebox<KioskRouteDeps> = async (app, { kiosks, cookie }) => {
  app.post('/api/v1/kiosks/pairings', { config: open }, async (request, reply): Promise<PairingReply> => {
    const pairing = await kiosks.ask(callerOf(request));
    reply.code(201);
    return pairing;
  });
  app.post(
    '/api/v1/kiosks/pairings/claim',
    { config: open, schema: { body: Claim } },
    async (request, reply): Promise<ClaimReply> => {
      const opened = await kiosks.claim(request.body, callerOf(request));
      if (opened === null) return { state: 'waiting' };
      setSessionCookie(reply, cookie, opened);
      return { state: 'paired', session: opened.session };
    },
  );
  app.get(
    '/api/v1/kiosks',
    { config },
    async (): Promise<{ kiosks: KioskSummary[] }> => ({
      kiosks: await kiosks.list(),
    }),
  );
  app.post('/api/v1/kiosks', { config, schema: { body: Approve } }, async (request, reply): Promise<KioskSummary> => {
    const { code, name, days = 30 } = request.body;
    const paired = await kiosks.approve({ code, name, days }, actOf(request));
    reply.code(201);
    return paired;
  });
  app.delete('/api/v1/kiosks/:id', { config, schema: { params: IdParams } }, async (request, reply) => {
    await kiosks.revoke(request.params.id, actOf(request));
    return reply.code(204).send();
  });
};
