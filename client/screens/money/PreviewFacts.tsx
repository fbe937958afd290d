import type { ReactElement, ReactNode } from 'react';
import type {
  AccountId,
  Bound,
  BudgetAccount,
  ExpectedEffect,
  MovePreview,
  MoveView,
  RailsChange,
} from '#contract/budget';
import { learnsAnew, onceEach } from './bounds.ts';
import { shortId, waitingFor } from './requests.ts';
import type { MoneyText } from './use-money-text.ts';
import type { PreviewAsk } from './use-preview.ts';

/** A move, before and after, as the server worked it out: both ends, effect, bounds, and who must agree. */
export function PreviewFacts(props: {
  readonly preview: MovePreview;
  readonly text: MoneyText;
  readonly ask: PreviewAsk | null;
  readonly accounts: ReadonlyMap<AccountId, BudgetAccount>;
  readonly moves: readonly MoveView[];
}): ReactElement {
  const { preview, text, ask, accounts, moves } = props;
  const { say, code, amount, name, span } = text;
  const { changes, effect, bounds, tier, seats, undoPartialMinor, decideWithinMs } = preview;
  const rails = ask?.kind === 'limits' ? ask.rails : null;
  const near = onceEach(bounds.filter(binds));
  return (
    <div className="preview-facts" data-testid="preview-facts" data-tier={tier}>
      {rails === null ? (
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
                  <th scope="row">
                    {name(account)}
                    <OtherWaits account={account} after={after.allocated} moves={moves} text={text} />
                    {learnsAnew(accounts.get(account), after.allocated - before.allocated) ? (
                      <small className="other-waits" data-testid={`learns-${account}`}>
                        {say('learnsAnew', { share: text.percent(accounts.get(account)?.learningResetRatio ?? 0) })}
                      </small>
                    ) : null}
                  </th>
                  {(['allocated', 'available', 'releasable'] as const).map((field) => {
                    const [was, will] = text.change(before[field], after[field]);
                    return (
                      <td className="number" key={field}>
                        <span className="quiet">{was} →</span> <b>{will}</b>
                      </td>
                    );
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <RailsChanges rails={rails} was={accounts.get(rails.account)} text={text} />
      )}
      <dl className="facts-list">
        {undoPartialMinor > 0 ? (
          <Fact name={say('partialRow')}>
            <span data-testid="undo-partial">{say('partial', { amount: amount(undoPartialMinor) })}</span>
          </Fact>
        ) : null}
        {rails !== null ? null : effect === null ? (
          <Fact name={say('effect')}>{say('noEffect')}</Fact>
        ) : (
          <EffectFacts effect={effect} text={text} />
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
          <span>
            {code(`tier.${tier}`)} <small className="quiet">({tier})</small>
          </span>
        </Fact>
        {seats.length === 0 ? null : (
          <Fact name={say('whoDecides')}>
            <span data-testid="who-decides">{text.whoOf(seats)}</span>
            {decideWithinMs === null ? null : (
              <span data-testid="decide-within">{say('decideWithin', { span: span(decideWithinMs) })}</span>
            )}
          </Fact>
        )}
        {ask?.kind === 'undo' ? null : (
          <Fact name={say('undoRow')}>
            <span data-testid="undo-words">{undoWords(preview, ask, text)}</span>
          </Fact>
        )}
      </dl>
    </div>
  );
}

/** Requests about the same account that are not carried out yet, and where all of them lead. */
export function OtherWaits(props: {
  readonly account: AccountId;
  readonly after: number;
  readonly moves: readonly MoveView[];
  readonly text: MoneyText;
  readonly except?: string;
}): ReactElement | null {
  const { account, after, moves, text, except = null } = props;
  const { ids, deltaMinor } = waitingFor(moves, account, except);
  if (ids.length === 0) return null;
  return (
    <small className="other-waits" data-testid={`other-${account}`}>
      {text.say('otherWaits', {
        ids: ids.map((id) => `#${shortId(id)}`).join(' '),
        delta: text.signed(deltaMinor),
        after: text.change(after, after + deltaMinor)[1],
      })}
    </small>
  );
}

/** What taking it back would do: the other way about, as far as it is not spent by then. */
function undoWords({ undoWithinMs, changes, legs }: MovePreview, ask: PreviewAsk | null, text: MoneyText): string {
  const { say, amount, name, span } = text;
  if (ask?.kind === 'limits') return say('undoLimits');
  const [leg] = legs;
  const taker = changes.find(({ account }) => account === leg?.to);
  if (leg === undefined || taker === undefined) return say('undoAnew');
  const total = legs.reduce((sum, { to, amountMinor }) => sum + (to === leg.to ? amountMinor : 0), 0);
  const words = say('undoUpTo', {
    from: name(leg.from),
    to: name(leg.to),
    amount: amount(Math.min(total, taker.after.releasable)),
  });
  return `${words} ${undoWithinMs === null ? say('undoAsked') : say('undoAlone', { span: span(undoWithinMs) })}`;
}

/** What is to be gained, how sure that is, and what the next yuan earns at both ends; in sentences. */
export function EffectFacts({ effect, text }: { effect: ExpectedEffect; text: MoneyText }): ReactElement {
  const { say, name, multiple } = text;
  return (
    <>
      <Fact name={say('effect')}>
        <span>{text.gain(effect)}</span>
        <span className="quiet">{text.band(effect)}</span>
      </Fact>
      <Fact name={say('probability')}>
        <span data-testid="chance">{text.chance(effect.probability)}</span>
      </Fact>
      <Fact name={say('marginalRow')}>
        {effect.marginal.map(({ account, before, after }) => (
          <span key={account}>
            {say('marginalText', { name: name(account), before: multiple(before), after: multiple(after) })}
          </span>
        ))}
      </Fact>
    </>
  );
}

/** Floor, cap and pin, before and after. */
export function RailsChanges(props: {
  readonly rails: RailsChange;
  readonly was: BudgetAccount | undefined;
  readonly text: MoneyText;
}): ReactElement {
  const { rails, was, text } = props;
  const { say, amount } = text;
  const cap = (minor: number | null | undefined): string =>
    minor === undefined ? '—' : minor === null ? say('noCap') : amount(minor);
  const pin = (pinned: boolean | undefined): string => (pinned === undefined ? '—' : say(pinned ? 'pinYes' : 'pinNo'));
  const rows = [
    ['floorName', was === undefined ? '—' : amount(was.floor), amount(rails.floor)],
    ['capName', cap(was?.cap), cap(rails.cap)],
    ['pinName', pin(was?.pinned), pin(rails.pinned)],
  ] as const;
  return (
    <BeforeAfter
      title={text.name(rails.account)}
      before={say('before')}
      testId={`rails-${rails.account}`}
      rows={rows.map(([which, before, after]) => [say(which), before, after] as const)}
      text={text}
    />
  );
}

/** Values before and after; what stays the same stands back. null: not known yet. */
export function BeforeAfter(props: {
  readonly title: string;
  readonly before: string;
  readonly testId: string;
  readonly rows: readonly (readonly [name: string, before: string, after: string | null])[];
  readonly text: MoneyText;
}): ReactElement {
  const { title, before: head, testId, rows, text } = props;
  return (
    <table className="grid" data-testid={testId}>
      <thead>
        <tr>
          <th scope="col">{title}</th>
          <th scope="col" className="number">
            {head}
          </th>
          <th scope="col" className="number">
            {text.say('after')}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, before, after]) => (
          <tr key={name} data-changed={before !== after}>
            <th scope="row">{name}</th>
            <td className="number quiet">{before}</td>
            <td className="number">
              {after === null ? '—' : before === after ? <span className="quiet">{after}</span> : <b>{after}</b>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
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
const binds = ({ code, violated, limitMinor, askedMinor, until }: Bound): boolean =>
  violated ||
  until !== null ||
  // the platform's is a least amount: to be above it is no news
  (code !== 'platform_floor' && limitMinor !== null && askedMinor !== null && askedMinor >= 0.9 * limitMinor);

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
  if (bound.code === 'platform_floor' && limitMinor !== null && askedMinor !== null)
    return bare(say('boundLeast', { ...words, asked: amount(askedMinor), limit: amount(limitMinor) }));
  if (limitMinor !== null && askedMinor !== null)
    return bare(say('boundText', { ...words, asked: amount(askedMinor), limit: amount(limitMinor) }));
  return bare(until === null ? say('boundBare', words) : say('boundUntil', { ...words, time: time(until) }));
}
/** A bound of the whole move names no account. */
const bare = (words: string): string => words.replace(/^[,\s]+/, '');
