import type { ReactElement, ReactNode } from 'react';
import type { AlertRow } from '#contract/alerts';
import type { CampaignReply } from '#contract/campaign';
import type { TimelineEntry } from '#contract/timeline';
import { maybe, useT } from '../i18n/t.ts';
import { useUpdateWaits } from '../net/use-update.ts';
import { elide } from '../numbers/format.ts';
import type { Lang } from '../numbers/scale.ts';
import { minuteTime } from '../numbers/time.ts';
import { useConsole } from '../state/console-store.ts';
import { useRoomWords } from './room-words.ts';
import { useAlertAge } from './TakeOver.tsx';
import { TierMark } from './TierMark.tsx';
import { rowTitle, useTakenRed } from './take-over.ts';

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

/** An entry in words. The server sends codes and parameters; a kind this build does not know shows its code. */
export function entryWords(entry: TimelineEntry, lang: Lang, campaign: CampaignReply | null): string {
  const phase = campaign?.phases.find(({ id }) => id === entry.params.phase);
  const title = entry.params[lang === 'zh' ? 'titleZh' : 'titleEn'];
  const parameters = {
    ...entry.params,
    ...(phase ? { phase: phase[lang] } : {}),
    ...(title === undefined ? {} : { title }),
  };
  const text = maybe(lang, `time.${entry.kind}`, parameters) ?? entry.kind;
  const { actor } = entry;
  return actor.kind === 'user' ? `${text} · ${actor.name}` : text;
}

/** A red alert that somebody has taken, where no strip lists it: what, who has it, since when. */
function TakenRed({ alert }: { alert: AlertRow }): ReactElement {
  const { say, lang } = useRoomWords();
  const age = useAlertAge(alert.startsAt);
  return (
    <span className="taken-red" data-testid="taken-red">
      <TierMark tier="red" />
      <b>{elide(rowTitle(alert, lang), 24)}</b> {say('owned', { who: elide(alert.owner ?? '', 10) })} {age}
    </span>
  );
}

/** The foot of the wall: the newest thing that people or the system did, and who is here. */
export interface TimelineLineProps {
  /** How the wall rotates; absent on screens that do not. */
  readonly rotation?: { readonly dwellS: number | null; readonly held: boolean; readonly stopped: boolean };
  readonly scene?: string;
  /** Whether this screen can be heard; screens that make no sound leave it out. */
  readonly sound?: ReactNode;
}
export function TimelineLine({ rotation, scene = 'overview', sound }: TimelineLineProps): ReactElement {
  const { t, lang } = useT();
  const { say } = useRoomWords();
  const red = useTakenRed();
  const updates = useUpdateWaits(({ waits }) => waits);
  const newest = useConsole((state) => state.timeline.entries.findLast(({ kind }) => !QUIET.has(kind)));
  const campaign = useConsole((state) => state.campaign);
  const onDuty = useConsole((state) => state.frame?.onDutyCount ?? null);
  const unmapped = useConsole((state) => state.frame?.unmappedCount ?? 0);
  const zone = campaign?.timeZone ?? 'Asia/Shanghai';
  return (
    <footer className="wall-foot" data-testid="timeline-line">
      <p className="foot-entry">
        {red && scene !== 'overview' ? (
          <TakenRed alert={red} />
        ) : newest ? (
          <>
            <time className="foot-time">{minuteTime(newest.atMs, zone)}</time> {entryWords(newest, lang, campaign)}
          </>
        ) : (
          t('foot.empty')
        )}
      </p>
      <p className="foot-facts">
        {scene === 'overview' ? null : <span className="fact fact-scene">{maybe(lang, `scene.${scene}`)}</span>}
        {rotation && rotation.dwellS !== null ? (
          <span className="fact" data-testid="rotation">
            {rotation.stopped
              ? say('rotationStopped')
              : rotation.held
                ? t('scene.held')
                : t('scene.rotating', { n: rotation.dwellS })}
          </span>
        ) : null}
        {unmapped > 0 ? <span className="fact">{t('foot.unmapped', { n: unmapped })}</span> : null}
        {updates ? <span className="chip">{say('updating')}</span> : null}
        {sound ?? null}
        {onDuty === null ? null : <span className="fact">{t('foot.onDuty', { n: onDuty })}</span>}
      </p>
    </footer>
  );
}
