import type { CampaignReply } from '#contract/campaign';
import { isPlaceLabel, placeName } from '#contract/place-names';
import type { TimelineEntry } from '#contract/timeline';
import type { Lang } from '../../numbers/scale.ts';
import { minuteTime } from '../../numbers/time.ts';
import { dayName } from '../../numbers/zone.ts';
import { spokenReason } from '../../panels/own-reasons.ts';
import { kindWords, spokenParams } from '../../panels/TimelineLine.tsx';

/** What is told beside the words of the kind, by parameter; long ids are not for people. */
const DETAILS = ['text', 'note', 'reason', 'owner', 'person'] as const;

export interface EntryLine {
  readonly words: string;
  readonly detail: string;
  readonly who: string;
}
/** An entry in words: what happened, about what, and who did it. A kind this build does not know shows its code. */
export function entryLine(entry: TimelineEntry, lang: Lang, campaign: CampaignReply | null): EntryLine {
  const { kind, params, actor } = entry;
  const words = kindWords(entry, lang, campaign);
  if (kind === 'duty.changed' && typeof params.startsAt === 'number' && typeof params.endsAt === 'number')
    return {
      words: words ?? kind,
      detail: shiftLine(params, campaign?.timeZone ?? 'Asia/Shanghai', lang),
      who: nameOf(actor),
    };
  const summary = (lang === 'zh' ? params.summaryZh : undefined) ?? params.summary;
  const where = String(params.labels ?? '')
    .split(' ')
    .map((label) => placeOf(label, lang, campaign));
  const spoken = spokenParams(entry, lang, campaign);
  const told = [summary, ...where, ...DETAILS.map((name) => spoken[name])]
    .map((part) => spokenReason(String(part ?? '').trim(), lang))
    .filter((part) => part !== '' && !(words ?? '').includes(part));
  return {
    words: words ?? kind,
    detail: [...new Set(told)].join(' · '),
    who: nameOf(actor),
  };
}

/** `channel=search` as people say it; what is no label stays as it is. */
function placeOf(label: string, lang: Lang, campaign: CampaignReply | null): string {
  const at = label.indexOf('=');
  if (at < 1) return label;
  const name = label.slice(0, at);
  return isPlaceLabel(name) ? placeName(campaign, name, label.slice(at + 1), lang) : '';
}
const nameOf = (actor: TimelineEntry['actor']): string => (actor.kind === 'user' ? actor.name : '');
/** A shift in the campaign's own time; what became of it where that is not "it is there". */
function shiftLine(params: TimelineEntry['params'], timeZone: string, lang: Lang): string {
  const { person = '', post = '', role = '', change } = params;
  const [from, to] = [Number(params.startsAt), Number(params.endsAt)];
  const day = dayName(from, timeZone, lang);
  const endDay = dayName(to, timeZone, lang);
  const span = `${day} ${minuteTime(from, timeZone)}–${endDay === day ? '' : `${endDay} `}${minuteTime(to, timeZone)}`;
  const gone = change === 'deleted' ? (lang === 'zh' ? ' · 已删除' : ' · deleted') : '';
  return `${person}: ${post} ${role}, ${span}${gone}`;
}
