import { useEffect, useRef, useState } from 'react';
import type { Alert } from '#contract/alerts';
import { getAlert } from '../../net/alert-commands.ts';

/**
 * The chosen alert, also after it left the list: what is read does not vanish because it recovered. One that was never on the
 * list (a link to an old alert) is fetched.
 */
export function useLastSeen(id: string | null, now: Alert | null): Alert | null {
  const seen = useRef<Alert | null>(null);
  const [fetched, setFetched] = useState<Alert | null>(null);
  if (now !== null) seen.current = now;
  else if (seen.current !== null && seen.current.id !== id) seen.current = null;
  const missing = id !== null && !id.startsWith('rule:') && now === null;
  useEffect(() => {
    if (!missing || id === null) return;
    let left = false;
    getAlert(id).then(
      ({ alert }) => {
        if (!left) setFetched(alert);
      },
      () => undefined, // older than what is kept: nothing is shown
    );
    return () => {
      left = true;
    };
  }, [missing, id]);
  if (id === null) return null;
  if (now !== null) return now;
  return fetched?.id === id ? fetched : seen.current;
}
