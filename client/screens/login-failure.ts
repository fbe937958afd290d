import type { RequestFailed } from '../net/http.ts';
import type { SayLogin } from './login-words.ts';

/** What went wrong with a login and what to do, in words. @param byLink - a link was opened; nobody typed a name or password */
export function loginFailure(say: SayLogin, { code, retryAfterS }: RequestFailed, byLink = false): string {
  switch (code) {
    case 'login_failed':
      return say(byLink ? 'linkBad' : 'failed');
    case 'login_limited':
    case 'too_many_requests':
      return say('limited', { n: retryAfterS ?? 60 });
    case 'link_used':
      return say('linkUsed');
    case 'unauthenticated':
    case 'validation':
    case 'not_found':
    case 'code_expired':
      return say('linkBad');
    case 'network':
    case 'store_unavailable':
    case 'store_timeout':
    case 'store_loading':
    case 'draining':
      return say('unreachable');
    default:
      return say('other', { code });
  }
}
