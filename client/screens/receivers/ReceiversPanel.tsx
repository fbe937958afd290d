import { type ReactElement, useState } from 'react';
import type { DeliveryDeadLettersReply, ReceiversReply, ReceiverTestReply, ReceiverView } from '#contract/receivers';
import { command } from '../../net/command.ts';
import { RequestFailed, requestJson } from '../../net/http.ts';
import { plainNumber } from '../../numbers/format.ts';
import { minuteTime, spokenSpan } from '../../numbers/time.ts';
import { Panel } from '../../panels/Panel.tsx';
import { useConsole } from '../../state/console-store.ts';
import { useFeedFreshness } from '../../state/use-freshness.ts';
import { useLoaded } from '../frame/use-loaded.ts';
import { nowOfServer, useZone } from '../frame/use-now.ts';
import { useReceiverWords } from './words.ts';

const EVERY_MS = 5_000;
const LETTERS_SHOWN = 5;
const ABOUT = /^receivers?\./;

/** Where pages go and how each receiver does; a test, a fresh start, and what had to be given up. */
export function ReceiversPanel(): ReactElement {
  const { say, lang } = useReceiverWords();
  const zone = useZone();
  const freshness = useFeedFreshness([]);
  const online = useConsole((state) => state.link.status === 'open');
  const mayAct = useConsole(
    (state) => typeof state.session === 'object' && state.session.permissions.includes('receivers.act'),
  );
  const [said, setSaid] = useState('');
  const [busy, setBusy] = useState(false);
  const list = useLoaded(() => requestJson<ReceiversReply>('/api/v1/receivers'), 'receivers', {
    about: ABOUT,
    everyMs: EVERY_MS,
  });
  const letters = useLoaded(
    () => requestJson<DeliveryDeadLettersReply>('/api/v1/receivers/deadletters'),
    `letters-${list.data?.deadCount ?? 0}`,
    { about: ABOUT, everyMs: 60_000 },
  );
  const off = busy || !online || !mayAct;

  async function act(work: () => Promise<string>): Promise<void> {
    setBusy(true);
    setSaid(say('testing'));
    try {
      setSaid(await work());
    } catch (error) {
      setSaid(error instanceof RequestFailed && error.code !== 'network' ? error.message : say('away'));
    } finally {
      setBusy(false);
      list.reload();
      letters.reload();
    }
  }
  const test = ({ id }: ReceiverView) =>
    act(async () => {
      const { ok, reason, message, tookMs } = await command<ReceiverTestReply>('POST', `/receivers/${id}/test`);
      return ok ? say('taken', { id, ms: tookMs }) : say('refused', { id, why: `${reason}: ${message}` });
    });
  const enable = ({ id }: ReceiverView) =>
    act(async () => {
      await command('POST', `/receivers/${id}/enable`);
      return say('enabled', { id });
    });
  const resend = (id: string) =>
    act(async () => {
      await command('POST', `/receivers/deadletters/${encodeURIComponent(id)}/resend`);
      return say('resent');
    });
  const age = (atMs: number | null): string => {
    const nowMs = nowOfServer();
    return atMs === null || nowMs === null ? '—' : spokenSpan(Math.max(0, nowMs - atMs), lang);
  };

  const rows = list.data?.receivers ?? [];
  const dead = letters.data?.letters ?? [];
  const [problem] = list.data?.refused?.problems ?? [];
  return (
    <Panel id="health-receivers" title={say('title')} freshness={freshness}>
      {problem === undefined ? null : <p className="note">{say('broken', { why: problem })}</p>}
      {list.data !== null && rows.length === 0 ? <p className="note">{say('none')}</p> : null}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls sideways must be reachable by keyboard */}
      <section className="facts" tabIndex={0} aria-label={say('title')}>
        <table>
          <thead>
            <tr>
              <th scope="col">{say('name')}</th>
              {(['kind', 'target', 'state', 'waiting', 'oldest', 'delivered', 'failed', 'last'] as const).map((key) => (
                <th key={key} scope="col" className="fact-text">
                  {say(key)}
                </th>
              ))}
              <th scope="col" className="fact-text" aria-label={say('test')} />
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.id} data-testid={`receiver-${row.id}`} data-state={row.state}>
                <th scope="row">{row.id}</th>
                <td className="fact-text">{row.kind}</td>
                <td className="fact-text">{row.target ?? '—'}</td>
                <td className="fact-text">{say(row.state)}</td>
                <td>{plainNumber(row.queueCount, lang, 0)}</td>
                <td>{age(row.oldestAt)}</td>
                <td>{plainNumber(row.deliveredCount, lang, 0)}</td>
                <td>{plainNumber(row.failedTriesCount, lang, 0)}</td>
                <td className="fact-text">
                  {row.lastError === null
                    ? '—'
                    : `${minuteTime(row.lastError.at, zone)} ${row.lastError.message.slice(0, 80)}`}
                </td>
                <td className="fact-text">
                  <button type="button" className="button" disabled={off} onClick={() => void test(row)}>
                    {say('test')}
                  </button>
                  {row.state === 'disabled' ? (
                    <button type="button" className="button" disabled={off} onClick={() => void enable(row)}>
                      {say('enable')}
                    </button>
                  ) : null}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <p className="note" role="status" data-testid="receivers-said">
        {said}
      </p>
      {dead.length === 0 ? null : (
        <details data-testid="receivers-dead">
          <summary>{say('dead', { n: letters.data?.totalCount ?? 0 })}</summary>
          <ul>
            {dead.slice(0, LETTERS_SHOWN).map(({ id, receiver, title, error, givenUpAt }) => (
              <li key={id}>
                {minuteTime(givenUpAt, zone)} · {receiver} · {title.slice(0, 120)} · {error.message.slice(0, 120)}{' '}
                <button type="button" className="button" disabled={off} onClick={() => void resend(id)}>
                  {say('resend')}
                </button>
              </li>
            ))}
          </ul>
        </details>
      )}
    </Panel>
  );
}
