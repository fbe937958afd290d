import type { ReactElement } from 'react';
import type { Frame } from '#contract/frames';
import { maybe, useT } from '../i18n/t.ts';
import { spokenSpan } from '../numbers/time.ts';
import { useFeedFreshness } from '../state/use-freshness.ts';

/** Each feed with its age by the screen's own clock, how often it should report, and how many sources went silent. */
export function FeedTable({ feeds }: { feeds: Frame['feeds'] }): ReactElement {
  const { t } = useT();
  return (
    <ul className="feed-list">
      {Object.keys(feeds)
        .sort()
        .map((name) => (
          <FeedRow key={name} name={name} feed={feeds[name] as Frame['feeds'][string]} />
        ))}
      {Object.keys(feeds).length === 0 ? <li>{t('fresh.empty')}</li> : null}
    </ul>
  );
}

function FeedRow({ name, feed }: { name: string; feed: Frame['feeds'][string] }): ReactElement {
  const { t, lang } = useT();
  const { state, ageMs } = useFeedFreshness([name]);
  return (
    <li className="feed" data-state={state} data-testid={`feed-${name}`}>
      <span className="feed-name">{maybe(lang, `feed.${name}`) ?? name}</span>
      <span className="feed-age">{ageMs === null ? t('fresh.empty') : spokenSpan(ageMs, lang)}</span>
      <span className="feed-sources">{t('health.heard', { heard: feed.heardCount, silent: feed.silentCount })}</span>
    </li>
  );
}
