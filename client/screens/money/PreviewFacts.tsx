import type { ReactElement, ReactNode } from 'react';
import type { Bound, MovePreview } from '#contract/budget';
import type { MoneyText } from './use-money-text.ts';

/** A move, before and after, as the server worked it out: both ends, effect, bounds, and who must agree. */
export function PreviewFacts({ preview, text }: { preview: MovePreview; text: MoneyText }): ReactElement {
  const { say, code, amount, name, multiple } = text;
  const { changes, effect, bounds, tier, seats, undoPartialMinor } = preview;
  const near = bounds.filter(binds);
  return (
    <div className="preview-facts" data-testid="preview-facts" data-tier={tier}>
      <div className="scroll-x">
        <table className="grid">
          <thead>
            <tr>
              <th scope="col">{say('account')}</th>
              <th scope="col" className="number">
                {say('allocated')}
              </th>
              <th scope="col" className="number">
                {say('available')}
              </th>
              <th scope="col" className="number">
                {say('releasableCol')}
              </th>
            </tr>
          </thead>
          <tbody>
            {changes.map(({ account, before, after }) => (
              <tr key={account} data-testid={`change-${account}`}>
                <th scope="row">{name(account)}</th>
                {(['allocated', 'available', 'releasable'] as const).map((field) => (
                  <td className="number" key={field}>
                    <span className="quiet">{amount(before[field])} →</span> <b>{amount(after[field])}</b>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <dl className="facts-list">
        {undoPartialMinor > 0 ? (
          <Fact name="!">
            <span data-testid="undo-partial">{say('partial', { amount: amount(undoPartialMinor) })}</span>
          </Fact>
        ) : null}
        <Fact name={say('effect')}>{effect === null ? say('noEffect') : text.effect(effect)}</Fact>
        {effect === null ? null : (
          <>
            <Fact name={say('probability')}>{effect.probability.toFixed(2)}</Fact>
            <Fact name={say('marginalRow')}>
              {effect.marginal
                .map(({ account, before, after }) => `${name(account)} ${multiple(before)} → ${multiple(after)}`)
                .join(' · ')}
            </Fact>
          </>
        )}
        <Fact name={say('bounds')}>
          {near.length === 0
            ? say('boundsNone')
            : near.map((bound) => (
                <span key={`${bound.code}${bound.account}`} className={bound.violated ? 'bound-broken' : ''}>
                  {boundWords(bound, text)}
                </span>
              ))}
        </Fact>
        <Fact name={say('tier')}>
          {tier} {code(`tier.${tier}`)}
        </Fact>
        {seats.length === 0 ? null : (
          <Fact name={say('whoDecides')}>
            <span data-testid="who-decides">{text.whoOf(seats)}</span>
          </Fact>
        )}
      </dl>
    </div>
  );
}

export function Fact({ name, children }: { name: string; children: ReactNode }): ReactElement {
  return (
    <div className="proof-fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Broken, or used to nine tenths: the rest is no news. */
const binds = ({ violated, limitMinor, askedMinor, until }: Bound): boolean =>
  violated || until !== null || (limitMinor !== null && askedMinor !== null && askedMinor >= 0.9 * limitMinor);

const NOUNS = [
  'insufficient_available',
  'below_floor',
  'above_cap',
  'reserve_breach',
  'step_too_large',
  'not_releasable',
  'platform_floor',
  'split_limit_exceeded',
  'infeasible',
  'cooldown',
  'frozen',
  'platform_quota',
] as const;
type Noun = (typeof NOUNS)[number];
export function boundWords(bound: Bound, { say, code, amount, name, time }: MoneyText): string {
  const { limitMinor, askedMinor, until, account } = bound;
  const noun = (NOUNS as readonly string[]).includes(bound.code) ? (bound.code as Noun) : 'other';
  const words = { name: account === null ? '' : name(account), bound: code(`bound.${noun}`) };
  if (limitMinor !== null && askedMinor !== null)
    return bare(say('boundText', { ...words, asked: amount(askedMinor), limit: amount(limitMinor) }));
  return bare(until === null ? say('boundBare', words) : say('boundUntil', { ...words, time: time(until) }));
}
/** A bound of the whole move names no account. */
const bare = (words: string): string => words.replace(/^[,\s]+/, '');
