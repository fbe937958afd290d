import type { ReactElement } from 'react';
import type { BudgetAccount } from '#contract/budget';
import type { Figure } from '#contract/kpis';
import { kpiText } from '../../numbers/kpi-text.ts';
import { FigureNumber } from '../../panels/FigureNumber.tsx';
import { ClockMark } from '../../panels/StateNote.tsx';
import { factsOf } from '../../state/kpi-table.ts';
import { useFormat } from '../../state/use-figure.ts';
import { useFreshness } from '../../state/use-freshness.ts';
import type { Desk } from './use-money.ts';
import type { MoneyText } from './use-money-text.ts';

interface CellProps {
  readonly account: BudgetAccount;
  readonly desk: Desk;
  readonly text: MoneyText;
}

/** Spend against plan, as a signed share. */
export function Pace({ channel, figure }: { channel: string; figure: Figure | undefined }): ReactElement {
  const freshness = useFreshness('spend_pace@open');
  const format = useFormat();
  return (
    <FigureNumber
      figureKey={`spend_pace@open|channel=${channel}`}
      label={factsOf('spend_pace')[format.lang]}
      value={figure?.quality === 'insufficient' ? null : figure?.value}
      freshness={freshness}
      format={(value) => {
        const text = format.text(Math.abs(value - 1), 'ratio', { decimals: 0 });
        const sign = Math.floor(Math.abs(value - 1) * 100 + 1e-9) === 0 ? '' : value > 1 ? '+' : '−';
        return { ...text, prefix: sign };
      }}
      size="line"
    />
  );
}

/** The return with its age; a stale one says so in its own colour and gives no advice. */
export function Return(props: { channel: string; figure: Figure | undefined; text: MoneyText }): ReactElement {
  const { channel, figure, text } = props;
  const freshness = useFreshness('roas@open');
  const format = useFormat();
  const facts = factsOf('roas');
  const age = text.span(freshness.ageMs ?? 0);
  const stale = freshness.state === 'stale' || freshness.state === 'gone';
  return (
    <span className="money-return" data-state={freshness.state}>
      <FigureNumber
        figureKey={`roas@open|channel=${channel}`}
        label={facts[format.lang]}
        value={figure?.quality === 'insufficient' ? null : figure?.value}
        freshness={freshness}
        format={(value) => kpiText('roas', facts, value, { ...format, decimals: 1 })}
        size="line"
      />
      {freshness.state === 'empty' ? null : stale ? (
        <span className="money-stale">
          <ClockMark /> {text.say('stale', { age })}
        </span>
      ) : (
        <span className="quiet">{figure?.quality === 'insufficient' ? text.code('veto.few_orders') : age}</span>
      )}
    </span>
  );
}

export function Marginal({ account, desk, text }: CellProps): ReactElement {
  const curve = desk.advice?.curves.find((one) => one.account === account.id);
  if (curve === undefined) return <span className="quiet">—</span>;
  const { low, mid, high } = curve.marginal;
  return (
    <>
      {text.multiple(mid)}
      <span className="quiet money-sub">
        {text.multiple(low)}–{text.multiple(high)}
      </span>
    </>
  );
}

/** What all cards together would do to this account, or why it should get nothing. */
export function Suggestion({ account, desk, text }: CellProps): ReactElement | null {
  const { advice, nowMs } = desk;
  const cards = (advice?.cards ?? []).filter(({ expiresAt }) => expiresAt > nowMs);
  const mine = cards.filter(({ legs }) => legs.some(({ from, to }) => from === account.id || to === account.id));
  const delta = mine
    .flatMap(({ legs }) => legs)
    .reduce(
      (sum, { from, to, amountMinor }) =>
        sum + (to === account.id ? amountMinor : from === account.id ? -amountMinor : 0),
      0,
    );
  const vetoes = (advice?.vetoes ?? []).filter(({ channel }) => channel === account.channel);
  if (mine.length > 0) {
    const least = Math.min(...mine.map(({ effect }) => effect.probability));
    return (
      <>
        {text.signed(delta)}
        <span className="quiet money-sub">{text.say('sureShare', { share: text.share(least) })}</span>
      </>
    );
  }
  if (vetoes.length > 0) return <span>{text.code(`veto.${vetoes[0]?.code as 'stockout'}`)}</span>;
  // nothing is advised to the pool or the reserve: an empty cell, so that a narrow window leaves out its label too
  if (account.channel === null) return null;
  return <span className="quiet">{text.say(advice === null ? 'noAdvice' : 'hold')}</span>;
}
