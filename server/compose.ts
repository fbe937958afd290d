import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { AppError } from '#contract/errors';
import type { DemoAccess } from '#contract/people';
import { createAlertmanager } from '../alerts/alertmanager/alertmanager.ts';
import { createAlerts } from '../alerts/alerts.ts';
import { createDelivery } from '../alerts/delivery/delivery.ts';
import { deliveryMetrics } from '../alerts/delivery/metrics.ts';
import { RECEIVERS_FILE } from '../alerts/delivery/read-receivers.ts';
import { alertStreamPort } from '../alerts/stream-port.ts';
import { createSystemFacts } from '../alerts/system-facts.ts';
import { alertLookup, silencePort } from '../runbooks/alert-ports.ts';
import { createRunbooks } from '../runbooks/create-runbooks.ts';
import { loadHooks } from '../runbooks/hooks.ts';
import { type AppDeps, buildApp, type Readiness, withDeps } from './app.ts';
import { createPlatforms, outboxMetrics } from './budget/outbox/create-platforms.ts';
import type { PlatformHook } from './budget/platforms/webhook-adapter.ts';
import { createAdvisor } from './budget/recommend/advisor.ts';
import { rhythmOf } from './budget/recommend/rhythm.ts';
import { wireBudget } from './budget/wire-budget.ts';
import { loadCampaignFile } from './campaigns/load.ts';
import type { Config } from './config.ts';
import { type Campaign, campaignReply, phaseAt, plannedOpeningMs, resolveCampaign } from './domain/campaign.ts';
import { buildCellTable, type CellTable } from './domain/cell-table.ts';
import { feedsOf } from './domain/sources.ts';
import { trustsOnly } from './http/client-address.ts';
import { ChangeBook } from './ingest/change-book.ts';
import { BodyGate, DiskGuard, QuotaGate } from './ingest/gate.ts';
import { createIngest } from './ingest/ingest.ts';
import { limit } from './limits.ts';
import { createHostResolver } from './outbound/resolve.ts';
import { createOutbound } from './outbound/send.ts';
import { createPeople } from './people/people.ts';
import type { People } from './people/types.ts';
import { createNodeMeter } from './realtime/node-meter.ts';
import { createRealtime } from './realtime/realtime.ts';
import { createBanners } from './room/banners.ts';
import { createChronicle } from './room/chronicle.ts';
import { createDueWork } from './room/due.ts';
import { createHeldClaim } from './room/held-claim.ts';
import { chooseInstance } from './room/instance.ts';
import { createRecorder } from './room/recorder.ts';
import { createScreens } from './room/screens.ts';
import { createTimeline } from './room/timeline.ts';
import { createTimelineFollower } from './room/timeline-follower.ts';
import { createWarRoom } from './room/war-room.ts';
import { alertmanagerRoutes } from './routes/alertmanager.ts';
import { alertRoutes } from './routes/alerts.ts';
import { budgetRoutes } from './routes/budget.ts';
import { deadLetterRoutes } from './routes/dead-letters.ts';
import { dutyRoutes } from './routes/duty.ts';
import { eventRoutes } from './routes/events.ts';
import { faroRoutes } from './routes/faro.ts';
import { figureRoutes } from './routes/figures.ts';
import { incidentRoutes } from './routes/incidents.ts';
import { metricsDoor, metricsRoutes } from './routes/metrics.ts';
import { peopleDoor, peopleRoutes } from './routes/people.ts';
import { platformRoutes } from './routes/platforms.ts';
import { receiverRoutes } from './routes/receivers.ts';
import { recommendationRoutes } from './routes/recommendations.ts';
import { recordingRoutes } from './routes/recordings.ts';
import { runbookRoutes } from './routes/runbooks.ts';
import { screenRoutes } from './routes/screens.ts';
import { silenceRoutes } from './routes/silences.ts';
import { timelineRoutes } from './routes/timeline.ts';
import { connectStore, storeReady, storeState } from './store/connect.ts';
import { DeadLetters } from './store/dead-letters.ts';
import { Durability } from './store/durability.ts';
import { shardKeys } from './store/keys.ts';
import { patiently } from './store/patiently.ts';
import { RedisClock } from './store/redis-clock.ts';
import type { StoreTarget } from './store/redis-url.ts';
import { asStoreError } from './store/store-error.ts';
import { readStore } from './telemetry/store-readings.ts';
import { createTelemetry } from './telemetry/telemetry.ts';
import { mirrorSource } from './windows/frame-source.ts';
import { readKpis } from './windows/kpi-rows.ts';
import { Mirror } from './windows/mirror.ts';
import { readSeries } from './windows/series.ts';
import { Sketches } from './windows/sketches.ts';

export interface ComposeOptions {
  readonly log: FastifyBaseLogger;
  readonly target: StoreTarget;
  readonly clientDir: string | null;
  readonly build: string;
  /** A demo begins a new instance at this opening and scale; null goes on with the current one. */
  readonly demo: {
    readonly opensAtMs: number;
    readonly ratePerSecond: number;
    readonly resume: boolean;
    /** How often recommendations learn, ms. */
    readonly adviceTickMs?: number;
    /** Of programs that the demo starts beside the server, on this machine. */
    readonly hooks?: Readonly<Record<string, PlatformHook>>;
  } | null;
}
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
const STORE_READY_MS = 10_000;

/** Wires the whole server over one store. Nothing here decides anything: each part is given what it needs. */
export async function composeServer(config: Config, options: ComposeOptions): Promise<ComposedServer> {
  const { log, target } = options;
  const onStoreError = (error: Error): void => log.warn({ err: error }, 'the store cannot be reached');
  const redis = connectStore(target, 'commands', 'commands', onStoreError);
  const reader = connectStore(target, 'commands', 'windows', onStoreError);
  const queries = connectStore(target, 'commands', 'queries', onStoreError); // long reads must not hold up the views
  await Promise.all([redis, reader, queries].map((each) => storeReady(each, STORE_READY_MS)));
  const clock = new RedisClock(redis);
  const retried = (error: unknown): void => log.warn({ err: error }, 'the store is slow; the start waits for it');
  await patiently(() => clock.sync(), retried);
  const { campaign, table } = await patiently(() => chooseCampaign(config, options, redis), retried);
  const { instance } = campaign;
  const prefix = config.redisPrefix;
  const keys = Array.from({ length: campaign.file.shards }, (_, shard) => shardKeys(prefix, instance, shard));
  const sketches = new Sketches(
    reader,
    prefix,
    instance,
    (campaign.file.dimensions.channel ?? []).map(({ id }) => id),
  );
  const mirror = new Mirror({ redis: reader, clock, keys, table, campaign, sketches });
  const letters = new DeadLetters(redis, prefix, instance);
  const timeline = createTimeline(redis, prefix, instance);
  const people = createPeople({ redis, prefix, instance, config, log });
  const disk = new DiskGuard(config.dataDir);
  const changes = new ChangeBook((source, params) =>
    timeline.append({ kind: 'change.recorded', actor: { kind: 'system', id: source }, params }),
  );
  const quotas = new QuotaGate();
  const bodies = new BodyGate();
  const telemetry = createTelemetry({ build: options.build, faroCollectorUrl: config.faroCollectorUrl, log });
  const counted = createIngest({
    campaign,
    table,
    keys,
    redis,
    clock,
    dedupeMaxIds: config.dedupeMaxIds,
    windows: mirror,
    keepDead: (items, by) => letters.keep(items, by, clock.nowMs()),
    addBuyers: (buyers) => sketches.add(buyers),
    onChanges: (changed) => changes.record(changed),
    onFlush: telemetry.events.onFlush,
  });
  const ingest = telemetry.events.metered(counted);
  const nodeId = `${hostname()}-${randomBytes(3).toString('hex')}`;
  const follower = createTimelineFollower({
    open: async () => {
      const blocking = connectStore(target, 'blocking', 'timeline', onStoreError);
      await storeReady(blocking, STORE_READY_MS).catch(() => undefined); // each failed read is logged where it fails
      return blocking;
    },
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
  // the embedded Redis is ours: it fsyncs each write
  const durability = config.redisUrl === null ? null : new Durability(redis, log);
  await durability?.check();
  const warned = (): { warnings?: readonly string[] } =>
    durability === null || durability.warnings.length === 0
      ? {}
      : { warnings: durability.warnings.map(({ code }) => code) };
  const nowMs = (): number => clock.nowMs();
  const beside = Object.values(options.demo?.hooks ?? {}).map(({ url }) => new URL(url).host);
  const outbound = createOutbound({ allow: [...config.outboundAllow, ...beside], nowMs });
  const banners = createBanners(redis, prefix, instance, log);
  const due = createDueWork({ redis, prefix, instance, log });
  const source = mirrorSource(
    mirror,
    campaign,
    clock,
    (error) => log.warn({ err: error }, 'the windows could not be read'),
    () => alerts.nudge(),
  );
  const alerts = createAlerts({
    redis,
    prefix,
    instance,
    campaign,
    nodeId,
    log,
    source,
    timeline,
    due,
    system: createSystemFacts({
      source,
      health: () => screens.facts(),
      diskUsedRatio: () => disk.usedRatio,
      clockJumpCount: () => due.stats().clockJumpCount,
      backlogCount: () => delivery.overdueCount() + platforms.stats().backlogCount,
      platformDriftCount: () => platforms.stats().driftCount,
      failingReceiverCount: () => delivery.failingCount(),
      fsyncDelayMs: () => null,
      ledgerMismatch: () => budget.mismatch(),
      overspendRatio: () => budget.book.overspentRatio(),
    }),
    ...(config.rulesDir === null ? {} : { rulesFolder: config.rulesDir }),
    spare: (alert, page) => delivery.spare(alert, page),
    onReminder: (record) => delivery.remind(record),
  });
  const delivery = createDelivery({
    redis,
    prefix,
    instance,
    log,
    alerts,
    due,
    timeline,
    outbound,
    resolve: createHostResolver(config.outboundAllow),
    banners,
    nowMs,
    timeZone: campaign.file.timeZone,
    baseUrl: () => config.publicUrl ?? localUrl(config, app.server.address()),
    receiversFile: config.receiversFile ?? RECEIVERS_FILE,
    env: process.env,
  });
  const alertmanager = createAlertmanager({ alerts, nowMs, log, build: options.build });
  const platforms = createPlatforms({
    redis,
    prefix,
    instance,
    campaign,
    due,
    log,
    outbound,
    hooks: new Map([...Object.entries(options.demo?.hooks ?? {}), ...loadHooks(config.hooksFile)]),
    nowMs,
    spendReports: () => (mirror.loadingRatio < 1 ? null : mirror.spendReports()),
  });
  const budget = wireBudget({
    redis,
    config,
    campaign: platforms.campaign,
    log,
    nowMs,
    due,
    alerts,
    people,
    mirror,
  });
  budget.usePlatforms(platforms.port);
  const advisor = createAdvisor({
    redis,
    prefix,
    instance,
    nodeId,
    log,
    source,
    timeline,
    ledger: budget.facts,
    demo: options.demo !== null,
    ...(options.demo?.adviceTickMs === undefined ? {} : { rhythm: rhythmOf(options.demo.adviceTickMs) }),
  });
  budget.useAdvice(advisor);
  const plans = createRunbooks({
    redis,
    prefix,
    instance,
    log,
    nowMs,
    due,
    outbound,
    banners,
    hooksFile: config.hooksFile,
    alerts: alertLookup(alerts),
    silences: silencePort(alerts),
    freeze: budget.freezes.action(),
    roster: campaign.file.organisation.roster,
    posts: campaign.file.organisation.posts,
    phase: () => phaseAt(campaign, nowMs()),
    kpi: (id, labels) =>
      mirror.loadingRatio < 1
        ? []
        : readKpis(campaign, mirror, nowMs(), { ids: [id], atMs: null, proof: false, labels }).kpis,
  });
  const room = createWarRoom({
    redis,
    prefix,
    instance,
    log,
    nowMs,
    due,
    outbound,
    pingUrl: config.watchdogPingUrl,
    alerts,
    plans,
    screens: () => realtime.own().screens,
  });
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
  const plugins: AppDeps['plugins'] = [
    withDeps(eventRoutes, {
      ingest,
      admit: (who, bodyBytes) => {
        quotas.admit(who);
        return bodies.admit(who, bodyBytes);
      },
      charge: (who, eventCount) => quotas.charge(who, eventCount),
      checkWritable: () => disk.check(),
    }),
    withDeps(deadLetterRoutes, { letters, ingest }),
    withDeps(figureRoutes, {
      campaign: () => campaignReply(campaign, false),
      series: (query) =>
        readSeries({ redis: queries, keys, table, campaign, mirror, nowMs: () => clock.nowMs() }, query),
      kpis: (query) => {
        if (mirror.loadingRatio < 1) {
          throw new AppError('store_loading', 'the windows are loading; ask again', { retryAfterS: 1 });
        }
        return readKpis(campaign, mirror, clock.nowMs(), query);
      },
    }),
    async (app) => {
      await app.register(timelineRoutes, { timeline });
      await app.register(recordingRoutes, { recorder });
      await app.register(screenRoutes, { screens: { facts: () => screens.facts() }, redisNowMs: () => clock.nowMs() });
    },
    withDeps(runbookRoutes, plans),
    withDeps(budgetRoutes, { budget }),
    withDeps(recommendationRoutes, { advisor }),
    withDeps(platformRoutes, { platforms }),
    withDeps(receiverRoutes, { delivery }),
    withDeps(alertRoutes, {
      alerts: { ...alerts, reload: (actor) => delivery.reload(actor, () => alerts.reload(actor)) },
      verifiedAgoMs: () => room.watchdog.agoMs(),
    }),
    withDeps(incidentRoutes, { ...room, nowMs }),
    withDeps(silenceRoutes, { silences: alerts.silences }),
    withDeps(alertmanagerRoutes, { alertmanager }),
    withDeps(dutyRoutes, { duty: alerts.duty, load: alerts.pageLoad }),
    peopleRoutes(people, config),
    withDeps(faroRoutes, { take: (report) => telemetry.takeReport(report) }),
    withDeps(metricsRoutes, { render: () => renderMetrics(), contentType: telemetry.book.contentType }),
  ];
  const app = await buildApp({
    config,
    log,
    plugins,
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
    room: () => room.frame(),
    alerts: () => ({ ...alerts.frame(), ...delivery.frame() }),
    alertStream: alertStreamPort(alerts.book),
    health: () => screens.facts(),
    budget: () => budget.book.rows(),
    sink: recorder,
  });
  const screens = createScreens({ redis, prefix, instance, nodeId, log, own: () => realtime.own() });
  const renderMetrics = telemetry.scrape({
    source,
    realtime,
    waitingCount: () => ingest.waitingCount(),
    readAgeMs: () => mirror.readAgeMs(),
    dedupeMaxIds: config.dedupeMaxIds,
    onDutyCount: () => people.onDutyCount(),
    timelineSeq: () => follower.position.seq,
    storeConnected: () => redis.status === 'ready',
    nodeReadings: () => meter.read(),
    diskLow: () => disk.isLow,
    build: { build: options.build, node: nodeId, campaign: instance },
    readStore: () => readStore(redis, keys, letters, clock.nowMs()),
    more: [deliveryMetrics(delivery, nowMs), alertmanager, outboxMetrics(platforms)],
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
      for (const each of [redis, reader, queries]) each.disconnect();
    },
  };
}

/** What links of messages start with when no public address is configured. */
function localUrl({ host, port }: Config, address: string | AddressInfo | null): string {
  const listening = address === null || typeof address === 'string' ? port : address.port;
  return `http://${host.includes(':') ? `[${host}]` : host}:${listening}`;
}

/** The campaign of the configured file, as the instance that runs says. */
async function chooseCampaign(
  config: Config,
  { demo }: ComposeOptions,
  redis: Parameters<typeof chooseInstance>[0],
): Promise<{ campaign: Campaign; table: CellTable }> {
  const file = loadCampaignFile(config.campaignFile);
  const wanted =
    demo === null
      ? { opensAtMs: config.opensAtMs ?? plannedOpeningMs(file), scale: 1 }
      : { opensAtMs: demo.opensAtMs, scale: demo.ratePerSecond / file.ratePerSecond };
  const running = await chooseInstance(redis, config.redisPrefix, file.id, wanted, demo !== null && !demo.resume);
  return { campaign: resolveCampaign(file, running), table: buildCellTable(file) };
}
