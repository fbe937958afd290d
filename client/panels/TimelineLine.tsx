import type { ReactElement, ReactNode } from 'react';
import type { CampaignReply } from '#contract/campaign';
import type { TimelineEntry } from '#contract/timeline';
import { maybe, useT } from '../i18n/t.ts';
import { elide } from '../numbers/format.ts';
import type { Lang } from '../numbers/scale.ts';
import { minuteTime } from '../numbers/time.ts';
import { useConsole } from '../state/console-store.ts';
import { budgetParams } from './budget-params.ts';

/** Kinds that would only be noise on a wall: people signing in, screens coming and going. */
const QUIET: ReadonlySet<TimelineEntry['kind']> = new Set<TimelineEntry['kind']>([
  'login.succeeded',
  'login.refused',
  'access.refused',
  'session.revoked',
  'user.created',
  'user.changed',
  'key.created',
  'key.revoked',
  'kiosk.paired',
  'kiosk.revoked',
]);

/** Parameters of an entry as people call them: a phase, a plan, and an alert by what is hurt, not by the id of its rule. */
export function spokenParams(
  { kind, params }: Pick<TimelineEntry, 'kind' | 'params'>,
  lang: Lang,
  campaign: CampaignReply | null,
): TimelineEntry['params'] {
  const phase = campaign?.phases.find(({ id }) => id === params.phase);
  const title = params[lang === 'zh' ? 'titleZh' : 'titleEn'];
  const actionName = params[lang === 'zh' ? 'actionZh' : 'actionEn'];
  const summary = (lang === 'zh' ? params.summaryZh : undefined) ?? params.summary;
  return {
    ...(/^(budget|platform|advice)\./.test(kind) ? budgetParams(params, lang, campaign) : params),
    ...(phase ? { phase: phase[lang] } : {}),
    ...(title === undefined ? {} : { title }),
    ...(actionName === undefined ? {} : { action: actionName }),
    way: maybe(lang, `way.${params.direction ?? 'do'}`) ?? '',
    how: maybe(lang, `how.${params.state}`) ?? '',
    ...(kind.startsWith('alert.') && summary !== undefined && summary !== '' ? { rule: summary } : {}),
  };
}

/** The words of an entry's kind; what was taken from somebody says from whom. null: this build does not know the kind. */
export function kindWords(entry: TimelineEntry, lang: Lang, campaign: CampaignReply | null): string | null {
  const params = spokenParams(entry, lang, campaign);
  const key = `time.${entry.kind}`;
  return (entry.params.from === undefined ? null : maybe(lang, `${key}.from`, params)) ?? maybe(lang, key, params);
}

/** An entry in words. The server sends codes and parameters; a kind this build does not know shows its code. */
export function entryWords(entry: TimelineEntry, lang: Lang, campaign: CampaignReply | null): string {
  const text = kindWords(entry, lang, campaign) ?? entry.kind;
  const { actor } = entry;
  return actor.kind === 'user' ? `${text} · ${actor.name}` : text;
}

export interface TimelineLineProps {
  /** What stands in the place of the newest entry. */
  readonly instead?: ReactNode;
  /** What stands before who is here: rotation and sound of a wall. */
  readonly facts?: ReactNode;
}
/** The foot of a screen: the newest thing that people or the system did, and who is here. */
export function TimelineLine({ instead, facts }: TimelineLineProps): ReactElement {
  const { t, lang } = useT();
  const newest = useConsole((state) => state.timeline.entries.findLast(({ kind }) => !QUIET.has(kind)));
  /** Nothing is said of a timeline that has not come yet. */
  const isRead = useConsole((state) => state.timeline.position !== null);
  const campaign = useConsole((state) => state.campaign);
  const onDuty = useConsole((state) => state.frame?.onDutyCount ?? null);
  // read from afar there is no room for a name
  const commander = useConsole(({ frame, wallScale }) => (wallScale === 'far' ? null : frame?.room?.commander));
  const unmapped = useConsole((state) => state.frame?.unmappedCount ?? 0);
  const zone = campaign?.timeZone ?? 'Asia/Shanghai';
  return (
    <footer className="wall-foot" data-testid="timeline-line">
      <p className="foot-entry">
        {instead ??
          (newest ? (
            <>
              <time className="foot-time">{minuteTime(newest.atMs, zone)}</time> {entryWords(newest, lang, campaign)}
            </>
          ) : isRead ? (
            t('foot.empty')
          ) : null)}
      </p>
      <p className="foot-facts">
        {unmapped > 0 ? <span className="fact fact-unmapped">{t('foot.unmapped', { n: unmapped })}</span> : null}
        {facts}
        {commander ? (
          <span className="fact" data-testid="commander">
            {t('foot.commander', { who: elide(commander, 12) })}
          </span>
        ) : null}
        {onDuty === null ? null : <span className="fact">{t('foot.onDuty', { n: onDuty })}</span>}
      </p>
    </footer>
  );
}
