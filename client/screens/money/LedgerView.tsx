import { type ReactElement, useState } from 'react';
import { ENTRY_KINDS, type EntryKind, type LedgerLine, type LedgerReply } from '#contract/budget';
import { requestJson } from '../../net/http.ts';
import { dayName, dayStart } from '../../numbers/zone.ts';
import { spokenReason } from '../../panels/own-reasons.ts';
import { useLoaded } from '../frame/use-loaded.ts';
import { useZone } from '../frame/use-now.ts';
import type { Desk } from './use-money.ts';
import { useMoneyText } from './use-money-text.ts';

const PAGE = 50;
/** Above every line there will ever be: the newest page keeps its name while the ledger grows. */
const NEWEST = 999_999_999_999_999;
const TYPES = { csv: 'text/csv', jsonl: 'application/x-ndjson' } as const;

/** The ledger line by line, newest first, by account and kind; what is shown as a spreadsheet, and all of it as it is hashed. */
export function LedgerView({ desk }: { desk: Desk }): ReactElement {
  const text = useMoneyText(desk.accounts);
  const { say, code, name, amount, time, lang } = text;
  const [account, setAccount] = useState('');
  const [kind, setKind] = useState<EntryKind | ''>('');
  const zone = useZone();
  /** Lines below this; null: the newest. */
  const [before, setBefore] = useState<number | null>(null);
  const [refused, setRefused] = useState('');
  const filter = { ...(account === '' ? {} : { account }), ...(kind === '' ? {} : { kind }) };
  const query = new URLSearchParams({ before: String(before ?? NEWEST), limit: String(PAGE), ...filter }).toString();
  const { data } = useLoaded<LedgerReply>(() => requestJson(`/api/v1/budget/ledger?${query}`), query, {
    about: /^budget\./,
  });
  const shown = (data?.lines ?? []).toReversed();
  const today = dayStart(desk.nowMs, zone);
  const when = (ms: number): string => (ms >= today ? time(ms) : `${dayName(ms, zone, lang)} ${time(ms)}`);
  const download = (as: keyof typeof TYPES): void => {
    setRefused('');
    const of = as === 'csv' ? `?${new URLSearchParams(filter)}` : '';
    fetch(`/api/v1/budget/ledger${of}`, { credentials: 'same-origin', headers: { accept: TYPES[as] } })
      .then(async (response) => {
        if (!response.ok) throw new Error(String(response.status));
        const link = document.createElement('a');
        link.href = URL.createObjectURL(await response.blob());
        link.download = `ledger.${as}`;
        link.click();
        setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
      })
      .catch(() => setRefused(say('network')));
  };
  const open = desk.budget.ledger.seq - desk.budget.ledger.sealedSeq;
  // what the server does by itself it explains to machines: its kind says it to people
  const who = ({ actor }: LedgerLine): string => ('name' in actor ? actor.name : say('byItself'));
  /** Of a decision about a platform: its budget before and after. */
  const decided = ({ kind, oursMinor, theirsMinor }: LedgerLine): string => {
    if (kind !== 'adopt' && kind !== 'reassert') return '';
    const [ours, theirs] = [amount(Number(oursMinor)), amount(Number(theirsMinor))];
    return `${kind === 'adopt' ? `${ours} → ${theirs}` : `${theirs} → ${ours}`} · `;
  };
  return (
    <section className="card ledger" aria-labelledby="ledger-title" data-testid="ledger">
      <header className="line money-head-line">
        <h2 id="ledger-title">{say('ledgerTitle')}</h2>
        <label className="inline-field">
          <span className="sr-only">{say('account')}</span>
          <select
            name="account"
            value={account}
            onChange={({ target }) => {
              setAccount(target.value);
              setBefore(null);
            }}
          >
            <option value="">{say('anyAccount')}</option>
            {desk.budget.accounts.map(({ id }) => (
              <option key={id} value={id}>
                {name(id)}
              </option>
            ))}
          </select>
        </label>
        <label className="inline-field">
          <span className="sr-only">{say('kind')}</span>
          <select
            name="kind"
            value={kind}
            onChange={({ target }) => {
              setKind(target.value as EntryKind | '');
              setBefore(null);
            }}
          >
            <option value="">{say('anyKind')}</option>
            {ENTRY_KINDS.map((each) => (
              <option key={each} value={each}>
                {code(`entry.${each}`)}
              </option>
            ))}
          </select>
        </label>
        <span className="quiet">{open > 0 ? say('notSealed', { n: open }) : ''}</span>
        <span className="change-acts">
          <button type="button" className="button" data-testid="csv" onClick={() => download('csv')}>
            {say(account === '' && kind === '' ? 'csv' : 'csvShown')}
          </button>
          <button type="button" className="button" data-testid="jsonl" onClick={() => download('jsonl')}>
            {say('jsonl')}
          </button>
        </span>
      </header>
      <p role="alert" className="refused">
        {refused}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls sideways must be reachable by keyboard */}
      <section className="scroll-x" tabIndex={0} aria-label={say('ledgerTitle')}>
        <table className="grid">
          <thead>
            <tr>
              <th scope="col" className="number">
                {say('seq')}
              </th>
              <th scope="col">{say('time')}</th>
              <th scope="col">{say('kind')}</th>
              <th scope="col">{say('debit')}</th>
              <th scope="col">{say('credit')}</th>
              <th scope="col" className="number">
                {say('amount')}
              </th>
              <th scope="col">{say('actor')}</th>
              <th scope="col">{say('why')}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((line) => (
              <tr key={line.seq} data-testid={`line-${line.seq}`} title={line.hash}>
                <td className="number">{line.seq}</td>
                <td>{when(line.ts)}</td>
                <td>{code(`entry.${line.kind}`)}</td>
                <td>{name(line.debit)}</td>
                <td>{name(line.credit)}</td>
                <td className="number">{amount(Number(line.amountMinor))}</td>
                <td>{who(line)}</td>
                <td className="ledger-why quiet">
                  {decided(line)}
                  {'name' in line.actor ? spokenReason(line.reason, lang) : ''}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {data !== null && shown.length === 0 ? <p className="quiet">{say('noLines')}</p> : null}
      <p className="line">
        <button
          type="button"
          className="button"
          disabled={data === null || data.next === null}
          data-testid="ledger-older"
          onClick={() => setBefore(data?.next ?? null)}
        >
          {say('older')}
        </button>
        <button type="button" className="button" disabled={before === null} onClick={() => setBefore(null)}>
          {say('newest')}
        </button>
      </p>
    </section>
  );
}
