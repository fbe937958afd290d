import type { Redis } from 'ioredis';
import type { KpiRow } from '#contract/kpis';
import type { CheckTerm } from '#contract/runbooks';
import type { Outbound } from '../server/outbound/send.ts';
import type { DueWork } from '../server/room/due.ts';
import type { Log } from '../server/room/log.ts';
import { actionPorts, type SilencePort } from './action-ports.ts';
import { loadRunbooks } from './catalog.ts';
import { loadHooks } from './hooks.ts';
import type { ActionPort, AlertLookup, BannerStore } from './ports.ts';
import { registerRunDue } from './run-due.ts';
import { createRunStore } from './run-store.ts';
import { createRunner } from './runner.ts';

export interface RunbooksOptions {
  readonly redis: Redis;
  readonly prefix: string;
  readonly instance: string;
  readonly log: Log;
  /** Redis time, ms. */
  readonly nowMs: () => number;
  /** Not started yet: the handlers are registered here. */
  readonly due: Pick<DueWork, 'register'>;
  readonly outbound: Outbound;
  readonly banners: BannerStore;
  readonly hooksFile: string | null;
  /** null until the rule engine, the ledger … exist: what needs them says so. */
  readonly alerts: AlertLookup | null;
  readonly silences: SilencePort | null;
  readonly freeze: ActionPort<'budget.freeze'> | null;
  readonly roster: readonly { readonly post: string; readonly a: string; readonly b: string }[];
  /** Names of its posts. */
  readonly posts: readonly { readonly id: string; readonly zh: string; readonly en: string }[];
  readonly phase: () => string | null;
  /** Rows of a KPI now, one a window; empty while the windows load. */
  readonly kpi: (id: string, labels: Readonly<Record<string, string>>) => readonly KpiRow[];
}

/** Plans, runs and what falls due for them, of one node. What it returns is what the routes need. */
export function createRunbooks(options: RunbooksOptions) {
  const { redis, prefix, instance, log, nowMs, alerts, roster, posts, phase } = options;
  const runbooks = loadRunbooks((file, problems) =>
    log.error({ file, problems: problems.slice(0, 5) }, 'a runbook is broken and left out; run npm run runbooks:check'),
  );
  const hooks = loadHooks(options.hooksFile);
  const actions = actionPorts({ ...options, hooks });
  const store = createRunStore(redis, prefix, instance);
  const figures = {
    value({ kpi, window, labels }: CheckTerm): number | null {
      const row = options.kpi(kpi, labels).find((one) => one.window === window);
      return row === undefined || row.quality === 'insufficient' || row.quality === 'unavailable' ? null : row.value;
    },
  };
  const runner = createRunner({ store, prefix, instance, runbooks, actions, figures, alerts, phase, nowMs, log });
  registerRunDue({ runner, due: options.due, actions, figures, nowMs });
  return { runbooks, runner, alerts, roster, posts, phase, nowMs };
}
