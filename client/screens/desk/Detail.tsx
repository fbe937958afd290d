import { type ReactElement, useMemo } from 'react';
import type { Alert, SilenceView } from '#contract/alerts';
import { useDeskWords } from '../../i18n/desk-words.ts';
import { useT } from '../../i18n/t.ts';
import type { DeskKey } from '../../i18n/zh-desk.ts';
import { clockTime, minuteTime } from '../../numbers/time.ts';
import { TierMark } from '../../panels/TierMark.tsx';
import { navigate } from '../../router.ts';
import { useConsole } from '../../state/console-store.ts';
import { useListed } from '../../state/use-alert-feed.ts';
import { useFormat } from '../../state/use-figure.ts';
import { useFeedFreshness } from '../../state/use-ticked.ts';
import { useOff } from './acts.ts';
import { measureLine, placeLabels, titleOf } from './alert-words.ts';
import type { AskKind } from './ask.ts';
import { ChartCard } from './ChartCard.tsx';
import { CommandButton } from './CommandButton.tsx';
import { Facts } from './Facts.tsx';
import { HistoryList } from './HistoryList.tsx';
import { RunbookCard } from './RunbookCard.tsx';
import { type Related, relatedTo } from './related.ts';
import { useDetail, useLine } from './use-detail.ts';
import type { RunbookFor } from './use-runbook.ts';
import { Why } from './Why.tsx';

export interface DetailActs {
  readonly take: () => void;
  readonly takeGroup: () => void;
  readonly own: () => void;
  readonly undo: () => void;
  readonly ask: (kind: AskKind) => void;
  readonly choose: (id: string) => void;
}

/** One alert, top to bottom as it is asked: what is hurt, how badly, since when, what to do, who was called and why. */
export function Detail({
  alert: streamed,
  plan,
  silences,
  acts,
}: {
  alert: Alert;
  plan: RunbookFor;
  silences: readonly SilenceView[];
  acts: DetailActs;
}): ReactElement {
  const { say, lang } = useDeskWords();
  const link = useFeedFreshness([]);
  const detail = useDetail(streamed);
  const line = useLine(streamed.id);
  const listed = useListed();
  // what the stream says is newer; money is worked out when the detail is read
  const read = detail.data?.alert;
  const alert: Alert =
    read === undefined
      ? streamed
      : read.version > streamed.version
        ? read
        : {
            ...streamed,
            costMinor: read.costMinor,
            costMinorPerMinute: read.costMinorPerMinute ?? streamed.costMinorPerMinute,
          };
  const raised = detail.data?.history.findLast(({ type }) => type === 'alert_fired' || type === 'alert_raised');
  const related = useMemo(() => relatedTo(alert, listed.byId), [alert, listed]);
  return (
    <>
      <DetailHead alert={alert} acts={acts} />
      <Mutes alert={alert} silences={silences} />
      <Facts alert={alert} raisedAt={raised?.value ?? null} explanation={detail.data?.explanation ?? []} link={link} />
      <ChartCard alert={alert} line={line} link={link} />
      <div className="desk-columns">
        <div className="desk-column">
          <RunbookCard alert={alert} plan={plan} />
          <Why explanation={detail.data?.explanation ?? []} />
        </div>
        <div className="desk-column">
          <section className="desk-card" aria-labelledby="history-title">
            <h2 id="history-title">{say('history.title')}</h2>
            {detail.data === null ? (
              <p className="quiet">
                {detail.failed === null
                  ? say('detail.loading')
                  : say(detail.failed.code === 'not_found' ? 'detail.gone' : 'detail.failed', {
                      code: detail.failed.code,
                    })}
              </p>
            ) : (
              <HistoryList history={detail.data.history} unit={alert.unit} />
            )}
          </section>
          <RelatedCard related={related} onChoose={acts.choose} lang={lang} />
        </div>
      </div>
    </>
  );
}

function DetailHead({ alert, acts }: { alert: Alert; acts: DetailActs }): ReactElement {
  const { say, lang } = useDeskWords();
  const { t } = useT();
  const format = useFormat();
  const campaign = useConsole((state) => state.campaign);
  const zone = campaign?.timeZone ?? 'Asia/Shanghai';
  const me = useConsole(({ session }) => (typeof session === 'object' ? session.name : ''));
  const blocked = useOff();
  const over = alert.endsAt !== null;
  const off: DeskKey | null = blocked !== null ? `off.${blocked}` : over ? 'off.over' : null;
  const mine = alert.owner?.name === me;
  return (
    <header className="detail-head">
      <div className="detail-what">
        <p className="detail-tier">
          <TierMark tier={alert.tier} silent />{' '}
          <span className={`tier-word tier-${alert.tier}`}>{t(`tier.${alert.tier}`)}</span>
          <span className="quiet">{say('detail.since', { time: clockTime(alert.startsAt, zone) })}</span>
          {placeLabels(alert, lang, campaign).map(([name, value]) => (
            <span key={name} className="label-chip">
              <span className="quiet">{name}</span> {value}
            </span>
          ))}
        </p>
        <h1 tabIndex={-1} id="detail-title" data-testid="detail-title">
          {titleOf(alert, lang)}
        </h1>
        {alert.annotations.description ? <p className="quiet">{alert.annotations.description}</p> : null}
        {over ? (
          <p className="detail-over" data-testid="detail-over">
            {say(alert.evaluation === 'normal' ? 'detail.over' : 'detail.resolvedBy', {
              time: minuteTime(alert.endsAt ?? 0, zone),
            })}
            {alert.resolvedValue === null
              ? ''
              : ` · ${say('detail.overValue', { value: measureLine(alert.resolvedValue, alert.unit, format) })}`}
          </p>
        ) : null}
      </div>
      <div className="detail-commands">
        {alert.owner === null ? (
          <CommandButton verb="acknowledge" words="do.acknowledge" off={off} main onPress={acts.take} />
        ) : mine ? (
          <CommandButton verb="undo" words="do.unacknowledge" off={off} onPress={acts.undo} />
        ) : (
          <CommandButton verb="own" words="do.takeOver" off={off} onPress={acts.own} />
        )}
        <CommandButton verb="escalate" words="do.escalate" off={off} onPress={() => acts.ask('escalate')} />
        <CommandButton verb="silence" words="do.silence" off={off} onPress={() => acts.ask('silence')} />
        <CommandButton
          verb="note"
          words="do.note"
          off={blocked === null ? null : `off.${blocked}`}
          onPress={() => acts.ask('note')}
        />
        <details className="detail-more">
          <summary className="button">{say('do.more')}</summary>
          <div className="detail-menu">
            <CommandButton verb="acknowledgeGroup" words="do.acknowledgeGroup" off={off} onPress={acts.takeGroup} />
            <CommandButton verb={null} words="do.acknowledgeNote" off={off} onPress={() => acts.ask('acknowledge')} />
            <CommandButton verb={null} words="do.assign" off={off} onPress={() => acts.ask('assign')} />
            <CommandButton verb={null} words="do.resolve" off={off} onPress={() => acts.ask('resolve')} />
            <CommandButton
              verb={null}
              words="do.declare"
              off={blocked === null ? null : `off.${blocked}`}
              onPress={() => navigate(`/incidents?alerts=${encodeURIComponent(alert.id)}`)}
            />
          </div>
        </details>
      </div>
    </header>
  );
}

/** Why nobody is paged although it fires. */
function Mutes({ alert, silences }: { alert: Alert; silences: readonly SilenceView[] }): ReactElement | null {
  const { say, lang } = useDeskWords();
  const listed = useListed();
  const zone = useConsole((state) => state.campaign?.timeZone ?? 'Asia/Shanghai');
  if (alert.suppressedBy.length === 0) return null;
  return (
    <ul className="mutes" data-testid="mutes">
      {alert.suppressedBy.map(({ kind, id }) => {
        if (kind === 'silence') {
          const by = silences.find((each) => each.id === id);
          return (
            <li key={id}>
              <b>{say('mute.title')}</b>{' '}
              {by === undefined
                ? ''
                : say('mute.until', { time: minuteTime(by.endsAt, zone), who: by.createdBy, comment: by.comment })}
            </li>
          );
        }
        const cause = listed.byId.get(id);
        return (
          <li key={kind + id}>
            {say(`mute.${kind}`, { cause: cause === undefined ? say('mute.gone') : titleOf(cause, lang) })}
          </li>
        );
      })}
    </ul>
  );
}

function RelatedCard({
  related,
  onChoose,
  lang,
}: {
  related: readonly Related[];
  onChoose: (id: string) => void;
  lang: 'zh' | 'en';
}): ReactElement {
  const { say } = useDeskWords();
  return (
    <section className="desk-card" aria-labelledby="related-title" data-testid="related">
      <h2 id="related-title">{say('related.title')}</h2>
      {related.length === 0 ? <p className="quiet">{say('related.none')}</p> : null}
      <ul className="related">
        {related.map(({ alert, because }) => (
          <li key={alert.id}>
            <button type="button" className="related-open" onClick={() => onChoose(alert.id)}>
              <TierMark tier={alert.tier} />
              <span>{titleOf(alert, lang)}</span>
              <span className="quiet">
                {because.kind === 'label'
                  ? say('related.label', { label: because.label })
                  : say(because.kind === 'cause' ? 'related.cause' : 'related.group')}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
