import { type ReactElement, useEffect, useState } from 'react';
import type { Alert, AlertsReply, Matcher } from '#contract/alerts';
import { isPlaceLabel } from '#contract/place-names';
import { TIER_RANK } from '#contract/tiers';
import { requestJson } from '../../net/http.ts';
import { TierMark } from '../../panels/TierMark.tsx';
import { useConsole } from '../../state/console-store.ts';
import { placeLine, titleOf } from '../desk/alert-words.ts';
import { useRefused } from '../frame/use-refused.ts';
import { matcherText } from './draft.ts';
import { useSilenceWords } from './words.ts';

const SHOWN = 8;
const SETTLE_MS = 250;
/** It always fires, so that its silence is heard: nothing mutes it (ALR76). */
const isWatchdog = ({ rule, origin }: Alert): boolean => rule === 'Watchdog' && origin === 'rule';

/** As matchers name them. */
const placeLabelsText = (labels: Alert['labels']): string =>
  Object.entries(labels)
    .filter(([name]) => isPlaceLabel(name))
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');

/** Which open alerts a silence with these matchers would mute now; asked of the server, whose matching it is. */
export function MutePreview({ matchers }: { matchers: readonly Matcher[] }): ReactElement {
  const { say, lang } = useSilenceWords();
  const campaign = useConsole((state) => state.campaign);
  const [found, setFound] = useState<{ asked: string; reply: AlertsReply } | null>(null);
  const refused = useRefused();
  const asked = matchers.map(matcherText).join('\n');
  const { take, clear } = refused;
  useEffect(() => {
    if (asked === '') return;
    let left = false;
    const timer = setTimeout(() => {
      const query = new URLSearchParams(asked.split('\n').map((text) => ['filter', text]));
      query.set('limit', String(SHOWN));
      requestJson<AlertsReply>(`/api/v1/alerts?${query}`).then(
        (reply) => {
          if (left) return;
          clear();
          setFound({ asked, reply });
        },
        (error: unknown) => {
          if (!left) take(error);
        },
      );
    }, SETTLE_MS);
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [asked, take, clear]);
  const reply = found?.asked === asked ? found.reply : null;
  const alerts = reply?.alerts.filter((alert) => !isWatchdog(alert)) ?? [];
  const count = (reply?.totalCount ?? 0) - ((reply?.alerts.length ?? 0) - alerts.length);
  const urgent = alerts.some(({ tier }) => TIER_RANK[tier] >= TIER_RANK.orange);
  return (
    <section className="mute-preview" aria-live="polite" data-testid="preview" data-count={reply === null ? '' : count}>
      <p>
        {asked === ''
          ? say('previewWait')
          : reply === null
            ? '…'
            : count === 0
              ? say('previewNone')
              : say('preview', { n: count })}
      </p>
      {urgent ? <p className="preview-urgent">{say('previewUrgent')}</p> : null}
      <ul>
        {alerts.map(({ id, tier, annotations, rule, labels }) => (
          <li key={id}>
            <TierMark tier={tier} />
            {titleOf({ annotations, rule }, lang)}{' '}
            <span className="quiet" title={placeLabelsText(labels)}>
              {placeLine({ labels }, titleOf({ annotations, rule }, lang), lang, campaign)}
            </span>
          </li>
        ))}
      </ul>
      {count > SHOWN ? <p className="quiet">{say('more', { n: count - SHOWN })}</p> : null}
      <p role="alert" className="refused">
        {refused.text}
      </p>
    </section>
  );
}
