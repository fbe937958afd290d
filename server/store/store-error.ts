import { AppError } from '#contract/errors';

const UNKNOWN = { outcome: 'unknown' } as const;

/** First word of a Redis error reply → what it means for the caller. Nothing was done in any of these. */
const REPLIES: Readonly<Record<string, 'store_unavailable' | 'store_loading' | 'store_full'>> = {
  LOADING: 'store_loading',
  OOM: 'store_full',
  BUSY: 'store_unavailable',
  READONLY: 'store_unavailable',
  MASTERDOWN: 'store_unavailable',
  CLUSTERDOWN: 'store_unavailable',
  TRYAGAIN: 'store_unavailable',
  NOREPLICAS: 'store_unavailable',
  MISCONF: 'store_unavailable',
  NOAUTH: 'store_unavailable',
  WRONGPASS: 'store_unavailable',
};
const TEXT = {
  store_unavailable: 'the store cannot be reached; nothing was done, try again',
  store_loading: 'the store is loading its data; nothing was done, try again',
  store_full: 'the store has no memory left; nothing was done',
} as const;

/** The connection ended after the command may have been sent. */
const CUT = /^(Connection is closed|Command aborted due to connection close|Socket timeout)/;
/** The command never left. */
const NOT_SENT =
  /^(Stream isn't writeable|Cluster isn't ready|Cluster is (disconnect|ended)|None of startup nodes|All sentinels are unreachable|Too many Cluster redirections|Failed to refresh slots cache|connect ETIMEDOUT)/;
const SYSTEM = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'EAI_AGAIN',
]);

/**
 * An error of the Redis client in our words, or null when it is none. `outcome: "unknown"` is set exactly when the command
 * may have taken effect. (NOSCRIPT never comes here: defineCommand sends the script again.)
 */
export function asStoreError(error: unknown): AppError | null {
  if (error instanceof AppError) return error;
  if (!(error instanceof Error)) return null;
  const { message, name } = error;
  if (message === 'Command timed out') {
    return new AppError('store_timeout', 'the store did not answer in time; retry with the same ids', {
      ...UNKNOWN,
      cause: error,
    });
  }
  if (name === 'MaxRetriesPerRequestError' || CUT.test(message)) {
    return new AppError('store_unavailable', 'the store went away in the middle; retry with the same ids', {
      ...UNKNOWN,
      cause: error,
    });
  }
  const code = name === 'ReplyError' ? REPLIES[message.split(' ', 1)[0] ?? ''] : undefined;
  if (code !== undefined) return new AppError(code, TEXT[code], { cause: error });
  const system =
    (error as NodeJS.ErrnoException).syscall !== undefined && SYSTEM.has((error as NodeJS.ErrnoException).code ?? '');
  if (NOT_SENT.test(message) || name === 'ClusterAllFailedError' || system) {
    return new AppError('store_unavailable', TEXT.store_unavailable, { cause: error });
  }
  return null;
}

/** For `catch`: our error when it is the store's, the error itself otherwise. */
export const storeError = (error: unknown): unknown => asStoreError(error) ?? error;
