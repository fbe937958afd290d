import { type ReactElement, useState } from 'react';
import '../../styles/silences.css';
import type { Alert, AlertsReply, Matcher, SilenceView } from '#contract/alerts';
import { command } from '../../net/command.ts';
import { requestJson } from '../../net/http.ts';
import { minuteTime, spokenSpan } from '../../numbers/time.ts';
import { useLinkState } from '../../panels/LinkBanner.tsx';
import { TierMark } from '../../panels/TierMark.tsx';
import { titleOf } from '../desk/alert-words.ts';
import { PageFrame, useMay } from '../frame/PageFrame.tsx';
import { useLoaded } from '../frame/use-loaded.ts';
import { useServerNow, useZone } from '../frame/use-now.ts';
import { useRefused } from '../frame/use-refused.ts';
import { useFrameWords } from '../frame/words.ts';
import { isEndingSoon, matcherText, readMatchers, stateAt } from './draft.ts';
import { EditEnd } from './EditEnd.tsx';
import { NewSilence } from './NewSilence.tsx';
import { useSilenceWords } from './words.ts';

const EXPIRED_SHOWN = 30;
const readAll = (): Promise<{ silences: readonly SilenceView[] }> => requestJson('/api/v1/silences');

/** Open, and pages nobody because its cause pages. */
const isHeldBack = ({ handling, suppressedBy }: Alert): boolean =>
  handling !== 'resolved' && suppressedBy.some(({ kind }) => kind === 'inhibition');
const readAlerts = (): Promise<AlertsReply> => requestJson('/api/v1/alerts?limit=2000');

/** All silences: who is not called, by whose word, until when, and how many alerts that is now. */
export default function SilencesScreen(): ReactElement {
  const { say, lang } = useSilenceWords();
  const { say: common } = useFrameWords();
  const mayWrite = useMay('silences.write');
  const online = useLinkState() !== 'offline';
  const { data, failed, reload } = useLoaded(readAll, 'silences', { about: /^(silence|alert)\./, everyMs: 5_000 });
  const nowMs = useServerNow() ?? 0;
  const refused = useRefused();
  const [begun, setBegun] = useState<readonly Matcher[] | null>(() => {
    const from = readMatchers(new URLSearchParams(location.search));
    return from.length > 0 ? from : null;
  });
  const [edited, setEdited] = useState<SilenceView | null>(null);
  const act = mayWrite && online;
  const open = (): void => {
    if (act) setBegun([]);
  };
  const done = (): void => {
    setBegun(null);
    setEdited(null);
    reload();
  };
  const expire = (id: string): void => {
    refused.clear();
    command('DELETE', `/silences/${encodeURIComponent(id)}`).then(reload, refused.take);
  };
  const { data: listed } = useLoaded(readAlerts, 'alerts', { about: /^alert\./, everyMs: 5_000 });
  const known = new Map((listed?.alerts ?? []).map((alert) => [alert.id, alert]));
  const held = (listed?.alerts ?? []).filter(isHeldBack);
  /** What holds it back, by name. */
  const causesOf = ({ suppressedBy }: Alert): string =>
    suppressedBy
      .flatMap(({ kind, id }) => {
        const cause = kind === 'inhibition' ? known.get(id) : undefined;
        return cause === undefined ? [] : [say('heldBy', { cause: titleOf(cause, lang) })];
      })
      .join(' · ');
  const silences = data?.silences ?? [];
  const of = (state: SilenceView['state']): readonly SilenceView[] =>
    silences.filter((silence) => stateAt(silence, nowMs) === state);
  const byEnd = (a: SilenceView, b: SilenceView): number => a.endsAt - b.endsAt;
  const card = (silence: SilenceView): ReactElement => (
    <SilenceCard
      key={silence.id}
      silence={{ ...silence, state: stateAt(silence, nowMs) }}
      nowMs={nowMs}
      onEdit={act ? () => setEdited(silence) : null}
      onExpire={act ? () => expire(silence.id) : null}
    />
  );
  const [active, pending, expired] = [of('active').toSorted(byEnd), of('pending').toSorted(byEnd), of('expired')];
  return (
    <PageFrame
      id="silences"
      title={say('title')}
      keys={[{ key: 'n', words: say('keyNew'), act: open }]}
      aside={
        <button
          type="button"
          className="button button-main"
          data-testid="new"
          disabled={!act}
          title={mayWrite ? (online ? '' : common('offline')) : common('readOnly')}
          onClick={open}
        >
          {say('new')} <kbd>n</kbd>
        </button>
      }
    >
      <p role="alert" className="refused">
        {refused.text || (failed !== null && data === null ? common('noServer') : '')}
      </p>
      {data === null ? <p role="status">{failed === null ? common('loading') : ''}</p> : null}
      {data !== null && active.length + pending.length === 0 ? (
        <p className="quiet" data-testid="no-silence">
          {say(held.length === 0 ? 'none' : 'noneButHeld')}
        </p>
      ) : null}
      {held.length === 0 ? null : (
        <section className="silence-group" data-testid="held-back" data-count={held.length}>
          <h2>{say('heldBack', { n: held.length })}</h2>
          <p className="quiet">{say('heldBackHow')}</p>
          <ul className="silence-list">
            {held.map((alert) => (
              <li key={alert.id} className="card line">
                <TierMark tier={alert.tier} />
                <a href={`/desk?alert=${encodeURIComponent(alert.id)}`}>{titleOf(alert, lang)}</a>
                <span className="quiet">{causesOf(alert)}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
      <Group title={say('active')} id="active">
        {active.map(card)}
      </Group>
      <Group title={say('pending')} id="pending">
        {pending.map(card)}
      </Group>
      {expired.length === 0 ? null : (
        <details className="silence-group" data-testid="group-expired">
          <summary>
            {say('expired')} {expired.length}
          </summary>
          <ul className="silence-list">
            {[...expired]
              .sort((a, b) => b.endsAt - a.endsAt)
              .slice(0, EXPIRED_SHOWN)
              .map(card)}
          </ul>
        </details>
      )}
      {begun === null ? null : <NewSilence from={begun} onClose={() => setBegun(null)} onDone={done} />}
      {edited === null ? null : <EditEnd silence={edited} onClose={() => setEdited(null)} onDone={done} />}
    </PageFrame>
  );
}

function Group(props: { readonly id: string; readonly title: string; readonly children: readonly ReactElement[] }) {
  if (props.children.length === 0) return null;
  return (
    <section className="silence-group" data-testid={`group-${props.id}`}>
      <h2>
        {props.title} {props.children.length}
      </h2>
      <ul className="silence-list">{props.children}</ul>
    </section>
  );
}

function SilenceCard(props: {
  readonly silence: SilenceView;
  readonly nowMs: number;
  /** null: not allowed, or the link is lost. */
  readonly onEdit: (() => void) | null;
  readonly onExpire: (() => void) | null;
}): ReactElement {
  const { silence, nowMs, onEdit, onExpire } = props;
  const { say, lang } = useSilenceWords();
  const zone = useZone();
  const { id, state, startsAt, endsAt, matchers, comment, createdBy, matchedCount } = silence;
  const soon = isEndingSoon(silence, nowMs);
  const time = (ms: number): string => minuteTime(ms, zone);
  return (
    <li
      className="card silence"
      data-testid={`silence-${id}`}
      data-state={state}
      data-soon={soon}
      data-count={matchedCount}
    >
      <p className="silence-matchers">
        {matchers.map((matcher) => (
          <code key={matcherText(matcher)}>{matcherText(matcher)}</code>
        ))}
      </p>
      <p className="silence-comment">{comment}</p>
      <p className="line quiet">
        <span>{say('by', { who: createdBy })}</span>
        {state === 'pending' ? <span>{say('starts', { time: time(startsAt) })}</span> : null}
        <span>{say(state === 'expired' ? 'endedAt' : 'ends', { time: time(endsAt) })}</span>
        {state === 'active' ? <span>{say('endsIn', { span: spokenSpan(endsAt - nowMs, lang) })}</span> : null}
        {soon ? <b className="pill pill-strong">{say('endsSoon')}</b> : null}
      </p>
      <p className="line">
        {state === 'expired' ? null : (
          <span className={matchedCount > 0 ? 'silence-count' : 'quiet'}>
            {matchedCount > 0 ? say('mutes', { n: matchedCount }) : say('mutesNone')}
          </span>
        )}
        {state === 'expired' ? null : (
          <span className="silence-acts">
            <button type="button" className="button" disabled={onEdit === null} onClick={() => onEdit?.()}>
              {say('edit')}
            </button>
            <button
              type="button"
              className="button"
              disabled={onExpire === null}
              data-testid="expire"
              onClick={() => onExpire?.()}
            >
              {say('expire')}
            </button>
          </span>
        )}
      </p>
    </li>
  );
}
