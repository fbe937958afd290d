import { createHmac, timingSafeEqual } from 'node:crypto';

/** Standard Webhooks 1.0: HMAC-SHA256 over `id.timestamp.body`, base64, behind `v1,`. */
export interface SignedHeaders {
  readonly 'webhook-id': string;
  /** Seconds since the Unix epoch. */
  readonly 'webhook-timestamp': string;
  readonly 'webhook-signature': string;
}
/** A secret is `whsec_` and base64 of 24–64 bytes. */
export const SECRET_PATTERN = '^whsec_[A-Za-z0-9+/]{32,88}={0,2}$';
export const TOLERANCE_S = 300;

const keyOf = (secret: string): Buffer => Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
const mac = (secret: string, id: string, timestamp: string, body: string): Buffer =>
  createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.${body}`).digest();

/** @param secrets - the present one first; during a rotation also the one before, so that a sink can change over */
export function signWebhook(secrets: readonly string[], id: string, nowMs: number, body: string): SignedHeaders {
  const timestamp = String(Math.floor(nowMs / 1_000));
  const signature = secrets.map((secret) => `v1,${mac(secret, id, timestamp, body).toString('base64')}`).join(' ');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature };
}

/** Whether one of the signatures is by one of the secrets and not older than 5 min; in constant time. */
export function verifyWebhook(
  secrets: readonly string[],
  headers: Readonly<Record<string, string | undefined>>,
  body: string,
  nowMs: number,
): boolean {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures } = headers;
  if (id === undefined || timestamp === undefined || signatures === undefined || !/^\d{1,12}$/.test(timestamp))
    return false;
  if (Math.abs(nowMs / 1_000 - Number(timestamp)) > TOLERANCE_S) return false;
  return secrets.some((secret) => {
    const wanted = mac(secret, id, timestamp, body);
    return signatures.split(' ').some((one) => {
      const given = Buffer.from(one.replace(/^v1,/, ''), 'base64');
      return one.startsWith('v1,') && given.length === wanted.length && timingSafeEqual(given, wanted);
    });
  });
}
