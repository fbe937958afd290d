import { useEffect, useRef } from 'react';
import type { Alert, AlertLineReply, AlertReply } from '#contract/alerts';
import { getAlert, getAlertLine } from '../../net/alert-commands.ts';
import { type Loaded, useLoaded } from '../frame/use-loaded.ts';
import { useTold } from './told.ts';

/** Costs and who is called next go on between the alert's own changes, ms. */
const DETAIL_EVERY_MS = 5_000;
const LINE_EVERY_MS = 10_000;

/** One alert with its history and who was called, read again as soon as the stream tells of a change. */
export function useDetail(alert: Pick<Alert, 'id' | 'version'>): Loaded<AlertReply> {
  const loaded = useLoaded(() => getAlert(alert.id), alert.id, { everyMs: DETAIL_EVERY_MS });
  const { reload } = loaded;
  const seen = useRef(alert.version);
  useEffect(() => {
    if (seen.current === alert.version) return;
    seen.current = alert.version;
    reload();
  }, [alert.version, reload]);
  // a note changes nothing but the history
  const told = useTold((state) => state.told);
  useEffect(() => {
    if (told !== null) reload();
  }, [told, reload]);
  return loaded;
}
export const useLine = (id: string): Loaded<AlertLineReply> =>
  useLoaded(() => getAlertLine(id), id, { everyMs: LINE_EVERY_MS });
