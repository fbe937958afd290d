import { useEffect } from 'react';
import type { CampaignReply } from '#contract/campaign';
import type { SeriesReply } from '#contract/kpis';
import { GMV_LINE } from '../charts/use-minute-line.ts';
import { useConsole } from '../state/console-store.ts';
import { retryDelayMs } from './backoff.ts';
import { requestJson } from './http.ts';

const BEFORE_MS = 30 * 60_000;

/**
 * Fetches what frames do not carry, once: the campaign's facts and the curve so far. Again when another campaign instance
 * appears, and after a time without a link, so that a hole in the curve is closed.
 */
export function useHistoryLines(): void {
  const instance = useConsole((state) => state.frame?.campaign.id ?? null);
  const open = useConsole((state) => state.link.status === 'open');
  useEffect(() => {
    if (!open) return;
    let left = false;
    let attempt = 0;
    let timer: ReturnType<typeof setTimeout> | null = null;
    const load = async (): Promise<void> => {
      const campaign = await requestJson<CampaignReply>('/api/v1/campaign');
      if (left) return;
      useConsole.getState().applyCampaign(campaign);
      if (instance === null) return;
      const from = campaign.opensAt - BEFORE_MS;
      const query = new URLSearchParams({
        metric: 'gmv_paid_minor',
        step: '1m',
        from: String(from),
        to: String(Math.min(campaign.closesAt, from + BEFORE_MS + 1_440 * 60_000)),
      });
      const series = await requestJson<SeriesReply>(`/api/v1/series?${query}`);
      if (!left) useConsole.getState().applyHistory(GMV_LINE, series.series[0]?.points ?? []);
    };
    const run = (): void => {
      load().catch(() => {
        // The curve says nothing false without its past; try again, as quietly as the link does.
        if (!left) timer = setTimeout(run, retryDelayMs(attempt++, Math.random()));
      });
    };
    run();
    return () => {
      left = true;
      if (timer !== null) clearTimeout(timer);
    };
  }, [instance, open]);
}
