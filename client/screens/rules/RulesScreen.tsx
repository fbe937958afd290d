import { type ReactElement, useEffect, useState } from 'react';
import '../../styles/rules.css';
import type { RulesReply } from '#contract/alerts';
import type { RuleStatesReply } from '#contract/rule-pages';
import { requestJson } from '../../net/http.ts';
import { spokenSpan } from '../../numbers/time.ts';
import { TierMark } from '../../panels/TierMark.tsx';
import { setQuery, useRoute } from '../../router.ts';
import { useFormat } from '../../state/use-figure.ts';
import { useFeedFreshness } from '../../state/use-ticked.ts';
import { measureLine } from '../desk/alert-words.ts';
import { PageFrame, useMay } from '../frame/PageFrame.tsx';
import { useLoaded } from '../frame/use-loaded.ts';
import { useRefused } from '../frame/use-refused.ts';
import { useFrameWords } from '../frame/words.ts';
import { isTroubled, type RuleRow, rowsOf, summaryOf } from './model.ts';
import { Limits, RuleDetail } from './RuleDetail.tsx';
import { usePlaceOf } from './use-place.ts';
import { useRuleWords } from './words.ts';

/** Alerting that stood still for longer is unverified, ms (P16). */
const UNVERIFIED_MS = 180_000;

/** All rules with how they stand; one of them whole, with its back-test. */
export default function RulesScreen(): ReactElement {
  const { say, lang } = useRuleWords();
  const { say: common } = useFrameWords();
  const { query } = useRoute();
  const id = query.get('rule');
  const search = query.get('q') ?? '';
  const only = query.get('only') === 'troubled';
  const rules = useLoaded(() => requestJson<RulesReply>('/api/v1/rules'), 'rules', {
    about: /^rules\./,
    everyMs: 30_000,
  });
  const states = useLoaded(() => requestJson<RuleStatesReply>('/api/v1/rules/states'), 'states', { everyMs: 5_000 });
  // how rules stand is only known while the server is heard
  const { trusted } = useFeedFreshness([]);
  const mayReload = useMay('server.reload');
  const refused = useRefused();
  const [loaded, setLoaded] = useState<number | null>(null);
  const all = rowsOf(rules.data?.rules ?? [], states.data?.states ?? [], '', false);
  const rows = rowsOf(rules.data?.rules ?? [], states.data?.states ?? [], search, only);
  const open = (rule: string | null): void => setQuery({ rule });
  const step = (by: 1 | -1): void => {
    const at = rows.findIndex(({ rule }) => rule.id === id);
    open(rows[Math.max(0, Math.min(rows.length - 1, at === -1 ? 0 : at + by))]?.rule.id ?? null);
  };
  useEffect(() => {
    if (id !== null)
      document.querySelector(`[data-rule-row="${CSS.escape(id)}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [id]);
  const reload = (): void => {
    refused.clear();
    requestJson<RulesReply>('/-/reload', { method: 'POST', body: {} }).then(({ rules: { length } }) => {
      setLoaded(length);
      rules.reload();
    }, refused.take);
  };
  const ago = states.data?.evaluatedAgoMs ?? null;
  const isUnverified = states.data !== null && (ago === null || ago > UNVERIFIED_MS);
  const wrong = rules.data?.refused ?? null;
  const keys = [
    { key: 'j', words: say('keyNext'), act: () => step(1) },
    { key: 'k', words: say('keyNext'), act: () => step(-1) },
    { key: 'Escape', words: say('keyBack'), act: () => open(null) },
    { key: '/', words: say('keySearch'), act: () => document.querySelector<HTMLInputElement>('[name="q"]')?.focus() },
  ];
  return (
    <PageFrame
      id="rules"
      title={say('title')}
      keys={keys}
      aside={
        <p className="line">
          {isUnverified ? (
            <b className="chip chip-stale">{say('unverified')}</b>
          ) : ago === null || !trusted ? null : (
            <span className="quiet">{say('evaluated', { ago: spokenSpan(ago, lang) })}</span>
          )}
          {mayReload ? (
            <button type="button" className="button" onClick={reload}>
              {say('reload')}
            </button>
          ) : null}
          {loaded === null ? null : <span role="status">{say('reloaded', { n: loaded })}</span>}
        </p>
      }
    >
      <p role="alert" className="refused">
        {refused.text || (rules.failed !== null && rules.data === null ? common('noServer') : '')}
      </p>
      {wrong === null ? null : (
        <section className="card" role="alert" data-testid="rules-refused">
          <b>{say('refused', { n: wrong.problems.length })}</b>
          <ul>
            {wrong.problems.slice(0, 10).map((problem) => (
              <li key={problem}>
                <code>{problem}</code>
              </li>
            ))}
          </ul>
        </section>
      )}
      <search className="line">
        <input
          type="search"
          name="q"
          aria-label={say('search')}
          placeholder={`${say('search')} (/)`}
          value={search}
          onChange={(event) => setQuery({ q: event.target.value || null })}
          onKeyDown={(event) => {
            if (event.key === 'Escape') event.currentTarget.blur();
          }}
        />
        <button
          type="button"
          className="pill pill-button"
          aria-pressed={!only}
          onClick={() => setQuery({ only: null })}
        >
          {say('all', { n: rules.data === null ? '–' : all.length })}
        </button>
        <button
          type="button"
          className="pill pill-button"
          aria-pressed={only}
          data-testid="only-troubled"
          onClick={() => setQuery({ only: 'troubled' })}
        >
          {say('troubled', { n: states.data === null ? '–' : all.filter(isTroubled).length })}
        </button>
      </search>
      <div className="rule-columns" data-open={id !== null} data-trusted={trusted}>
        <section className="card scroll-x rule-list" aria-label={say('title')}>
          <table className="grid">
            <thead>
              <tr>
                <th scope="col">{say('rule')}</th>
                <th scope="col">{say('state')}</th>
                <th scope="col">{say('value')}</th>
                <th scope="col" className="rule-wide">
                  {say('limits')}
                </th>
                <th scope="col" className="rule-wide">
                  {say('for')}
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <RuleLine key={row.rule.id} row={row} open={row.rule.id === id} onOpen={() => open(row.rule.id)} />
              ))}
            </tbody>
          </table>
          {(states.data?.skipped.length ?? 0) > 0 ? (
            <details>
              <summary>{say('skipped', { n: states.data?.skipped.length ?? 0 })}</summary>
              <ul>
                {states.data?.skipped.map(({ rule, why }) => (
                  <li key={rule}>
                    {rule} <span className="quiet">{why}</span>
                  </li>
                ))}
              </ul>
            </details>
          ) : null}
        </section>
        {id === null ? null : <RuleDetail id={id} key={id} onClose={() => open(null)} />}
      </div>
    </PageFrame>
  );
}

function RuleLine({ row, open, onOpen }: { row: RuleRow; open: boolean; onOpen: () => void }): ReactElement {
  const { rule, state } = row;
  const { say, lang } = useRuleWords();
  const placeOf = usePlaceOf();
  const format = useFormat();
  const worst = state?.worst ?? null;
  const value = worst === null || worst.value === null ? '—' : measureLine(worst.value, state?.unit ?? '', format);
  const place = worst === null ? '' : placeOf(worst.labels);
  return (
    <tr data-rule-row={rule.id} data-testid={`rule-${rule.id}`} data-open={open} data-evaluation={state?.evaluation}>
      <th scope="row">
        <button type="button" className="link-button rule-name" aria-expanded={open} onClick={onOpen}>
          {summaryOf(rule, lang) || rule.id}
          <code className="quiet rule-id">{rule.id}</code>
        </button>
      </th>
      <td>
        {worst?.alertTier ? <TierMark tier={worst.alertTier} /> : null}
        {state === null ? '…' : say(`state.${state.evaluation}`)}
        {state !== null && state.matchCount > 1 ? (
          <span className="quiet">
            {' '}
            {state.counts[state.evaluation] ?? 0}/{state.matchCount}
          </span>
        ) : null}
        {state?.message ? <p className="quiet">{state.message}</p> : null}
      </td>
      <td className="rule-value">
        {value} <span className="quiet">{place}</span>
      </td>
      <td className="rule-wide">
        <Limits rule={rule} limits={state?.limits ?? []} unit={state?.unit ?? ''} />
      </td>
      <td className="rule-wide">{rule.forMs === 0 ? '—' : spokenSpan(rule.forMs, lang)}</td>
    </tr>
  );
}
