import type { AlertRow } from './alerts.ts';
import type { FrameIncident } from './incidents.ts';
import type { Words } from './runbooks.ts';

/** A red alert that nobody has taken: it takes over every wall. */
export interface TakeOver {
  /** The one that costs most a minute. */
  readonly alert: AlertRow;
  /** Other red alerts that nobody has taken. */
  readonly moreCount: number;
}
/** The plan that the red alert chooses, and where it begins. */
export interface FirstStep {
  readonly alertId: string;
  readonly runbook: string;
  readonly title: Words;
  readonly step: Words;
}
/** Which screen of a room may be heard. `voice` is drawn anew by each page that is loaded, so that two tabs never both speak. */
export interface Speaker {
  readonly screenId: string;
  readonly voice: string;
}
export interface FrameSound {
  /** Room → its speaker; a room without one is silent. */
  readonly speakers: Readonly<Record<string, Speaker>>;
  /** Redis time until which nothing sounds; null: not muted. */
  readonly mutedUntil: number | null;
  readonly mutedBy: string | null;
}
/** What the room itself does, the same in every view's frame. */
export interface FrameRoom {
  /** Who commands now by the roster; absent when nobody does. */
  readonly commander?: string;
  /** The most urgent incident that is not resolved. */
  readonly incident?: FrameIncident;
  readonly firstStep?: FirstStep;
  readonly sound?: FrameSound;
  /** ms since the whole way of alerting was last proved to work, by any node (P16). */
  readonly verifiedAgoMs?: number;
}

/** Older than this, alerting is unverified: `/-/watchdog` answers 503, the outside ping stops, every screen says so; ms. */
export const UNVERIFIED_AFTER_MS = 180_000;
/** Room of a screen that names none with `?room=`. */
export const DEFAULT_ROOM = 'main';
export const ROOM_PATTERN = '^[A-Za-z0-9_-]{1,32}$';

export const MUTE_MINUTES = [5, 15] as const;
/** `POST /api/v1/sound/mute` */
export interface MuteReply {
  readonly mutedUntil: number | null;
  readonly serverMs: number;
}
