import type { ReactElement, ReactNode } from 'react';
import { kpiLevel, kpiText } from '../../numbers/kpi-text.ts';
import { FigureNumber } from '../../panels/FigureNumber.tsx';
import { factsOf } from '../../state/kpi-table.ts';
import { useFigure, useFormat } from '../../state/use-figure.ts';
import { useFreshness } from '../../state/use-freshness.ts';
import type { Desk } from './use-money.ts';
import { useMoneyText } from './use-money-text.ts';

/** What there is, what may move, what is kept, and how good past advice was. */
export function HeadTiles({ desk }: { desk: Desk }): ReactElement {
  const text = useMoneyText(desk.accounts);
  const { say, amount, percent, span } = text;
  const { budget, channels, advice, ageMs } = desk;
  const sum = (read: (one: (typeof channels)[number]) => number): number =>
    channels.reduce((all, one) => all + read(one), 0);
  const allocated = sum((one) => one.allocated);
  const spent = sum((one) => one.spent);
  const planned = (advice?.pacing ?? []).reduce((all, { plannedMinor }) => all + plannedMinor, 0);
  const reserve = budget.accounts.find(({ kind }) => kind === 'reserve');
  const held = sum((one) => one.held);
  const { seq, sealedSeq, checkedAt } = budget.ledger;
  const score = advice?.score;
  return (
    <div className="money-tiles" data-testid="money-head" data-old={ageMs > 20_000}>
      <Tile title={say('funded')} value={amount(allocated)} id="funded">
        {say('spent')} {allocated > 0 ? percent(spent / allocated) : '—'}
        {planned > 0 && allocated > 0 ? ` · ${say('planned')} ${percent(planned / allocated)}` : ''}
        {` · ${say('left')} ${amount(Math.max(0, allocated - spent))}`}
      </Tile>
      <Tile title={say('releasable')} value={amount(sum((one) => one.releasable))} id="releasable">
        {say('held')} {amount(held)}
      </Tile>
      <Tile title={say('reserve')} value={reserve === undefined ? '—' : amount(reserve.available)} id="reserve">
        {say('reserveShare', {
          share: reserve === undefined || budget.funded === 0 ? '—' : percent(reserve.available / budget.funded),
        })}
      </Tile>
      <RoasTile title={say('roas')} level={(value) => say('breakEven', { value })} />
      <Tile
        title={say('score')}
        value={score === undefined || score.judgedCount === 0 ? '—' : `${score.gainedCount} / ${score.judgedCount}`}
        id="score"
      >
        {score === undefined || score.judgedCount === 0
          ? say('scoreNone')
          : say('scoreMore', {
              predicted: text.value(desk.objective, score.predicted),
              realised: text.value(desk.objective, score.realised),
            })}
      </Tile>
      <Tile
        title={say('ledger')}
        value={budget.ledgerFrozen === null ? say('ledgerOk', { seq, sealed: sealedSeq }) : '—'}
        id="ledger"
        small
      >
        {checkedAt === null ? '' : `${say('ledgerChecked', { age: span(desk.nowMs - checkedAt) })} · `}
        <span data-testid="money-age" data-age-ms={ageMs}>
          {say('age', { age: span(ageMs) })}
        </span>
      </Tile>
    </div>
  );
}

function Tile(props: {
  readonly id: string;
  readonly title: string;
  readonly value: ReactNode;
  readonly small?: boolean;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <section className="card money-tile" data-testid={`tile-${props.id}`} aria-label={props.title}>
      <h2>{props.title}</h2>
      <p className={props.small === true ? 'money-value money-small' : 'money-value'}>{props.value}</p>
      <p className="quiet">{props.children}</p>
    </section>
  );
}

function RoasTile({ title, level }: { title: string; level: (value: string) => string }): ReactElement {
  const key = 'roas@open';
  const facts = factsOf('roas');
  const format = useFormat();
  const figure = useFigure(key);
  const freshness = useFreshness(key);
  const { target } = figure ?? {};
  return (
    <Tile
      id="roas"
      title={title}
      value={
        <FigureNumber
          figureKey={key}
          label={title}
          value={figure?.value}
          freshness={freshness}
          format={(value) => kpiText('roas', facts, value, format)}
          size="line"
        />
      }
    >
      {typeof target === 'number' ? level(kpiLevel('roas', facts, target, format)) : ''}
    </Tile>
  );
}
