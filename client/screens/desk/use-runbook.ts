import { useCallback, useState } from 'react';
import type { Alert } from '#contract/alerts';
import type { Run, RunbookReply, RunbooksReply } from '#contract/runbooks';
import { RequestFailed, requestJson } from '../../net/http.ts';
import { navigate } from '../../router.ts';
import { useConsole } from '../../state/console-store.ts';
import { useLoaded } from '../frame/use-loaded.ts';
import { getRunbook, getRuns, startRun } from '../runbooks/api.ts';

export interface RunbookFor {
  readonly book: RunbookReply | null;
  /** What is being carried out for this alert; null when nobody has started. */
  readonly run: Run | null;
  /** Asked, and there is none. */
  readonly none: boolean;
  readonly refused: string | null;
  /** Opens what runs, else starts it; without the right to, opens the plan to read. */
  readonly go: () => void;
}
/** The first step nobody has settled. */
export const presentStep = ({ steps }: Pick<Run, 'steps'>): number =>
  steps.find(({ state }) => state !== 'done' && state !== 'skipped')?.n ?? steps.length;

/** `book` null: it was asked, and there is none. */
async function bestBook(alertId: string): Promise<{ readonly book: RunbookReply | null }> {
  const { runbooks } = await requestJson<RunbooksReply>(`/api/v1/runbooks?alert=${encodeURIComponent(alertId)}`);
  const [best] = runbooks;
  return { book: best === undefined ? null : await getRunbook(best.id) };
}

/** The plan for an alert, chosen by the server from its rule, labels and tier, and its run if somebody has started. */
export function useRunbook(alert: Alert): RunbookFor {
  const { data: found } = useLoaded(() => bestBook(alert.id), `${alert.id} ${alert.tier}`, { everyMs: 60_000 });
  const { data: runs } = useLoaded(getRuns, 'runs', { about: /^run\./, everyMs: 30_000 });
  const [refused, setRefused] = useState<string | null>(null);
  const mayRun = useConsole(({ session }) => typeof session === 'object' && session.permissions.includes('runs.act'));
  const run =
    runs?.runs.find(({ alertId, state, drill }) => alertId === alert.id && state === 'running' && !drill) ?? null;
  const book = found?.book ?? null;
  const go = useCallback(() => {
    if (run !== null) return navigate(`/runs/${run.id}`);
    if (!mayRun) return book === null ? undefined : navigate(`/runbooks/${book.runbook.id}?alert=${alert.id}`);
    setRefused(null);
    startRun({ alertId: alert.id }).then(
      (started) => navigate(`/runs/${started.run.id}`),
      (error: unknown) => setRefused(error instanceof RequestFailed ? error.code : 'network'),
    );
  }, [run, mayRun, book, alert.id]);
  return { book, run, none: found?.book === null, refused, go };
}
