import type { Matcher } from '#contract/alerts';
import type { ReceiverKind, ReceiverSends } from '#contract/receivers';
import type { Tier } from '#contract/tiers';

/** What the product behind a kind takes, as documented by its maker. */
export interface KindLimits {
  /** Bytes of one whole request. */
  readonly bodyMaxBytes: number;
  /** Messages a minute of one robot or key; null: none is published. */
  readonly perMinute: number | null;
  /** Messages a second; null: none is published. */
  readonly perSecond: number | null;
  /** Whether several messages can be told as one. */
  readonly folds: boolean;
}
/**
 * DingTalk and WeCom robots take 20 messages a minute (DingTalk then shuts for ten minutes), WeCom text 2,048 and markdown
 * 4,096 bytes; Feishu robots 100 a minute, 5 a second and 20 KB; PagerDuty 512 KB and about 120 a minute a key; hooks: 55 KB by convention.
 */
export const KIND_LIMITS: Readonly<Record<ReceiverKind, KindLimits>> = {
  webhook: { bodyMaxBytes: 56_320, perMinute: null, perSecond: null, folds: false },
  template: { bodyMaxBytes: 56_320, perMinute: null, perSecond: null, folds: false },
  dingtalk: { bodyMaxBytes: 20_000, perMinute: 20, perSecond: null, folds: true },
  wecom: { bodyMaxBytes: 20_000, perMinute: 20, perSecond: null, folds: true },
  feishu: { bodyMaxBytes: 20_000, perMinute: 100, perSecond: 5, folds: true },
  pagerduty: { bodyMaxBytes: 512_000, perMinute: 120, perSecond: null, folds: false },
  email: { bodyMaxBytes: 200_000, perMinute: null, perSecond: null, folds: false },
  sound: { bodyMaxBytes: 4_096, perMinute: null, perSecond: null, folds: false },
};
/** From so much of its limit on, what a robot would be sent is folded into summaries, so that the last ones always fit. */
const SOFT_RATIO = 0.75;
export const softLimit = ({ kind, perMinute }: Pick<Receiver, 'kind' | 'perMinute'>): number =>
  perMinute === null ? 0 : KIND_LIMITS[kind].folds ? Math.max(1, Math.floor(perMinute * SOFT_RATIO)) : perMinute;

/** What each kind is sent unless the file says otherwise. */
export const DEFAULT_SENDS: Readonly<Record<ReceiverKind, readonly ReceiverSends[]>> = {
  webhook: ['groups'],
  template: ['groups'],
  dingtalk: ['pages', 'handling'],
  wecom: ['pages', 'handling'],
  feishu: ['pages', 'handling'],
  pagerduty: ['pages', 'handling'],
  email: ['pages', 'handling'],
  sound: ['pages'],
};

export interface Smtp {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte (465); otherwise STARTTLS when it is offered. */
  readonly secure: boolean;
  readonly user: string | null;
  readonly password: string | null;
  readonly from: string;
  /** Who gets group messages; pages go to the people themselves. */
  readonly to: readonly string[];
}
/** A receiver as the file and the environment give it. It holds secrets: it is never logged, replied or stored. */
export interface Receiver {
  readonly id: string;
  readonly kind: ReceiverKind;
  readonly sends: readonly ReceiverSends[];
  readonly leastTier: Tier;
  /** All must match an alert's labels; none: every alert. */
  readonly matchers: readonly Matcher[];
  readonly language: 'zh' | 'en' | 'both';
  readonly perMinute: number | null;
  /** Sent the watchdog each minute: what screams when it stops. */
  readonly watchdog: boolean;
  /** '' for e-mail and sound. */
  readonly url: string;
  /** `whsec_…` of a webhook, the newest first; the robot's signing secret; PagerDuty's routing key. */
  readonly secrets: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly contentType: string;
  readonly template: string;
  readonly smtp: Smtp | null;
}

/** How a person is reached; what is not known is absent. */
export interface Contact {
  readonly mobile?: string;
  readonly email?: string;
  readonly dingtalkId?: string;
  readonly wecomId?: string;
  readonly feishuId?: string;
}
export type Contacts = Readonly<Record<string, Contact>>;

/** Whether a receiver can tell this person at all: an e-mail needs an address, a room is read by everybody in it. */
export const reaches = ({ kind }: Receiver, contact: Contact | undefined): boolean =>
  kind !== 'email' || contact?.email !== undefined;
