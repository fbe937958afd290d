/**
 * Every error code a caller can receive and its HTTP status. A test compares this list with PROTOCOL.md, both ways.
 * Item codes (refusals of one event inside a good batch) carry 422 here and never become a whole-body status.
 */
export const ERROR_STATUS = {
  // bodies
  bad_json: 400,
  bad_request: 400,
  validation: 422,
  unsupported_media_type: 415,
  unsupported_encoding: 415,
  body_too_large: 413,
  batch_size: 422,
  // items
  unknown_edge: 422,
  out_of_range: 422,
  too_late: 422,
  in_future: 422,
  series_limit: 422,
  source_not_allowed: 403,
  // producers
  sequence_headers: 400,
  sequence_gap: 409,
  producer_fenced: 409,
  sequence_in_flight: 409,
  dedupe_full: 503,
  quota_exceeded: 429,
  // store
  store_unavailable: 503,
  store_timeout: 503,
  store_loading: 503,
  store_full: 503,
  disk_low: 503,
  draining: 503,
  overloaded: 503,
  // people
  unauthenticated: 401,
  forbidden: 403,
  origin_refused: 403,
  csrf_refused: 403,
  login_failed: 401,
  login_limited: 429,
  password_weak: 422,
  name_taken: 409,
  code_expired: 410,
  code_used: 410,
  code_limited: 429,
  link_used: 410,
  too_many_requests: 429,
  // commands
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  idempotency_key_missing: 400,
  idempotency_key_invalid: 400,
  idempotency_body_mismatch: 422,
  view_unknown: 404,
  event_unknown: 404,
  protocol_unequal: 426,
  stale_claim: 409,
  too_slow: 429,
  headers_too_large: 431,
  internal: 500,
  // alerts
  already_resolved: 409,
  already_acknowledged: 409,
  not_acknowledged: 409,
  not_firing: 409,
  version_conflict: 409,
  unsafe_pattern: 422,
  silence_times: 422,
  silence_expired: 409,
  rules_invalid: 422,
  receivers_invalid: 422,
  command_running: 409,
  // runbooks
  run_ended: 409,
  step_settled: 409,
  step_order: 409,
  already_claimed: 409,
  check_not_true: 409,
  not_claimed: 409,
  terms_changed: 412,
  self_approval: 403,
  approval_expired: 410,
  already_sent: 409,
  action_unavailable: 409,
  outbound_refused: 422,
  // budget, in order of precedence (contract/budget.ts)
  amount_not_positive: 400,
  same_account: 400,
  unknown_channel: 400,
  currency_mismatch: 400,
  approver_limit_exceeded: 403,
  role_not_on_duty: 403,
  card_taken: 409,
  version_stale: 409,
  already_settled: 409,
  already_undone: 409,
  pending_expired: 410,
  approval_void_body_changed: 412,
  campaign_closed: 409,
  insufficient_available: 422,
  below_floor: 422,
  above_cap: 422,
  reserve_breach: 422,
  step_too_large: 422,
  not_releasable: 422,
  platform_floor: 422,
  split_limit_exceeded: 422,
  infeasible: 422,
  cooldown: 423,
  frozen: 423,
  platform_quota: 429,
  platform_rejected: 502,
  platform_unknown: 504,
  pending_not_found: 404,
  already_posted: 409,
  already_voided: 409,
  exceeds_pending: 422,
  ledger_frozen: 503,
  // incidents
  incident_state: 409,
  incident_times: 422,
  incident_alerts_firing: 409,
  incident_open: 409,
  // start-up (never sent over HTTP; the process prints them and exits)
  config_invalid: 500,
  campaign_invalid: 500,
  port_in_use: 500,
  data_dir_locked: 500,
  data_damaged: 500,
  redis_missing: 500,
  window_invalid: 400,
} as const satisfies Record<string, number>;
export type ErrorCode = keyof typeof ERROR_STATUS;

/** What every refused request answers, as `application/problem+json`. */
export interface Problem {
  readonly code: ErrorCode;
  readonly message: string;
  readonly requestId: string;
  /** The same request may succeed later. */
  readonly retryable: boolean;
  /** `unknown`: it may have taken effect; retry with the same ids, which is safe. */
  readonly outcome?: 'unknown';
  /** Where the fault is, as a JSON pointer or a header name. */
  readonly field?: string;
  readonly [extra: string]: unknown;
}

export interface AppErrorOptions extends ErrorOptions {
  readonly field?: string;
  /** Seconds, sent as `Retry-After`. */
  readonly retryAfterS?: number;
  readonly outcome?: 'unknown';
  /** Extra members of the problem body, such as `expected`. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** Thrown on purpose, with a code a caller can branch on. Any other throw is a bug and answers 500. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly options: AppErrorOptions;
  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.options = options;
  }
}

const RETRYABLE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'sequence_in_flight',
  'dedupe_full',
  'quota_exceeded',
  'store_unavailable',
  'store_timeout',
  'store_loading',
  'store_full',
  'disk_low',
  'draining',
  'overloaded',
  'login_limited',
  'code_limited',
  'too_many_requests',
  'too_slow',
  'internal',
]);

/** The problem body of an error; pure, so that HTTP, sockets and tests agree. */
export function toProblem(error: AppError, requestId: string): Problem {
  const { field, outcome, extra } = error.options;
  return {
    ...extra,
    code: error.code,
    message: error.message,
    requestId,
    retryable: RETRYABLE.has(error.code),
    ...(outcome === undefined ? {} : { outcome }),
    ...(field === undefined ? {} : { field }),
  };
}
