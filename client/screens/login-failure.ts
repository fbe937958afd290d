import type { Translate } from '../i18n/t.ts';
import type { RequestFailed } from '../net/http.ts';

/** What went wrong with a login and what to do, in words. @param byLink - a link was opened; nobody typed a name or password */
export function loginFailure(t: Translate, { code, retryAfterS }: RequestFailed, byLink = false): string {
  switch (code) {
    case 'login_failed':
      return t(byLink ? 'login.linkBad' : 'login.failed');
    case 'login_limited':
    case 'too_many_requests':
      return t('login.limited', { n: retryAfterS ?? 60 });
    case 'link_used':
      return t('login.linkUsed');
    case 'unauthenticated':
    case 'validation':
    case 'not_found':
    case 'code_expired':
      return t('login.linkBad');
    case 'network':
    case 'store_unavailable':
    case 'store_timeout':
    case 'store_loading':
    case 'draining':
      return t('login.unreachable');
    default:
      return t('login.other', { code });
  }
}
