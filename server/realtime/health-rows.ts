import type { FrameRow } from '#contract/frames';
import type { Figure } from '#contract/kpis';
import type { SourceState } from '../domain/sources.ts';
import type { AwayWall, HealthFacts, NodeFacts, ScreenFacts } from '../room/node-facts.ts';

/** Rows a frame carries of each list; the worst come first, `/api/v1/screens` has all. */
const ROWS_MAX = 60;
const num = (value: number | null): Figure => ({
  value: value === null ? null : Math.round(value * 100) / 100,
  quality: 'live',
});
const word = (of: string | null): Figure => ({ value: null, quality: 'live', ...(of === null ? {} : { of }) });

const nodeRow = (node: NodeFacts, tMs: number): FrameRow => ({
  id: node.nodeId,
  figures: {
    build: word(node.build),
    heard_age_ms: num(tMs - node.atMs),
    up_ms: num(tMs - node.startedAtMs),
    sockets_count: num(node.socketsCount),
    lag_p99_ms: num(node.lagP99Ms),
    tick_ms: num(node.tickMs),
    tick_max_ms: num(node.tickMaxMs),
    frames_sent_count: num(node.framesSentCount),
    frames_skipped_count: num(node.framesSkippedCount),
    sockets_cut_count: num(node.socketsCutCount),
    redis_ms: num(node.redisMs),
    redis_memory_bytes: num(node.redisMemoryBytes),
    redis_memory_max_bytes: num(node.redisMemoryMaxBytes),
    memory_bytes: num(node.memoryBytes),
    recording: num(node.recording ? 1 : 0),
  },
});

const screenRow = (screen: ScreenFacts, tMs: number): FrameRow => ({
  id: screen.screenId,
  figures: {
    principal: word(screen.principal),
    kind: word(screen.kind),
    node: word(screen.nodeId),
    view: word(screen.view),
    scene: word(screen.scene),
    build: word(screen.build),
    frame_age_ms: num(screen.frameAgeMs),
    heap_bytes: num(screen.heapBytes),
    connected_ms: num(tMs - screen.connectedAtMs),
    reported_age_ms: num(screen.reportedAtMs === null ? null : tMs - screen.reportedAtMs),
    slow: num(screen.slow ? 1 : 0),
  },
});

/** A wall that is not there: how long nothing was heard of it is all there is to say. */
const awayRow = ({ name, sinceMs }: AwayWall, tMs: number): FrameRow => ({
  id: `away:${name}`,
  figures: {
    principal: word(name),
    kind: word('kiosk'),
    frame_age_ms: num(tMs - sinceMs),
    reported_age_ms: num(tMs - sinceMs),
  },
});

const sourceRow = (source: SourceState, tMs: number): FrameRow => ({
  id: source.source,
  figures: {
    age_ms: num(source.newestMs === 0 ? null : tMs - source.newestMs),
    heard_age_ms: num(tMs - source.heardMs),
    types: word(source.types.join(' ')),
    accepted_count: num(source.acceptedCount),
    late_count: num(source.lateCount),
    duplicate_count: num(source.duplicateCount),
    rejected_count: num(source.rejectedCount),
  },
});

/** Rows of `desk:health`: nodes, screens and sources, longest silent first. Words are in `of`, numbers in `value`. */
export function healthRows(
  source: { sources(): readonly SourceState[] },
  { nodes, screens, awayWalls }: HealthFacts,
  tMs: number,
): Record<'nodes' | 'screens' | 'sources', readonly FrameRow[]> {
  const worstFirst = (a: ScreenFacts, b: ScreenFacts): number =>
    Number(b.slow) - Number(a.slow) || (b.frameAgeMs ?? 0) - (a.frameAgeMs ?? 0) || a.connectedAtMs - b.connectedAtMs;
  return {
    nodes: nodes.map((node) => nodeRow(node, tMs)),
    screens: [
      ...awayWalls.map((wall) => awayRow(wall, tMs)),
      ...[...screens].sort(worstFirst).map((screen) => screenRow(screen, tMs)),
    ].slice(0, ROWS_MAX),
    sources: [...source.sources()]
      .sort((a, b) => a.heardMs - b.heardMs)
      .slice(0, ROWS_MAX)
      .map((state) => sourceRow(state, tMs)),
  };
}
