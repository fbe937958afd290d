import type { ReactElement } from 'react';
import type { AlertRule } from '#contract/alerts';
import type { MatchNow, RuleDetailReply, RuleTestResult } from '#contract/rule-pages';
import { TIERS, type Tier } from '#contract/tiers';
import { useT } from '../../i18n/t.ts';
import { requestJson } from '../../net/http.ts';
import { spokenSpan } from '../../numbers/time.ts';
import { TierMark } from '../../panels/TierMark.tsx';
import { useFormat } from '../../state/use-figure.ts';
import { limitLine, measureLine } from '../desk/alert-words.ts';
import { useLoaded } from '../frame/use-loaded.ts';
import { useFrameWords } from '../frame/words.ts';
import { PlanName } from '../runbooks/PlanName.tsx';
import { Backtest } from './Backtest.tsx';
import { summaryOf } from './model.ts';
import { usePlaceOf } from './use-place.ts';
import { useRuleWords } from './words.ts';

const MATCHES_SHOWN = 12;

/** One rule: what it looks at, its limits, how it stands, its tests, and what a change of it would have done. */
export function RuleDetail({ id, onClose }: { id: string; onClose: () => void }): ReactElement {
  const { say, lang } = useRuleWords();
  const { say: common } = useFrameWords();
  const { data, failed } = useLoaded(
    () => requestJson<RuleDetailReply>(`/api/v1/rules/${encodeURIComponent(id)}`),
    id,
    {
      about: /^rules\./,
      everyMs: 10_000,
    },
  );
  if (data === null)
    return (
      <p role="status">
        {failed === null ? common('loading') : common(failed.status === 404 ? 'refused.not_found' : 'noServer')}
      </p>
    );
  const { rule, state, matches, yaml, tests } = data;
  return (
    <article className="card rule-detail" data-testid="rule-detail" data-rule={rule.id}>
      <header className="line">
        <h2>{summaryOf(rule, lang) || rule.id}</h2>
        <span className="pill" data-evaluation={state.evaluation}>
          {say(`state.${state.evaluation}`)}
        </span>
        <button type="button" className="button rule-close" onClick={onClose}>
          {common('close')} <kbd>Esc</kbd>
        </button>
      </header>
      <p>
        <code>{rule.id}</code>
      </p>
      {state.message === null ? null : (
        <p role="alert" className="refused">
          {state.message}
        </p>
      )}
      <dl className="rule-facts">
        <Fact name={say('expr')}>
          <code>{rule.expr}</code>
        </Fact>
        <Fact name={say('limits')}>
          <Limits rule={rule} limits={state.limits} unit={state.unit} />
        </Fact>
        <Fact name={say('for')}>{timesOf(rule, say, lang)}</Fact>
        <Fact name={say('labels')}>
          <code>
            {Object.entries(rule.labels)
              .map(([name, value]) => `${name}=${value}`)
              .join(' ') || say('none')}
          </code>
        </Fact>
        {rule.annotations.runbook_url === undefined ? null : (
          <Fact name={say('runbook')}>
            <a href={rule.annotations.runbook_url}>
              <PlanName id={rule.annotations.runbook_url.replace('/runbooks/', '')} />
            </a>
          </Fact>
        )}
        <Fact name={say('file')}>
          <code>
            {rule.file}:{rule.line}
          </code>
        </Fact>
        <Fact name={say('tests')}>
          <Tests tests={tests} />
        </Fact>
      </dl>
      <h3>{say('perMatch')}</h3>
      <Matches matches={matches} unit={state.unit} />
      <Backtest rule={rule} title={summaryOf(rule, lang)} yaml={yaml} key={rule.id} />
    </article>
  );
}

function Fact({
  name,
  children,
}: {
  name: string;
  children: ReactElement | string | readonly ReactElement[];
}): ReactElement {
  return (
    <div className="proof-fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function timesOf(rule: AlertRule, say: ReturnType<typeof useRuleWords>['say'], lang: 'zh' | 'en'): string {
  const { forMs, keepFiringForMs, raiseAfterCount, lowerAfterCount, intervalMs } = rule;
  return [
    forMs === 0 ? say('atOnce') : say('forLong', { span: spokenSpan(forMs, lang) }),
    ...(keepFiringForMs === 0 ? [] : [say('keepLong', { span: spokenSpan(keepFiringForMs, lang) })]),
    say('raiseLower', { up: raiseAfterCount, down: lowerAfterCount }),
    intervalMs === 0 ? say('everyLook') : say('interval', { span: spokenSpan(intervalMs, lang) }),
  ].join(' · ');
}

/** Limits by tier, the highest first; a rule that is true or false has its one tier. */
export function Limits(props: {
  readonly rule: AlertRule;
  readonly limits: readonly (number | null)[];
  readonly unit: string;
}): ReactElement {
  const { rule, limits, unit } = props;
  const format = useFormat();
  const { t } = useT();
  if (limits.length === 0)
    return rule.tier === null ? (
      <span className="quiet">—</span>
    ) : (
      <span>
        <TierMark tier={rule.tier} silent />
        {t(`tier.${rule.tier}`)}
      </span>
    );
  return (
    <span className="limits">
      {[...TIERS].reverse().map((tier) => {
        const limit = limits[TIERS.indexOf(tier)];
        return limit === null || limit === undefined ? null : (
          <span key={tier}>
            <TierMark tier={tier} />
            {limitLine(limit, unit, format)}
          </span>
        );
      })}
    </span>
  );
}

function Tests({ tests }: { tests: readonly RuleTestResult[] }): ReactElement {
  const { say } = useRuleWords();
  if (tests.length === 0) return <span className="quiet">{say('noTests')}</span>;
  return (
    <ul>
      {tests.map(({ file, name, problems }) => (
        <li key={`${file}${name}`} data-ok={problems?.length === 0}>
          {problems === null ? '–' : problems.length === 0 ? '✓' : '✗'} {name}{' '}
          <span className="quiet">
            {file}
            {problems === null ? ` · ${say('notRun')}` : ''}
          </span>
          {problems?.map((problem) => (
            <p key={problem}>
              <code>{problem}</code>
            </p>
          ))}
        </li>
      ))}
    </ul>
  );
}

/** That of its alert where there is one, else what its value reaches. */
const MatchTier = ({ tier }: { tier: Tier | null }): ReactElement | null =>
  tier === null ? null : <TierMark tier={tier} />;

function Matches({ matches, unit }: { matches: readonly MatchNow[]; unit: string }): ReactElement {
  const { say } = useRuleWords();
  const placeOf = usePlaceOf();
  const format = useFormat();
  return (
    <ul className="match-list">
      {matches.slice(0, MATCHES_SHOWN).map(({ labels, evaluation, value, tier, alertTier }) => (
        <li key={JSON.stringify(labels)} data-evaluation={evaluation}>
          <MatchTier tier={alertTier ?? tier} />
          <b>{value === null ? '—' : measureLine(value, unit, format)}</b> {placeOf(labels)}{' '}
          {evaluation === 'normal' ? null : <span className="quiet">{say(`state.${evaluation}`)}</span>}
        </li>
      ))}
      {matches.length > MATCHES_SHOWN ? <li className="quiet">… {matches.length}</li> : null}
    </ul>
  );
}
