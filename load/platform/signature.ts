import { createHmac, timingSafeEqual } from 'node:crypto';

/** A signature older than this is refused, seconds. */
const TOLERANCE_S = 300;

/**
 * Whether a call is signed by one of the secrets, as Standard Webhooks 1.0 has it. Written from the standard and not from the
 * console's code, so that the two check each other.
 * @param nowMs - ms since the Unix epoch
 */
export function isSigned(
  secrets: readonly string[],
  headers: Readonly<Record<string, string | string[] | undefined>>,
  body: string,
  nowMs: number,
): boolean {
  const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map(
    (name) => headers[name],
  );
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signatures !== 'string') return false;
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(nowMs / 1_000 - Number(timestamp)) > TOLERANCE_S) return false;
  return secrets.some((secret) => {
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
    const wanted = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest();
    return signatures.split(' ').some((signature) => {
      const given = Buffer.from(signature.replace(/^v1,/, ''), 'base64');
      return signature.startsWith('v1,') && given.length === wanted.length && timingSafeEqual(given, wanted);
    });
  });
}
