import type { AlertPage, AlertRow } from './alerts.ts';
import type { Problem } from './errors.ts';
import type { Figure } from './kpis.ts';
import type { Permission, Policy } from './permissions.ts';
import type { ReceiverTrouble, SoundMark } from './receivers.ts';
import type { FrameRoom, TakeOver } from './room.ts';
import type { Banner } from './runbooks.ts';
import type { Tier } from './tiers.ts';
import type { Position, TimelineEntry } from './timeline.ts';

/** Version of the socket contract; sent at connect, refused when unequal. What each version changed is in PROTOCOL.md. */
export const PROTOCOL_VERSION = 1;

/** Each view is what one kind of screen shows; its frame bundles all its figures. */
export const VIEWS = [
  'wall:overview',
  'wall:regions',
  'wall:checkout',
  'wall:marketing',
  'wall:supply',
  'wall:countdown',
  'wall:tech',
  'desk:health',
  'desk:oncall',
  'desk:marketing',
] as const;
export type ViewId = (typeof VIEWS)[number];

/** What joining a view, or reading its recording, demands. */
export const VIEW_POLICY: Readonly<Record<ViewId, Permission>> = {
  'wall:overview': 'figures.read',
  'wall:regions': 'figures.read',
  'wall:checkout': 'figures.read',
  'wall:marketing': 'figures.read',
  'wall:supply': 'figures.read',
  'wall:countdown': 'figures.read',
  'wall:tech': 'figures.read',
  'desk:health': 'health.read',
  'desk:oncall': 'alerts.read',
  'desk:marketing': 'budget.read',
};

/**
 * Names a figure inside a frame: `gmv_paid@open`, `requests_error_rate@1m|service=payment`.
 * Labels are sorted by name and joined with `|`.
 */
export type FigureKey = string;

export interface FrameFeed {
  /** Newest event or heartbeat of the feed, ms since the Unix epoch; null when it never reported. */
  readonly newestMs: number | null;
  /** How often it normally reports, ms. */
  readonly intervalMs: number;
  /** Sources heard in the last 30 s / sources that went silent. */
  readonly heardCount: number;
  readonly silentCount: number;
}

/** The end of a chart line, replacing the client's points of the same times. */
export interface LineTail {
  readonly stepMs: number;
  readonly points: readonly (readonly [number, number | null])[];
}

/** One row of a ranked or tiled list inside a view (regions, services, hero items). */
export interface FrameRow {
  readonly id: string;
  readonly figures: Readonly<Record<string, Figure>>;
}

/** Alerts that fired, in steps of ten minutes; the last step is the running one. More than ten of them are a flood. */
export interface AlertRate {
  readonly fromMs: number;
  readonly stepMs: number;
  readonly counts: readonly number[];
}
/** From so many alerts in ten minutes on nobody can look at each: they are grouped and the flood is said. */
export const ALERT_FLOOD_COUNT = 10;

export interface FrameAlerts {
  /** `off`: no rule engine runs, which the strip says instead of "no alerts". */
  readonly state: 'off' | 'on';
  readonly openCount: Readonly<Partial<Record<Tier, number>>>;
  /** Muted by a silence; see `tallyOf`. */
  readonly silencedCount: number;
  /** Muted by something else: a cause, a storm, flapping. */
  readonly suppressedCount?: number;
  /** The most urgent ones: by tier, then money a minute, then age; at most 12. Absent while `off`. */
  readonly top?: readonly AlertRow[];
  /** ms since rules were last evaluated, by any node; above 180,000 the screens say "alerting unverified". */
  readonly evaluatedAgoMs?: number;
  /** Receivers that do not get what they should; absent when all are well. */
  readonly receivers?: ReceiverTrouble;
  /** The newest page that rings on screens; absent before the first. */
  readonly sound?: SoundMark;
  /** How many fired lately; absent while it is not known. */
  readonly rate?: AlertRate;
  /** The worst red alert that nobody has taken; absent when there is none. */
  readonly takeOver?: TakeOver;
}

/** All figures of a view at one instant: whole, ordered by `seq`, safe to skip. */
export interface Frame {
  readonly view: ViewId;
  /** Which life of this node's stream; a new epoch voids every seq. */
  readonly epoch: string;
  readonly seq: number;
  /** Redis time when it was made, ms. Ages are measured against it, never against the screen's clock. */
  readonly serverMs: number;
  /** Newest accepted event time, never beyond Redis time; null before the first event. */
  readonly asOf: number | null;
  /** All earlier events are believed to be in. */
  readonly watermark: number | null;
  readonly quality: 'live' | 'delayed' | 'partial' | 'degraded';
  /** How long a screen may trust this frame, ms. */
  readonly ttlMs: number;
  readonly figures: Readonly<Record<FigureKey, Figure>>;
  /** Lists of the view, by name: `regions`, `services`, `items`, `channels`, `complaints`, `sources`, `screens` … */
  readonly rows: Readonly<Record<string, readonly FrameRow[]>>;
  readonly lines: Readonly<Record<string, LineTail>>;
  readonly feeds: Readonly<Record<string, FrameFeed>>;
  readonly alerts: FrameAlerts;
  readonly campaign: {
    readonly id: string;
    readonly opensAt: number;
    readonly phase: string;
    readonly nextWaveAt: number | null;
  };
  /** People who are on the roster now and here: a screen of theirs is open, or they asked something within the last minute. */
  readonly onDutyCount: number;
  /** Events whose dimension value was not in the campaign file, last 5 min. */
  readonly unmappedCount: number;
  /** A line across all walls, set by a runbook; absent when there is none. */
  readonly banner?: Banner;
  /** Incident, sound and whether alerting is verified: the same in every view. */
  readonly room?: FrameRoom;
  /** The link is plain http off loopback: "not encrypted" on every screen. */
  readonly insecure?: true;
  /** 0–1 while windows are loading after a start; the wall says "loading n %". */
  readonly loadingRatio?: number;
}

export interface Hello {
  readonly protocol: number;
  readonly nodeId: string;
  readonly build: string;
  readonly serverMs: number;
  readonly campaignId: string;
}

export interface JoinRequest {
  readonly view: ViewId;
  /** Last timeline entry the client has; null asks for the newest page. */
  readonly timelineAfter: Position | null;
  /** Last position of the alert stream the client has; null asks for all that are open. Only `desk:oncall` is sent it. */
  readonly alertsAfter?: Position | null;
  /** What this screen is, for the list of screens. */
  readonly screen: ScreenInfo;
}

export interface ScreenInfo {
  /** Chosen by the screen, kept over reloads; ≤ 64 of [A-Za-z0-9._-]. */
  readonly screenId: string;
  readonly build: string;
  readonly scene: string;
  /** Age of its newest frame when it reported, ms; null before the first. */
  readonly frameAgeMs: number | null;
  readonly heapBytes: number | null;
  /** Room whose speaker it may be; `main` when absent. */
  readonly room?: string;
  /** Present while its sound is on and can be heard: what it speaks with, drawn anew when the page is loaded. */
  readonly voice?: string;
}

export type Ack<T> = (reply: ({ readonly ok: true } & T) | { readonly ok: false; readonly problem: Problem }) => void;

/** Typed socket maps, shared with the client. Sockets are for reading; every command is HTTP. */
export interface ServerToClientEvents {
  hello: (hello: Hello) => void;
  frame: (frame: Frame) => void;
  /** Server liveness, 1 Hz, also when nothing is joined. */
  beat: (beat: { readonly serverMs: number }) => void;
  /** Never skipped: entries after the joined position, in order; `reset` voids what the client holds. */
  timeline: (page: {
    readonly position: Position;
    readonly entries: readonly TimelineEntry[];
    readonly reset: boolean;
  }) => void;
  /** Never skipped: alerts that changed after the joined position, each whole; only to screens in `desk:oncall`. */
  alerts: (page: AlertPage) => void;
  /** The server is about to close this socket; come back by yourself after `retryInMs` unless `final`. */
  bye: (bye: {
    readonly code: 'draining' | 'revoked' | 'too_slow' | 'too_many';
    readonly retryInMs: number;
    readonly final: boolean;
  }) => void;
}
export interface ClientToServerEvents {
  join: (request: JoinRequest, ack: Ack<{ readonly view: ViewId }>) => void;
  leave: (request: Record<string, never>, ack: Ack<object>) => void;
  resume: (request: { readonly timelineAfter: Position | null }, ack: Ack<object>) => void;
  /** A screen describes itself; changes nothing that anybody decides. */
  report: (screen: ScreenInfo, ack: Ack<object>) => void;
}

/** What each event of a client demands; an event without a policy stops the start. `join` also demands its view's. */
export const SOCKET_POLICY = {
  join: 'session',
  leave: 'session',
  resume: 'timeline.read',
  report: 'session',
} as const satisfies Readonly<Record<keyof ClientToServerEvents, Policy>>;
