import { createHash } from 'node:crypto';

/** Only this is kept of a token: the store holds nothing that opens a door. */
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex');

/** Ours start like this, so that a scanner finds a leaked one and we need not ask Redis for other people's. */
const TOKEN = /^wr[sklp]_[A-Za-z0-9_-]{43}$/;
export const isToken = (text: unknown): text is string => typeof text === 'string' && TOKEN.test(text);

/**
 * The cookie's name. `__Host-` ties it to this host over https or loopback; the end differs between instances, so that two
 * servers on one machine (browsers do not tell ports apart) do not sign each other out.
 */
export function sessionCookieName(secure: boolean, instance: string): string {
  const own = createHash('sha256').update(instance).digest('hex').slice(0, 8);
  return `${secure ? '__Host-' : ''}warroom-${own}`;
}

/** The one value a cookie header holds under a name; null when there is none, or two that could be told apart by order only. */
export function readCookie(header: string | undefined, name: string): string | null {
  const values = (header ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  return values.length === 1 ? (values[0] ?? null) : null;
}

/** The password of Basic credentials; the name before the colon says nothing here. */
function passwordOf(base64: string): string {
  const text = Buffer.from(base64, 'base64').toString('utf8');
  return text.slice(text.indexOf(':') + 1);
}

/**
 * The token that a request carries: as bearer, or as the password of Basic, for tools that know nothing else. A header that holds no token of ours is an answer of its own (`null`): falling back
 * to the cookie would let a page of another site skip the check against forgery.
 */
export function readCredential(
  headers: { readonly authorization?: string | undefined; readonly cookie?: string | undefined },
  cookieName: string,
): string | null {
  if (headers.authorization !== undefined) {
    const [, scheme, given = ''] = /^(bearer|basic) +(\S+) *$/i.exec(headers.authorization) ?? [];
    const token = scheme?.toLowerCase() === 'basic' ? passwordOf(given) : given;
    return isToken(token) ? token : null;
  }
  const token = readCookie(headers.cookie, cookieName);
  return isToken(token) ? token : null;
}
