import type { CampaignReply } from '#contract/campaign';
import type { TimelineEntry } from '#contract/timeline';
import { maybe } from '../../i18n/t.ts';
import type { Lang } from '../../numbers/scale.ts';

/** What is told beside the words of the kind, by parameter; long ids are not for people. */
const DETAILS = ['labels', 'text', 'reason', 'owner', 'person'] as const;

export interface EntryLine {
  readonly words: string;
  readonly detail: string;
  readonly who: string;
}
/** An entry in words: what happened, about what, and who did it. A kind this build does not know shows its code. */
export function entryLine(entry: TimelineEntry, lang: Lang, campaign: CampaignReply | null): EntryLine {
  const { kind, params, actor } = entry;
  const phase = campaign?.phases.find(({ id }) => id === params.phase);
  const title = params[lang === 'zh' ? 'titleZh' : 'titleEn'];
  const words = maybe(lang, `time.${kind}`, {
    ...params,
    ...(phase ? { phase: phase[lang] } : {}),
    ...(title === undefined ? {} : { title }),
  });
  const summary = (lang === 'zh' ? params.summaryZh : undefined) ?? params.summary;
  const told = [summary, ...DETAILS.map((name) => params[name])]
    .map((part) => String(part ?? '').trim())
    .filter((part) => part !== '' && !(words ?? '').includes(part));
  return {
    words: words ?? kind,
    detail: [...new Set(told)].join(' · '),
    who: actor.kind === 'user' ? actor.name : '',
  };
}
