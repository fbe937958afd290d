import type { Frame, ViewId } from './frames.ts';

/** What a node says of itself, every few seconds, so that any node can show them all. */
export interface NodeFacts {
  readonly nodeId: string;
  readonly build: string;
  /** Redis time when it said so, ms. */
  readonly atMs: number;
  readonly startedAtMs: number;
  readonly socketsCount: number;
  /** Event loop delay of the last 5 s, p99, ms. */
  readonly lagP99Ms: number;
  /** Time the last tick took to build and emit, and the longest of late, ms. */
  readonly tickMs: number;
  readonly tickMaxMs: number;
  /** Since start. */
  readonly framesSentCount: number;
  readonly framesSkippedCount: number;
  readonly socketsCutCount: number;
  /** Round trip of a PING, ms; null while Redis does not answer. */
  readonly redisMs: number | null;
  readonly redisMemoryBytes: number | null;
  /** 0: no limit. */
  readonly redisMemoryMaxBytes: number | null;
  /** Resident memory of the node, bytes. */
  readonly memoryBytes: number;
  /** It writes the recording. */
  readonly recording: boolean;
}

/** A connected screen. */
export interface ScreenFacts {
  readonly screenId: string;
  readonly nodeId: string;
  /** Who is signed in there. */
  readonly principal: string;
  readonly kind: 'user' | 'kiosk' | 'key';
  readonly view: ViewId | null;
  readonly scene: string | null;
  readonly build: string | null;
  /** Age of its newest frame when it last reported, ms. */
  readonly frameAgeMs: number | null;
  readonly heapBytes: number | null;
  /** Redis time, ms. */
  readonly connectedAtMs: number;
  /** Redis time of its last report, ms; null before the first. */
  readonly reportedAtMs: number | null;
  /** It does not take frames as fast as they come. */
  readonly slow: boolean;
  /** Its room, and what it speaks with while its sound is on. */
  readonly room?: string;
  readonly voice?: string;
}

/** A paired wall that was connected within the last 24 h and is not now: unplugged, cut off, or crashed. */
export interface AwayWall {
  readonly name: string;
  /** When it was last connected, or this node began to listen for it, ms of Redis time. */
  readonly sinceMs: number;
}

/** `GET /api/v1/screens`: of all nodes, ≤ 5 s old. */
export interface ScreensReply {
  readonly serverMs: number;
  readonly screens: readonly ScreenFacts[];
  readonly awayWalls: readonly AwayWall[];
  readonly nodes: readonly NodeFacts[];
}

/** `GET /api/v1/recordings?view=&at=`: the frame a view showed at that second, exactly as it was sent. */
export interface RecordingReply {
  readonly view: ViewId;
  /** The second asked for, ms. */
  readonly atMs: number;
  readonly frame: Frame;
}
/** `GET /api/v1/recordings?view=`: first ms of each hour (UTC) this node has recorded of the view, oldest first. */
export interface RecordedHoursReply {
  readonly view: ViewId;
  readonly hoursMs: readonly number[];
}
