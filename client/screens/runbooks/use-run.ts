import { useCallback, useEffect, useState } from 'react';
import type { Run, RunReply } from '#contract/runbooks';
import { RequestFailed } from '../../net/http.ts';
import { useConsole } from '../../state/console-store.ts';
import { getRun } from './api.ts';

const AGAIN_MS = 15_000;
/** A server that is loading or away is asked again this often. */
export const RETRY_MS = 2_000;
/** It may answer later what it does not answer now. */
export const isPassing = ({ status }: RequestFailed): boolean => status === 0 || status === 429 || status >= 500;

/** Newest timeline entry about a run: when it changes, somebody has changed the run. */
const newestOf = (id: string): number =>
  useConsole.getState().timeline.entries.findLast(({ params }) => params.run === id)?.seq ?? 0;

/**
 * One run as all see it; what was read stays on the screen whatever fails after it. Read again as soon as the timeline tells of it, after every reconnect, and now and then. What a
 * command answers is applied at once; an older answer never replaces a newer one.
 */
export function useRun(id: string): {
  readonly reply: RunReply | null;
  readonly failed: RequestFailed | null;
  readonly apply: (run: Run) => void;
  readonly reload: () => void;
} {
  const [reply, setReply] = useState<RunReply | null>(null);
  const [failed, setFailed] = useState<RequestFailed | null>(null);
  const status = useConsole((state) => state.link.status);
  const told = useConsole((state) => state.timeline.position?.seq ?? 0);
  const [seen, setSeen] = useState(0);
  const newer = useCallback((next: RunReply) => {
    setReply((had) => (had?.run.id === next.run.id && had.run.version > next.run.version ? had : next));
  }, []);
  const reload = useCallback(() => {
    getRun(id)
      .then((next) => {
        setFailed(null);
        newer(next);
      })
      .catch((error: unknown) => {
        if (error instanceof RequestFailed) setFailed(error);
      });
  }, [id, newer]);
  useEffect(() => {
    if (told > 0) setSeen(newestOf(id));
  }, [told, id]);
  useEffect(reload, [reload, seen, status]);
  useEffect(() => {
    const timer = setInterval(reload, AGAIN_MS);
    return () => clearInterval(timer);
  }, [reload]);
  useEffect(() => {
    if (failed === null || !isPassing(failed)) return;
    const timer = setTimeout(reload, RETRY_MS);
    return () => clearTimeout(timer);
  }, [failed, reload]);
  const apply = useCallback(
    (run: Run) => setReply((had) => (had === null || had.run.version > run.version ? had : { ...had, run })),
    [],
  );
  return { reply, failed, apply, reload };
}
