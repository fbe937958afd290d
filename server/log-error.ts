import { asStoreError } from './store/store-error.ts';

const MESSAGE_MAX_CHARS = 500;

export interface LoggedError {
  readonly type: string;
  readonly message: string;
  /** Empty when the store's trouble is all there is to know. */
  readonly stack: string;
  readonly [more: string]: unknown;
}

/**
 * An error as the log keeps it: what it is and says, where it came from when it is a bug. Never what was being done with: the
 * Redis client hangs whole commands on its errors, with every id, amount and token hash in them.
 */
export function errorForLog(error: unknown): LoggedError {
  if (!(error instanceof Error))
    return { type: typeof error, message: String(error).slice(0, MESSAGE_MAX_CHARS), stack: '' };
  const { name, message, stack = '', cause } = error;
  const { code } = error as { readonly code?: unknown };
  return {
    type: name,
    message: message.slice(0, MESSAGE_MAX_CHARS),
    ...(typeof code === 'string' ? { code } : {}),
    ...(cause instanceof Error ? { cause: cause.message.slice(0, MESSAGE_MAX_CHARS) } : {}),
    stack: asStoreError(error) === null ? stack : '',
  };
}

/** For every logger of the product. */
export const LOG_SERIALIZERS = { err: errorForLog } as const;
