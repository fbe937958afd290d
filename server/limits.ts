import type { ErrorCode } from '#contract/errors';

interface Limit {
  readonly value: number;
  readonly unit: 'bytes' | 'count' | 'ms' | 'chars' | 'perMinute' | 'perSecond';
  /** What the caller receives when it is crossed; null when crossing it only closes the connection. */
  readonly code: ErrorCode | null;
  readonly why: string;
}

/** Every limit of the server, with the code a caller sees when it crosses it. Nothing else in the code invents one. */
export const LIMITS = {
  // HTTP
  headerBytes: { value: 16_384, unit: 'bytes', code: 'headers_too_large', why: 'request line and headers together' },
  headersMs: { value: 10_000, unit: 'ms', code: null, why: 'a connection must have sent its headers; slow-loris' },
  requestMs: { value: 14_000, unit: 'ms', code: null, why: 'a request must have arrived whole; checked every 0.5 s' },
  keepAliveMs: { value: 10_000, unit: 'ms', code: null, why: 'an idle keep-alive connection is closed' },
  connections: {
    value: 12_000,
    unit: 'count',
    code: 'overloaded',
    why: 'open sockets on one node; 5,000 screens',
  },
  bodyBytes: {
    value: 262_144,
    unit: 'bytes',
    code: 'body_too_large',
    why: 'a command; events have a limit of their own',
  },
  foreignBodyBytes: {
    value: 524_288,
    unit: 'bytes',
    code: 'body_too_large',
    why: 'alerts of Prometheus or Alertmanager in one body',
  },
  urlParamChars: { value: 200, unit: 'chars', code: 'not_found', why: 'one path parameter' },
  // events in
  eventBodyBytes: { value: 4_194_304, unit: 'bytes', code: 'body_too_large', why: 'one body of events, decoded' },
  eventBatchItems: { value: 20_000, unit: 'count', code: 'batch_size', why: 'events in one body' },
  eventIdChars: { value: 128, unit: 'chars', code: 'validation', why: 'id and source of an event' },
  eventBytes: { value: 65_536, unit: 'bytes', code: 'validation', why: 'one event; found out before it is parsed' },
  eventDepth: { value: 16, unit: 'count', code: 'bad_json', why: 'brackets in brackets of a JSON body' },
  eventBatchSeconds: {
    value: 5_000,
    unit: 'count',
    code: 'batch_size',
    why: 'different seconds in one body; each costs Redis as much as an event',
  },
  sources: {
    value: 5_000,
    unit: 'count',
    code: 'series_limit',
    why: 'sources of one run; their state is kept for ever',
  },
  warehouses: { value: 100, unit: 'count', code: 'series_limit', why: 'warehouses of one SKU, on one node' },
  changeEntries: {
    value: 30,
    unit: 'perMinute',
    code: null,
    why: 'timeline entries of one source of changes; more are counted',
  },
  ingestBytes: {
    value: 134_217_728,
    unit: 'bytes',
    code: 'overloaded',
    why: 'bodies of events being read or counted; half of it for one key',
  },
  deadLetters: {
    value: 100_000,
    unit: 'count',
    code: null,
    why: 'kept dead letters; the oldest go, the drop is counted',
  },
  deadLetterBytes: { value: 4_096, unit: 'bytes', code: null, why: 'raw text kept of one dead letter' },
  ingestQueueEvents: { value: 400_000, unit: 'count', code: 'too_many_requests', why: 'events waiting for a flush' },
  // people
  loginTries: {
    value: 10,
    unit: 'perMinute',
    code: 'login_limited',
    why: 'failed logins of one account, and of one address',
  },
  loginQueue: {
    value: 200,
    unit: 'count',
    code: 'too_many_requests',
    why: 'passwords waiting to be hashed on one node',
  },
  refusalEntries: {
    value: 20,
    unit: 'perMinute',
    code: null,
    why: 'refusals of one caller written out; more are counted',
  },
  sessionMs: {
    value: 259_200_000,
    unit: 'ms',
    code: 'unauthenticated',
    why: 'a session of a person: 72 h, the sale and its night',
  },
  linkMs: { value: 86_400_000, unit: 'ms', code: 'login_failed', why: 'a one-time link: 24 h' },
  kioskMs: {
    value: 2_592_000_000,
    unit: 'ms',
    code: 'unauthenticated',
    why: 'a kiosk and what the demo hands out: 30 d',
  },
  pairingMs: { value: 600_000, unit: 'ms', code: 'code_expired', why: 'a code on a screen: 10 min' },
  pairingTries: {
    value: 5,
    unit: 'count',
    code: 'code_limited',
    why: 'wrong codes of one approver within the life of a code',
  },
  pairingAsks: { value: 10, unit: 'perMinute', code: 'code_limited', why: 'codes asked for by one address' },
  pairingsOpen: { value: 200, unit: 'count', code: 'code_limited', why: 'codes waiting to be approved' },
  users: { value: 2_000, unit: 'count', code: 'conflict', why: 'people of one instance' },
  keys: { value: 1_000, unit: 'count', code: 'conflict', why: 'ingest keys of one instance' },
  // store
  commandMs: {
    value: 2_000,
    unit: 'ms',
    code: 'store_timeout',
    why: 'one Redis command; its outcome is unknown after',
  },
  connectMs: { value: 2_000, unit: 'ms', code: 'store_unavailable', why: 'connecting to Redis' },
  socketPathBytes: {
    value: 107,
    unit: 'bytes',
    code: 'config_invalid',
    why: 'the system cuts longer unix socket paths',
  },
  // screens
  unsentBytes: { value: 262_144, unit: 'bytes', code: 'too_slow', why: 'timeline bytes a screen has not taken yet' },
  socketMessageBytes: { value: 65_536, unit: 'bytes', code: null, why: 'one message from a client' },
  sockets: { value: 10_000, unit: 'count', code: 'too_many_requests', why: 'screens connected to one node' },
  socketsPerPrincipal: { value: 50, unit: 'count', code: 'too_many_requests', why: 'screens of one person or kiosk' },
  socketEvents: { value: 10, unit: 'perSecond', code: 'too_many_requests', why: 'events of one socket, twice at once' },
  socketMessages: { value: 100, unit: 'perSecond', code: null, why: 'messages of one socket; above it is cut' },
  socketConnectMs: { value: 4_000, unit: 'ms', code: null, why: 'an open websocket that says nothing is closed' },
  screenQueue: { value: 2, unit: 'count', code: null, why: 'packets a screen has not taken; above it gets no frames' },
  screenQueueBytes: { value: 1_048_576, unit: 'bytes', code: null, why: 'the same in bytes' },
  screenStuckMs: { value: 15_000, unit: 'ms', code: null, why: 'a screen that takes nothing is closed; it comes back' },
  // what screens report of themselves
  reportBytes: { value: 65_536, unit: 'bytes', code: 'body_too_large', why: 'one report of a browser' },
  reports: { value: 60, unit: 'perMinute', code: 'too_many_requests', why: 'reports of one session' },
  reportsWaiting: {
    value: 100,
    unit: 'count',
    code: null,
    why: 'reports to be forwarded; more are dropped and counted',
  },
  // stopping
  lastRequestsMs: { value: 2_000, unit: 'ms', code: null, why: 'requests that are still arriving when the node stops' },
  stopMs: { value: 10_000, unit: 'ms', code: null, why: 'from SIGTERM to exit; after it the process ends hard' },
} as const satisfies Record<string, Limit>;

export type LimitName = keyof typeof LIMITS;
/** The number alone: `limit('bodyBytes')`. */
export const limit = (name: LimitName): number => LIMITS[name].value;
