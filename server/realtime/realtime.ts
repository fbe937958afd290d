import { randomUUID } from 'node:crypto';
import type { Server as HttpServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { AlertPage } from '#contract/alerts';
import { type FrameAlerts, type FrameRow, PROTOCOL_VERSION } from '#contract/frames';
import type { FrameRoom } from '#contract/room';
import type { Banner } from '#contract/runbooks';
import type { Trusts } from '../http/client-address.ts';
import type { Log } from '../room/log.ts';
import type { HealthFacts, NodeFacts, ScreenFacts } from '../room/node-facts.ts';
import type { Timeline } from '../room/timeline.ts';
import type { TimelineFollower } from '../room/timeline-follower.ts';
import type { SlowLimits } from './domain/slow-screen.ts';
import type { FrameSource } from './frame-source.ts';
import type { SocketCaps } from './handshake.ts';
import { createHub } from './hub.ts';
import type { NodeMeter } from './node-meter.ts';
import type { RealtimePeople } from './people-port.ts';
import type { Session } from './session.ts';
import { createSlowScreens } from './slow-screens.ts';
import { createStreamPush, type StreamPort } from './stream-push.ts';
import { createTick, type FrameSink } from './tick.ts';
import type { FigureTiers } from './tier-book.ts';
import { timelinePort } from './timeline-port.ts';

export interface RealtimeOptions {
  /** fastify's own server, before it listens. */
  readonly server: HttpServer;
  readonly source: FrameSource;
  readonly people: RealtimePeople;
  readonly timeline: Pick<Timeline, 'since'>;
  /** Started and stopped by the caller. */
  readonly follower: TimelineFollower;
  readonly log: Log;
  readonly nodeId: string;
  readonly build: string;
  /** How browsers reach us when a proxy stands in front. */
  readonly publicUrl: string | null;
  /** Proxies whose word on the client's address is believed; default nobody. */
  readonly trusts?: Trusts;
  /** What the alerts about a figure say of it; absent: figures speak for themselves. */
  readonly figureTiers?: FigureTiers;
  /** Plain http off loopback: every screen says "not encrypted". */
  readonly insecure: boolean;
  readonly meter?: NodeMeter;
  readonly sink?: FrameSink;
  readonly alerts?: () => FrameAlerts;
  /** The line across all walls at an instant; none when absent. */
  readonly banner?: (nowMs: number) => Banner | null;
  /** How many people of the roster are on now and here; 0 when absent. */
  readonly onDutyCount?: () => number;
  /** What the room itself does; nothing when absent. */
  readonly room?: () => FrameRoom;
  /** Alerts as screens in `desk:oncall` follow them; absent: no rule engine runs. */
  readonly alertStream?: StreamPort<AlertPage>;
  /** All nodes' facts; this node's alone when absent. */
  readonly health?: () => HealthFacts;
  /** Accounts of the ledger, for the marketing views; none when absent. */
  readonly budget?: () => readonly FrameRow[];
  readonly slowLimits?: SlowLimits;
  readonly caps?: SocketCaps;
}
/** Counts since start; socketsCount is now. */
export interface RealtimeStats {
  readonly socketsCount: number;
  readonly framesSentCount: number;
  readonly framesSkippedCount: number;
  readonly stuckCount: number;
  readonly tooSlowCount: number;
  readonly revokedCount: number;
  readonly floodedCount: number;
  readonly refusedCount: number;
  readonly tickMs: number;
  readonly tickMaxMs: number;
}
export interface Realtime {
  start(): void;
  /** Tells every screen to come back in a moment (elsewhere, if there is another node) and closes its connection. */
  drain(): Promise<void>;
  stop(): Promise<void>;
  stats(): RealtimeStats;
  /** This node and its screens, for `Screens` and `/metrics`. */
  own(): { readonly node: NodeFacts; readonly screens: readonly ScreenFacts[] };
  /** Which life of this node's frames. */
  readonly epoch: string;
}

const NO_ALERTS: FrameAlerts = { state: 'off', openCount: {}, silencedCount: 0 };
/** Screens of a draining node come back spread over this long, ms, so that they do not all ask at once. */
const DRAIN_JITTER_MS = 2_000;
/** Sockets that are told in one turn while draining. */
const DRAIN_STEP = 200;
const MEASURE_EVERY_MS = 5_000;

/** Screens out: sockets, frames and the timeline's news, of one node. */
export function createRealtime(options: RealtimeOptions): Realtime {
  const { server, source, people, timeline, follower, log, nodeId, build, publicUrl } = options;
  const epoch = randomUUID();
  const startedAtMs = source.redisNowMs();
  const hub = createHub({
    server,
    people,
    log,
    publicUrl,
    redisNowMs: () => source.redisNowMs(),
    hello: () => ({
      protocol: PROTOCOL_VERSION,
      nodeId,
      build,
      serverMs: source.redisNowMs(),
      campaignId: source.campaign.instance,
    }),
    ...(options.caps === undefined ? {} : { caps: options.caps }),
    ...(options.trusts === undefined ? {} : { trusts: options.trusts }),
  });
  const { lanes, sessions } = hub;
  const timelinePush = createStreamPush({ name: 'timeline', port: timelinePort(timeline, follower), lanes, log });
  const alertPush =
    options.alertStream === undefined
      ? null
      : createStreamPush({ name: 'alerts', port: options.alertStream, lanes, log });
  hub.usePushes({ timeline: timelinePush, alerts: alertPush });
  const slow = createSlowScreens({
    lanes,
    tooSlow: (session) => hub.end(session, { code: 'too_slow', retryInMs: 1_000, final: false }),
    ...(options.slowLimits === undefined ? {} : { limits: options.slowLimits }),
  });

  function own(): { node: NodeFacts; screens: readonly ScreenFacts[] } {
    const readings = options.meter?.read();
    const node: NodeFacts = {
      nodeId,
      build,
      atMs: source.redisNowMs(),
      startedAtMs,
      socketsCount: sessions.size,
      lagP99Ms: readings?.lagP99Ms ?? 0,
      tickMs: ticker.counts.tickMs,
      tickMaxMs: ticker.counts.tickMaxMs,
      framesSentCount: ticker.counts.framesSent,
      framesSkippedCount: slow.counts.skipped,
      socketsCutCount: slow.counts.stuck + slow.counts.tooSlow + hub.counts.flooded + hub.counts.revoked,
      redisMs: readings?.redisMs ?? null,
      redisMemoryBytes: readings?.redisMemoryBytes ?? null,
      redisMemoryMaxBytes: readings?.redisMemoryMaxBytes ?? null,
      memoryBytes: process.memoryUsage.rss(),
      recording: options.sink?.wants() ?? false,
    };
    return { node, screens: [...sessions.values()].map((session) => screenFacts(session, nodeId)) };
  }
  const ticker = createTick({
    source,
    lanes,
    sessions,
    sweep: slow.sweep,
    log,
    epoch,
    insecure: options.insecure,
    alerts: options.alerts ?? (() => NO_ALERTS),
    ...(options.figureTiers === undefined ? {} : { figureTiers: options.figureTiers }),
    banner: options.banner ?? (() => null),
    room: options.room ?? (() => null),
    onDutyCount: options.onDutyCount ?? (() => 0),
    budget: options.budget ?? (() => []),
    health:
      options.health ??
      (() => {
        const { node, screens } = own();
        return { nodes: [node], screens, awayWalls: [] };
      }),
    sink: options.sink ?? null,
  });
  let measuring: NodeJS.Timeout | null = null;

  return {
    epoch,
    own,
    start() {
      options.meter?.start();
      void options.meter?.measure();
      measuring = setInterval(() => void options.meter?.measure(), MEASURE_EVERY_MS);
      ticker.start();
    },
    async drain() {
      hub.refuseNew();
      let told = 0;
      for (const session of [...sessions.values()]) {
        hub.end(session, { code: 'draining', retryInMs: Math.floor(Math.random() * DRAIN_JITTER_MS), final: false });
        told += 1;
        if (told % DRAIN_STEP === 0) await pause(1);
      }
    },
    async stop() {
      if (measuring !== null) clearInterval(measuring);
      options.meter?.stop();
      await ticker.stop();
      timelinePush.stop();
      alertPush?.stop();
      hub.close();
    },
    stats: () => ({
      socketsCount: sessions.size,
      framesSentCount: ticker.counts.framesSent,
      framesSkippedCount: slow.counts.skipped,
      stuckCount: slow.counts.stuck,
      tooSlowCount: slow.counts.tooSlow,
      revokedCount: hub.counts.revoked,
      floodedCount: hub.counts.flooded,
      refusedCount: hub.counts.refused,
      tickMs: ticker.counts.tickMs,
      tickMaxMs: ticker.counts.tickMaxMs,
    }),
  };
}

const screenFacts = (session: Session, nodeId: string): ScreenFacts => ({
  screenId: session.screen?.screenId ?? session.socket.id,
  nodeId,
  principal: session.principal.name,
  kind: session.principal.kind,
  view: session.view,
  scene: session.screen?.scene ?? null,
  build: session.screen?.build ?? null,
  frameAgeMs: session.screen?.frameAgeMs ?? null,
  heapBytes: session.screen?.heapBytes ?? null,
  connectedAtMs: session.connectedAtMs,
  reportedAtMs: session.reportedAtMs,
  slow: session.slow,
  ...(session.screen?.room === undefined ? {} : { room: session.screen.room }),
  ...(session.screen?.voice === undefined ? {} : { voice: session.screen.voice }),
});
