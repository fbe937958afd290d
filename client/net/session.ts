import type { ClaimReply, LoginBody, PairingReply, SessionReply } from '#contract/people';
import { requestJson } from './http.ts';

export const currentSession = (): Promise<SessionReply> => requestJson('/api/v1/sessions/current');
export const openSession = (credentials: LoginBody): Promise<SessionReply> =>
  requestJson('/api/v1/sessions', { method: 'POST', body: credentials });
export const closeSession = (): Promise<void> => requestJson('/api/v1/sessions/current', { method: 'DELETE' });

export const askPairing = (): Promise<PairingReply> =>
  requestJson('/api/v1/kiosks/pairings', { method: 'POST', body: {} });
export const claimPairing = ({ code, secret }: { code: string; secret: string }): Promise<ClaimReply> =>
  requestJson('/api/v1/kiosks/pairings/claim', { method: 'POST', body: { code, secret } });

/**
 * Takes the token out of a link `…/#access=<token>` and strips it from the address at once, so that it is in no history,
 * no screenshot and no copied address.
 */
export function takeAccessToken(): string | null {
  if (!location.hash.startsWith('#access=')) return null;
  const token = decodeURIComponent(location.hash.slice('#access='.length));
  history.replaceState(null, '', location.pathname + location.search);
  return token === '' ? null : token.slice(0, 512);
}
