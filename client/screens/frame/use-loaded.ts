import { useCallback, useEffect, useRef, useState } from 'react';
import { RequestFailed } from '../../net/http.ts';
import { useConsole } from '../../state/console-store.ts';

export interface Loaded<T> {
  readonly data: T | null;
  readonly failed: RequestFailed | null;
  readonly reload: () => void;
}

/**
 * Reads something and keeps it up to date: again when `key` changes, when the timeline tells of a kind that `about` names, after
 * every reconnect, and each `everyMs`. An older answer never replaces a newer one; a failure keeps what there is.
 */
export function useLoaded<T>(
  read: () => Promise<T>,
  key: string,
  { about, everyMs = 15_000 }: { readonly about?: RegExp; readonly everyMs?: number } = {},
): Loaded<T> {
  const [state, setState] = useState<{ key: string; data: T | null; failed: RequestFailed | null }>({
    key,
    data: null,
    failed: null,
  });
  const latest = useRef(read);
  latest.current = read;
  const asked = useRef(0);
  const open = useConsole((each) => each.link.status === 'open');
  const told = useConsole((each) =>
    about === undefined ? 0 : (each.timeline.entries.findLast(({ kind }) => about.test(kind))?.seq ?? 0),
  );
  const reload = useCallback(() => {
    asked.current += 1;
    const mine = asked.current;
    latest.current().then(
      (data) => {
        if (mine === asked.current) setState({ key, data, failed: null });
      },
      (error: unknown) => {
        if (mine !== asked.current) return;
        const failed = error instanceof RequestFailed ? error : new RequestFailed('internal', 0, String(error));
        setState((had) => ({ key, data: had.key === key ? had.data : null, failed }));
      },
    );
  }, [key]);
  useEffect(reload, [reload, told, open]); // told and open say when to read again
  useEffect(() => {
    const timer = setInterval(reload, everyMs);
    return () => clearInterval(timer);
  }, [reload, everyMs]);
  useEffect(
    () => () => {
      asked.current += 1; // whatever comes now comes too late
    },
    [],
  );
  return { data: state.key === key ? state.data : null, failed: state.failed, reload };
}
