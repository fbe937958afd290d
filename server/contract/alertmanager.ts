import { type Static, Type } from 'typebox';

/**
 * The wire of Alertmanager's API v2 (its OpenAPI of 0.25) and of its webhook (body version "4"), as this console speaks it to the
 * outside. Times are RFC 3339, errors JSON strings. Words of Alertmanager (`active`, `suppressed`, `unprocessed`) are used here
 * and in alerts/alertmanager only.
 */

/** `origin` of what came from outside, and the source an ingest key must be bound to (or `*`) to raise alerts. */
export const FOREIGN_ORIGIN = 'alertmanager';
/** Version of Alertmanager's API that `/api/v2/status` names: tools choose what they ask for by it. */
export const API_COMPATIBLE = '0.25.0';

/** Bounds of what others may send. An alert beyond them is refused by itself, the rest of its body is taken. */
export const FOREIGN_LIMITS = {
  /** Open alerts from outside in the whole console. */
  openCount: 2_000,
  /** New ones within five minutes on a node: what comes and goes all the time is refused, not told a thousand times. */
  bornCount: 2_000,
  /** Alerts in one body; Prometheus sends 64. */
  bodyCount: 1_000,
  labelCount: 64,
  labelNameChars: 128,
  labelValueChars: 1_024,
  /** More annotations are left out, longer ones cut, and it is said there: an alert is not lost over its description. */
  annotationCount: 32,
  annotationChars: 4_096,
} as const;
/** An alert without `endsAt` that is not sent again for this long is over, ms; Alertmanager's `resolve_timeout`. */
export const RESOLVE_TIMEOUT_MS = 300_000;
/** Alertmanager repeats its webhooks after hours, and says when an alert is over: one it forgets ends after this long, ms. */
export const WEBHOOK_KEEP_MS = 24 * 3_600_000;

/** The Go zero time: "not set". */
export const ZERO_TIME = '0001-01-01T00:00:00Z';

const open = { additionalProperties: true } as const;
const LabelSet = Type.Record(Type.String(), Type.String());
export const PostableAlert = Type.Object(
  {
    labels: LabelSet,
    annotations: Type.Optional(LabelSet),
    startsAt: Type.Optional(Type.String()),
    /** In the past: the alert is over. In the future: it fires until then unless it is sent again. */
    endsAt: Type.Optional(Type.String()),
    generatorURL: Type.Optional(Type.String()),
  },
  open,
);
export type PostableAlert = Static<typeof PostableAlert>;
export const PostableAlerts = Type.Array(PostableAlert);

export type AlertState = 'unprocessed' | 'active' | 'suppressed';
export interface Receiver {
  readonly name: string;
}
export interface GettableAlert {
  readonly annotations: Readonly<Record<string, string>>;
  readonly endsAt: string;
  /** As Alertmanager computes it from the labels. */
  readonly fingerprint: string;
  readonly receivers: readonly Receiver[];
  readonly startsAt: string;
  readonly status: {
    readonly inhibitedBy: readonly string[];
    readonly silencedBy: readonly string[];
    readonly state: AlertState;
    /** Ours: `flapping` or `storm`. */
    readonly mutedBy?: readonly string[];
  };
  readonly updatedAt: string;
  readonly generatorURL?: string;
  readonly labels: Readonly<Record<string, string>>;
}
export interface AlertGroup {
  readonly alerts: readonly GettableAlert[];
  readonly labels: Readonly<Record<string, string>>;
  readonly receiver: Receiver;
}

export const SilenceMatcher = Type.Object(
  {
    name: Type.String(),
    value: Type.String(),
    isRegex: Type.Boolean(),
    /** True when absent. */
    isEqual: Type.Optional(Type.Boolean()),
  },
  open,
);
export type SilenceMatcher = Static<typeof SilenceMatcher>;
export const PostableSilence = Type.Object(
  {
    id: Type.Optional(Type.String()),
    matchers: Type.Array(SilenceMatcher, { minItems: 1 }),
    startsAt: Type.String(),
    endsAt: Type.String(),
    createdBy: Type.String(),
    comment: Type.String(),
  },
  open,
);
export type PostableSilence = Static<typeof PostableSilence>;
export interface GettableSilence {
  readonly id: string;
  readonly status: { readonly state: 'expired' | 'active' | 'pending' };
  readonly updatedAt: string;
  readonly comment: string;
  readonly createdBy: string;
  readonly endsAt: string;
  readonly matchers: readonly {
    readonly isEqual: boolean;
    readonly isRegex: boolean;
    readonly name: string;
    readonly value: string;
  }[];
  readonly startsAt: string;
}
export interface AlertmanagerStatus {
  readonly cluster: { readonly status: 'disabled'; readonly peers: readonly never[] };
  readonly config: { readonly original: string };
  readonly uptime: string;
  readonly versionInfo: Readonly<
    Record<'branch' | 'buildDate' | 'buildUser' | 'goVersion' | 'revision' | 'version', string>
  >;
}

/** Body of Alertmanager's webhook, version "4"; what is not needed is passed over. */
export const WebhookBody = Type.Object(
  {
    version: Type.Literal('4'),
    groupKey: Type.Optional(Type.String()),
    truncatedAlerts: Type.Optional(Type.Integer({ minimum: 0 })),
    status: Type.Optional(Type.Enum(['firing', 'resolved'])),
    receiver: Type.Optional(Type.String()),
    alerts: Type.Array(
      Type.Object(
        {
          status: Type.Enum(['firing', 'resolved']),
          labels: LabelSet,
          annotations: Type.Optional(LabelSet),
          startsAt: Type.Optional(Type.String()),
          endsAt: Type.Optional(Type.String()),
          generatorURL: Type.Optional(Type.String()),
        },
        open,
      ),
    ),
  },
  open,
);
export type WebhookBody = Static<typeof WebhookBody>;
/** What `POST /api/v1/integrations/alertmanager` answers; `received = fired + repeated + resolved + ignored + refused`. */
export interface WebhookReply {
  readonly received: number;
  /** New alerts. */
  readonly fired: number;
  /** Known and still firing. */
  readonly repeated: number;
  readonly resolved: number;
  /** Over already, or over for one sender while another one says it fires. */
  readonly ignored: number;
  readonly refused: readonly { readonly index: number; readonly message: string }[];
  /** Alerts that the sender left out of the body (`truncatedAlerts`). */
  readonly truncated: number;
}
