import type { ViewId } from '#contract/frames';

/** What a node says of itself, every few seconds, so that any node can show them all. */
export interface NodeFacts {
  readonly nodeId: string;
  readonly build: string;
  /** Redis time when it said so, ms. */
  readonly atMs: number;
  readonly startedAtMs: number;
  readonly socketsCount: number;
  /** Event loop delay of the last 10 s, p99, ms. */
  readonly lagP99Ms: number;
  /** Time the last tick took to build and emit, and the longest of the last 10 s, ms. */
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

/** A connected screen, as the list of screens shows it. */
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
}

export interface HealthFacts {
  readonly nodes: readonly NodeFacts[];
  readonly screens: readonly ScreenFacts[];
}
export const NO_HEALTH: HealthFacts = { nodes: [], screens: [] };
