import type { AddressInfo } from 'node:net';
import { createAlertmanager } from '../alerts/alertmanager/alertmanager.ts';
import { createAlerts } from '../alerts/alerts.ts';
import { createDelivery } from '../alerts/delivery/delivery.ts';
import { RECEIVERS_FILE } from '../alerts/delivery/read-receivers.ts';
import { createSystemFacts } from '../alerts/system-facts.ts';
import { alertLookup, silencePort } from '../runbooks/alert-ports.ts';
import { createRunbooks } from '../runbooks/create-runbooks.ts';
import { loadHooks } from '../runbooks/hooks.ts';
import { createPlatforms } from './budget/outbox/create-platforms.ts';
import { createAdvisor } from './budget/recommend/advisor.ts';
import { rhythmOf } from './budget/recommend/rhythm.ts';
import { wireBudget } from './budget/wire-budget.ts';
import type { WayIn } from './compose-events.ts';
import type { ComposeOptions } from './compose-options.ts';
import type { OpenStore } from './compose-store.ts';
import type { Config } from './config.ts';
import { phaseAt } from './domain/campaign.ts';
import { createHostResolver } from './outbound/resolve.ts';
import { createOutbound } from './outbound/send.ts';
import type { Realtime } from './realtime/realtime.ts';
import { createBanners } from './room/banners.ts';
import { createDueWork } from './room/due.ts';
import type { createScreens } from './room/screens.ts';
import { createWarRoom } from './room/war-room.ts';
import { createFsyncMeter } from './store/fsync-meter.ts';
import { mirrorSource } from './windows/frame-source.ts';
import { readKpis } from './windows/kpi-rows.ts';

/** What links of messages start with when no public address is configured. */
function localUrl({ host, port }: Config, address: string | AddressInfo | null): string {
  const listening = address === null || typeof address === 'string' ? port : address.port;
  return `http://${host.includes(':') ? `[${host}]` : host}:${listening}`;
}

/** What exists only once the server listens; asked for later than this is called. */
export interface LateParts {
  readonly health: () => ReturnType<ReturnType<typeof createScreens>['facts']>;
  readonly screens: () => ReturnType<Realtime['own']>['screens'];
  readonly address: () => string | AddressInfo | null;
}
/** All that acts on what the windows say: alerts and their delivery, money, plans, the room. */
export type Action = ReturnType<typeof createAction>;

export function createAction(
  config: Config,
  options: ComposeOptions,
  store: OpenStore,
  events: WayIn,
  nodeId: string,
  late: LateParts,
) {
  const { redis, paging, prefix, instance, campaign, clock } = store;
  const { mirror, timeline, people, disk } = events;
  const { log } = options;
  const nowMs = (): number => clock.nowMs();
  const beside = Object.values(options.demo?.hooks ?? {}).map(({ url }) => new URL(url).host);
  const outbound = createOutbound({ allow: [...config.outboundAllow, ...beside], nowMs });
  const banners = createBanners(redis, prefix, instance, log);
  const due = createDueWork({ redis: paging, prefix, instance, log });
  const source = mirrorSource(
    mirror,
    campaign,
    clock,
    (error) => log.warn({ err: error }, 'the windows could not be read'),
    () => alerts.nudge(),
  );
  const alerts = createAlerts({
    redis: paging,
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
      health: () => late.health(),
      diskUsedRatio: () => disk.usedRatio,
      clockJumpCount: () => due.stats().clockJumpCount,
      backlogCount: () => delivery.overdueCount() + platforms.stats().backlogCount,
      platformDriftCount: () => platforms.stats().driftCount,
      failingReceiverCount: () => delivery.failingCount(),
      fsyncDelayMs: createFsyncMeter(redis, config.redisUrl === null, nowMs),
      ledgerMismatch: () => budget.mismatch(),
      overspendRatio: () => budget.book.overspentRatio(),
    }),
    ...(config.rulesDir === null ? {} : { rulesFolder: config.rulesDir }),
    accounts: () => people.users.list(),
    spare: (alert, page) => delivery.spare(alert, page),
    onReminder: (record) => delivery.remind(record),
  });
  const delivery = createDelivery({
    redis: paging,
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
    baseUrl: () => config.publicUrl ?? localUrl(config, late.address()),
    receiversFile: config.receiversFile ?? RECEIVERS_FILE,
    env: process.env,
  });
  const alertmanager = createAlertmanager({
    alerts,
    receivers: delivery.receivers,
    nowMs,
    log,
    build: options.build,
  });
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
    source,
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
  mirror.advice = advisor.figures;
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
    deliveriesAgoMs: delivery.pump.lookedAgoMs,
    plans,
    screens: () => late.screens(),
  });
  return { source, banners, due, alerts, delivery, alertmanager, platforms, budget, advisor, plans, room };
}
