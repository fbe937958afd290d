import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Frame, type FrameAlerts, type FrameRow, VIEWS } from '#contract/frames';
import type { FrameRoom } from '#contract/room';
import type { Banner } from '#contract/runbooks';
import type { Log } from '../room/log.ts';
import type { HealthFacts } from '../room/node-facts.ts';
import { buildFrame, type FrameContext } from './build-frame.ts';
import { figureReader } from './figures.ts';
import type { FrameSource } from './frame-source.ts';
import type { Lanes } from './lanes.ts';
import type { Session } from './session.ts';
import { type FigureTiers, TierBook } from './tier-book.ts';

export const TICK_MS = 200;
/** Beats go out between two ticks: a second volatile emit in one turn is dropped even for a fast client (T3). */
const BEAT_EVERY_TICKS = 5;
const BEAT_PHASE_MS = TICK_MS / 2;
/** A tick waits this long for the windows; then it builds from what it has. */
const REFRESH_WAIT_MS = 100;
/** Windows older than this make every frame `degraded`, ms. */
export const DEGRADED_AFTER_MS = 2_000;

/** Where the recording goes; it wants one frame a view a second while this node holds the claim. */
export interface FrameSink {
  wants(): boolean;
  offer(frame: Frame): void;
}
export interface TickDeps {
  readonly source: FrameSource;
  readonly lanes: Lanes;
  readonly sessions: ReadonlyMap<string, Session>;
  readonly sweep: (sessions: Iterable<Session>, nowMs: number) => void;
  readonly log: Log;
  readonly epoch: string;
  readonly insecure: boolean;
  readonly alerts: () => FrameAlerts;
  readonly figureTiers?: FigureTiers;
  /** The line across all walls at an instant. */
  readonly banner: (nowMs: number) => Banner | null;
  readonly room: () => FrameRoom | null;
  readonly onDutyCount: () => number;
  readonly health: () => HealthFacts;
  readonly budget: () => readonly FrameRow[];
  readonly sink: FrameSink | null;
}

/** Builds each view that somebody watches once, five times a second, and sends it to all who watch it. */
export function createTick(deps: TickDeps) {
  const { source, lanes, sessions, sweep, log, epoch, sink } = deps;
  const counts = { ticks: 0, framesSent: 0, tickMs: 0, tickMaxMs: 0 };
  const tiers = new TierBook(deps.figureTiers);
  let seq = 0;
  let second = 0;
  let refreshing: Promise<void> | null = null;
  let refreshedAtMs = performance.now();
  let timer: NodeJS.Timeout | null = null;
  let beatTimer: NodeJS.Timeout | null = null;
  let running = false;
  let current: Promise<void> = Promise.resolve();
  let failing = false;

  /** Starts a refresh unless one hangs, and waits for it a moment. */
  async function refresh(): Promise<void> {
    if (source.refresh === undefined) {
      refreshedAtMs = performance.now();
      return;
    }
    refreshing ??= source
      .refresh()
      .then(() => {
        refreshedAtMs = performance.now();
        failing = false;
      })
      .catch((error: unknown) => {
        if (!failing) log.warn({ err: error }, 'the windows cannot be read; screens say so');
        failing = true;
      })
      .finally(() => {
        refreshing = null;
      });
    let late: NodeJS.Timeout | undefined;
    await Promise.race([
      refreshing,
      new Promise((resolve) => {
        late = setTimeout(resolve, REFRESH_WAIT_MS);
      }),
    ]);
    clearTimeout(late);
  }

  async function tick(): Promise<void> {
    await refresh();
    const startedMs = performance.now();
    const tMs = source.redisNowMs();
    const newSecond = Math.floor(tMs / 1_000) !== second;
    second = Math.floor(tMs / 1_000);
    seq += 1;
    tiers.beginTick();
    const context: FrameContext = {
      source,
      figures: figureReader(source, tMs, tiers),
      tMs,
      epoch,
      seq,
      alerts: deps.alerts(),
      banner: deps.banner(tMs),
      room: deps.room(),
      onDutyCount: deps.onDutyCount(),
      insecure: deps.insecure,
      degraded: source.degraded || (source.loadingRatio === null && startedMs - refreshedAtMs > DEGRADED_AFTER_MS),
      health: deps.health(),
      budget: deps.budget(),
    };
    sweep(sessions.values(), startedMs);
    const recording = newSecond && sink?.wants() === true;
    for (const view of VIEWS) {
      const watched = lanes.hasMembers(view);
      if (!watched && !recording) continue;
      if (!watched) await nextTurn(); // nobody waits for it: acks of events go first
      const frame = buildFrame(view, context);
      if (watched) counts.framesSent += await lanes.frame(frame);
      if (recording) sink?.offer(frame);
    }
    counts.ticks += 1;
    counts.tickMs = performance.now() - startedMs;
    counts.tickMaxMs = Math.max(counts.tickMs, counts.tickMaxMs * 0.99);
    if (counts.ticks % BEAT_EVERY_TICKS === 0) beatTimer = setTimeout(beat, BEAT_PHASE_MS);
  }
  function beat(): void {
    lanes.beat({ serverMs: source.redisNowMs() }).catch((error: unknown) => log.error({ err: error }, 'beat failed'));
  }

  /** Ticks keep their rhythm; one that took too long is followed at once, never overlapped. */
  function loop(dueMs: number): void {
    timer = setTimeout(
      () => {
        current = tick()
          .catch((error: unknown) => log.error({ err: error }, 'a tick failed; the next one tries again'))
          .then(() => {
            if (running) loop(Math.max(dueMs + TICK_MS, performance.now()));
          });
      },
      Math.max(0, dueMs - performance.now()),
    );
  }

  return {
    counts,
    start(): void {
      running = true;
      loop(performance.now());
    },
    async stop(): Promise<void> {
      running = false;
      if (timer !== null) clearTimeout(timer);
      await current;
      if (timer !== null) clearTimeout(timer);
      if (beatTimer !== null) clearTimeout(beatTimer);
    },
  };
}
