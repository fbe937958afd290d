import { AppError } from '#contract/errors';
import { type AppDeps, withDeps } from './app.ts';
import type { Action } from './compose-action.ts';
import type { WayIn } from './compose-events.ts';
import type { OpenStore } from './compose-store.ts';
import type { Config } from './config.ts';
import { campaignReply } from './domain/campaign.ts';
import type { Recorder } from './room/recorder.ts';
import type { createScreens } from './room/screens.ts';
import { alertmanagerRoutes } from './routes/alertmanager.ts';
import { alertRoutes } from './routes/alerts.ts';
import { budgetRoutes } from './routes/budget.ts';
import { deadLetterRoutes } from './routes/dead-letters.ts';
import { dutyRoutes } from './routes/duty.ts';
import { eventRoutes } from './routes/events.ts';
import { faroRoutes } from './routes/faro.ts';
import { figureRoutes } from './routes/figures.ts';
import { incidentRoutes } from './routes/incidents.ts';
import { metricsRoutes } from './routes/metrics.ts';
import { peopleRoutes } from './routes/people.ts';
import { platformRoutes } from './routes/platforms.ts';
import { receiverRoutes } from './routes/receivers.ts';
import { recommendationRoutes } from './routes/recommendations.ts';
import { recordingRoutes } from './routes/recordings.ts';
import { runbookRoutes } from './routes/runbooks.ts';
import { screenRoutes } from './routes/screens.ts';
import { silenceRoutes } from './routes/silences.ts';
import { timelineRoutes } from './routes/timeline.ts';
import { readKpis } from './windows/kpi-rows.ts';
import { readSeries } from './windows/series.ts';

/** What exists only once the server listens. */
export interface LateReadings {
  readonly health: () => ReturnType<ReturnType<typeof createScreens>['facts']>;
  readonly renderMetrics: () => Promise<string>;
}
/** Every resource with what it needs, and nothing else of the server. */
export function routePlugins(
  config: Config,
  store: OpenStore,
  events: WayIn,
  action: Action,
  recorder: Recorder,
  late: LateReadings,
): AppDeps['plugins'] {
  const { queries, keys, table, campaign, clock } = store;
  const { ingest, letters, timeline, mirror, quotas, bodies, disk, people, telemetry } = events;
  const { alerts, delivery, alertmanager, platforms, budget, advisor, plans, room } = action;
  const nowMs = (): number => clock.nowMs();
  return [
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
      await app.register(screenRoutes, { screens: { facts: () => late.health() }, redisNowMs: () => clock.nowMs() });
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
    withDeps(metricsRoutes, { render: () => late.renderMetrics(), contentType: telemetry.book.contentType }),
  ];
}
