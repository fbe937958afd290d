import type { CampaignReply } from '#contract/campaign';
import { placeName } from '#contract/place-names';
import type { TimelineEntry } from '#contract/timeline';
import { currencySymbol } from '../numbers/format.ts';
import type { Lang } from '../numbers/scale.ts';

const WORDS = {
  zh: { all: '全部渠道', reserve: '预备金', run: '预案', directions: { increases: '不许加投', all: '全部调整' } },
  en: {
    all: 'all channels',
    reserve: 'Reserve',
    run: 'runbook',
    directions: { increases: 'no increases', all: 'all moves' },
  },
} as const;

/**
 * What entries about money and ad platforms name by their codes, as people call it: accounts, directions of a freeze, a runbook that
 * froze. Amounts carry the currency. What is no code stays as it was written.
 */
export function budgetParams(
  params: TimelineEntry['params'],
  lang: Lang,
  campaign: CampaignReply | null,
): TimelineEntry['params'] {
  const words = WORDS[lang];
  const name = (id: string): string => {
    const bare = id.slice(id.indexOf(':') + 1);
    if (bare === '*') return words.all;
    return bare === 'hq' ? words.reserve : placeName(campaign, 'channel', bare, lang);
  };
  const names = (text: string): string =>
    text
      .split(', ')
      .map((leg) => leg.split(' → ').map(name).join(' → '))
      .join(', ');
  const spoken: Record<string, string> = {};
  for (const field of ['legs', 'channels', 'channel', 'account'] as const) {
    const value = params[field];
    if (typeof value === 'string') spoken[field] = names(value);
  }
  const { direction, reason, amount } = params;
  if (direction === 'increases' || direction === 'all') spoken.direction = words.directions[direction];
  if (typeof reason === 'string') spoken.reason = reason.replace(/^runbook run \S+$/, words.run);
  if (typeof amount === 'string' && campaign !== null) spoken.amount = `${currencySymbol(campaign.currency)}${amount}`;
  return { ...params, ...spoken };
}
