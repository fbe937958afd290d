import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { DemoAccess } from '#contract/people';
import { deliveryMetrics } from '../alerts/delivery/metrics.ts';
import { alertMetrics } from '../alerts/metrics.ts';
import { alertStreamPort } from '../alerts/stream-port.ts';
import { buildApp, type Readiness } from './app.ts';
import { outboxMetrics } from './budget/outbox/create-platforms.ts';
import { createAction } from './compose-action.ts';
import { createWayIn } from './compose-events.ts';
import type { ComposeOptions } from './compose-options.ts';
import { routePlugins } from './compose-routes.ts';
import { openStore } from './compose-store.ts';
import type { Config } from './config.ts';
import type { Campaign } from './domain/campaign.ts';
import { feedsOf } from './domain/sources.ts';
import { trustsOnly } from './http/client-address.ts';
import { limit } from './limits.ts';
import type { People } from './people/types.ts';
import { createNodeMeter } from './realtime/node-meter.ts';
import { createRealtime } from './realtime/realtime.ts';
import { createChronicle } from './room/chronicle.ts';
import { createHeldClaim } from './room/held-claim.ts';
import { createOnDuty } from './room/on-duty.ts';
import { createRecorder } from './room/recorder.ts';
import { createScreens } from './room/screens.ts';
import { createTimelineFollower } from './room/timeline-follower.ts';
import { metricsDoor } from './routes/metrics.ts';
import { peopleDoor } from './routes/people.ts';
import { storeState } from './store/connect.ts';
import { patiently } from './store/patiently.ts';
import { asStoreError } from './store/store-error.ts';
import { readStore } from './telemetry/store-readings.ts';

export type { ComposeOptions } from './compose-options.ts';

export interface ComposedServer {
  readonly app: FastifyInstance;
  readonly campaign: Campaign;
  readonly people: People;
  /** Loads the windows and begins to tick; the app may listen before, and says that it is loading. */
  readonly start: () => Promise<void>;
  /** Says 503 on `/-/ready` and goes on serving, so that a balancer sends nobody new. */
  readonly leave: () => void;
  /** Refuses new work, answers what was taken in, lets go of the store. */
  readonly stop: () => Promise<void>;
  readonly access: (url: string) => Promise<DemoAccess>;
  /** What the store promises less than the embedded one, in words; empty when nothing. */
  readonly warnings: readonly string[];
}

const CLOCK_EVERY_MS = 1_000;

/** Wires the whole server over one store. Nothing here decides anything: each part is given what it needs. */
export async function composeServer(config: Config, options: ComposeOptions): Promise<ComposedServer> {
  const { log } = options;
  const store = await openStore(config, options);
  const { redis, clock, campaign, prefix, instance, keys, durability, retried, openBlocking } = store;
  const events = createWayIn(config, options, store);
  const { mirror, letters, timeline, people, disk, telemetry, ingest } = events;
  const nodeId = `${hostname()}-${randomBytes(3).toString('hex')}`;
  const follower = createTimelineFollower({
    open: () => openBlocking('timeline'),
    prefix,
    instance,
    log,
  });
  const recorder = createRecorder({
    folder: join(config.dataDir, 'recordings'),
    instance,
    claim: createHeldClaim({ redis, prefix, instance, name: 'recorder', nodeId }),
    log,
    nowMs: () => clock.nowMs(),
    keepDays: config.recordingKeepDays,
    keepBytes: config.recordingKeepBytes,
  });
  const warned = (): { warnings?: readonly string[] } =>
    durability === null || durability.warnings.length === 0
      ? {}
      : { warnings: durability.warnings.map(({ code }) => code) };
  const nowMs = (): number => clock.nowMs();
  const action = createAction(config, options, store, events, nodeId, {
    health: () => screens.facts(),
    screens: () => realtime.own().screens,
    address: () => app.server.address(),
  });
  const { source, banners, due, alerts, delivery, alertmanager, platforms, budget, advisor, room } = action;
  const onDuty = createOnDuty({ duty: alerts.duty, present: people.present, nowMs });
  let leaving = false;
  let draining = false;
  const ready = async (): Promise<Readiness> => {
    const reasons: string[] = leaving ? ['draining'] : [];
    const store = await storeState(redis);
    if (store.state !== 'ready') reasons.push(store.state === 'loading' ? 'store_loading' : 'store_unavailable');
    else if (mirror.loadingRatio < 1) reasons.push('store_loading');
    if (disk.isLow) reasons.push('disk_low');
    const loadedRatio = store.state === 'loading' ? store.loadedRatio : mirror.loadingRatio;
    return { ok: reasons.length === 0, reasons, loadedRatio, ...warned() };
  };
  const app = await buildApp({
    config,
    log,
    plugins: routePlugins(config, store, events, action, recorder, {
      health: () => screens.facts(),
      renderMetrics: () => renderMetrics(),
    }),
    ready,
    isDraining: () => draining,
    clientDir: options.clientDir,
    asStoreError,
    onAnswered: telemetry.answers.add,
    ...metricsDoor(peopleDoor(people), config.metricsToken),
  });
  const meter = createNodeMeter(redis);
  const realtime = createRealtime({
    server: app.server,
    source,
    people,
    timeline,
    follower,
    log,
    nodeId,
    build: options.build,
    publicUrl: config.publicUrl,
    trusts: trustsOnly(config.trustedProxies),
    insecure: !config.secureCookies,
    meter,
    banner: (tMs) => banners.shown(tMs),
    room: () => ({ ...room.frame(), ...onDuty.frame() }),
    onDutyCount: () => onDuty.count(),
    alerts: () => ({ ...alerts.frame(), ...delivery.frame() }),
    figureTiers: alerts.figureTiers,
    alertStream: alertStreamPort(alerts.book),
    health: () => screens.facts(),
    budget: () => budget.book.rows(),
    sink: recorder,
  });
  const screens = createScreens({
    redis,
    prefix,
    instance,
    nodeId,
    log,
    own: () => realtime.own(),
    paired: async () => (await people.kiosks.list()).map(({ name }) => name),
  });
  const renderMetrics = telemetry.scrape({
    source,
    realtime,
    waitingCount: () => ingest.waitingCount(),
    readAgeMs: () => mirror.readAgeMs(),
    dedupeMaxIds: config.dedupeMaxIds,
    onDutyCount: () => onDuty.count(),
    timelineSeq: () => follower.position.seq,
    storeConnected: () => redis.status === 'ready',
    nodeReadings: () => meter.read(),
    diskLow: () => disk.isLow,
    build: { build: options.build, node: nodeId, campaign: instance },
    readStore: () => readStore(redis, keys, letters, clock.nowMs()),
    more: [alertMetrics(alerts.book), deliveryMetrics(delivery, nowMs), alertmanager, outboxMetrics(platforms)],
  });
  const chronicle = createChronicle({
    redis,
    prefix,
    instance,
    nodeId,
    build: options.build,
    log,
    campaign: { opensAtMs: campaign.opensAtMs, phases: campaign.file.phases, feeds: campaign.file.feeds },
    sources: () => mirror.sources.map((state) => ({ ...state, feeds: feedsOf(state.types) })),
    redisNowMs: () => clock.nowMs(),
    canTell: () => source.loadingRatio === null && !source.degraded,
  });
  const clockTimer = setInterval(() => void clock.sync().catch(() => undefined), CLOCK_EVERY_MS);
  return {
    app,
    campaign,
    people,
    access: (url) => people.createDemoAccess({ url }),
    warnings: durability?.warnings.map(({ text }) => text) ?? [],
    start: async () => {
      realtime.start(); // first: screens that come while the windows load are told how far they are
      await Promise.all([disk.start(), patiently(() => people.start(), retried), follower.start()]);
      await patiently(() => mirror.load(), retried);
      screens.start();
      recorder.start();
      const carried = { start: () => platforms.start(budget.money, budget.facts) };
      for (const part of [chronicle, banners, alerts, budget, carried, advisor, delivery, alertmanager, room])
        await patiently(async () => part.start(), retried);
      due.start();
    },
    leave: () => {
      leaving = true;
    },
    stop: async () => {
      draining = true;
      await realtime.drain();
      await ingest.drain();
      clearInterval(clockTimer);
      await alertmanager.stop();
      platforms.stop();
      await advisor.stop();
      await budget.stop();
      await alerts.stop();
      await due.stop();
      await delivery.stop();
      banners.stop();
      await room.stop();
      await chronicle.stop();
      await screens.stop();
      await realtime.stop();
      await recorder.stop();
      follower.stop();
      disk.stop();
      await telemetry.stop();
      await people.stop();
      // whoever is still sending a body has had its time: nothing of it is counted, and it comes again
      const late = setTimeout(() => app.server.closeAllConnections(), limit('lastRequestsMs'));
      await app.close();
      clearTimeout(late);
      store.close();
    },
  };
}
