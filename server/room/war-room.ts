import type { Redis } from 'ioredis';
import { AppError } from '#contract/errors';
import { firstStepOf } from '#contract/first-step';
import type { FirstStep, FrameRoom } from '#contract/room';
import type { Runbook } from '#contract/runbooks';
import type { ScreenFacts } from '#contract/screens';
import type { Alerts } from '../../alerts/alerts.ts';
import { chooseRunbooks } from '../../runbooks/domain/choose.ts';
import type { Runner } from '../../runbooks/runner.ts';
import type { Outbound } from '../outbound/send.ts';
import type { DueWork } from './due.ts';
import { createIncidentStore } from './incident-store.ts';
import { createIncidents } from './incidents.ts';
import type { Log } from './log.ts';
import { createRoomSound, voicesOf } from './sound.ts';
import { createWatchdog } from './watchdog.ts';

export interface WarRoomOptions {
  readonly redis: Redis;
  readonly prefix: string;
  readonly instance: string;
  readonly log: Log;
  /** Redis time, ms. */
  readonly nowMs: () => number;
  /** Not started yet: handlers are registered here. */
  readonly due: DueWork;
  readonly outbound: Outbound;
  /** Told of each verified beat of the watchdog; null: nobody. */
  readonly pingUrl: string | null;
  readonly alerts: Pick<Alerts, 'store' | 'book' | 'frame' | 'evaluatedAgoMs'>;
  readonly deliveriesAgoMs: () => number;
  readonly plans: {
    readonly runbooks: ReadonlyMap<string, Runbook>;
    readonly runner: Runner;
    readonly phase: () => string | null;
  };
  /** Screens of this node. */
  readonly screens: () => readonly ScreenFacts[];
}

/** What the room itself does: incidents, one speaker, and the alarm about the alarm; and how frames tell of it. */
export function createWarRoom(options: WarRoomOptions) {
  const { redis, prefix, instance, log, nowMs, due, outbound, pingUrl, alerts, plans } = options;
  if (pingUrl !== null) {
    try {
      outbound.check(pingUrl);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new AppError('config_invalid', `WATCHDOG_PING_URL: ${why}; see OUTBOUND_ALLOW`, {
        field: 'WATCHDOG_PING_URL',
      });
    }
  }
  const incidents = createIncidents({
    store: createIncidentStore(redis, prefix, instance),
    prefix,
    instance,
    nowMs,
    due,
    log,
    alert: async (id) => {
      const found = await alerts.store.read(id);
      return found === null ? null : alerts.book.show(found.record);
    },
    run: (id) => plans.runner.store.find(id),
  });
  const sound = createRoomSound({ redis, prefix, instance, nowMs, log, voices: () => voicesOf(options.screens()) });
  const watchdog = createWatchdog({
    redis,
    prefix,
    instance,
    nowMs,
    due,
    outbound,
    pingUrl,
    log,
    evaluatedAgoMs: () => alerts.evaluatedAgoMs(),
    deliveriesAgoMs: options.deliveriesAgoMs,
    canaryFires: () =>
      alerts.book
        .all()
        .some(({ rule, origin, evaluation }) => rule === 'Watchdog' && origin === 'rule' && evaluation === 'firing'),
  });

  let stepKey = '';
  let step: FirstStep | null = null;
  /** Where the plan of the red alert begins; looked up once for each alert and phase. */
  function firstStep(): FirstStep | null {
    const alert = alerts.frame().takeOver?.alert;
    if (alert === undefined) return null;
    const phase = plans.phase();
    const key = `${alert.id}|${phase}`;
    if (key === stepKey) return step;
    const link = alerts.book.record(alert.id)?.annotations.runbook_url ?? null;
    const { rule, tier, labels } = alert;
    const plan = chooseRunbooks(plans.runbooks.values(), { rule, tier, labels, phase, link })[0]?.runbook;
    const first = plan === undefined ? undefined : firstStepOf(plan);
    stepKey = key;
    step =
      plan === undefined || first === undefined
        ? null
        : { alertId: alert.id, runbook: plan.id, title: plan.title, step: first.title };
    return step;
  }

  return {
    incidents,
    sound,
    watchdog,
    /** What every frame carries. */
    frame(): FrameRoom {
      const incident = incidents.shown();
      const first = firstStep();
      return {
        ...(incident === null ? {} : { incident }),
        ...(first === null ? {} : { firstStep: first }),
        sound: sound.shown(),
        verifiedAgoMs: watchdog.agoMs(),
      };
    },
    async start(): Promise<void> {
      await Promise.all([incidents.start(), sound.start(), watchdog.start()]);
    },
    async stop(): Promise<void> {
      incidents.stop();
      watchdog.stop();
      await sound.stop();
    },
  };
}
export type WarRoom = ReturnType<typeof createWarRoom>;
