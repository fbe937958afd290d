import type { ReactElement } from 'react';
import type { BudgetAccount } from '#contract/budget';
import { PACE_MS } from '../../state/use-paced.ts';
import { useRows } from '../../state/use-rows.ts';
import { stepOf } from './amounts.ts';
import { ChannelRow } from './ChannelRow.tsx';
import type { Edits } from './edits.ts';
import type { Desk } from './use-money.ts';
import { useMoneyText } from './use-money-text.ts';

export interface TableProps {
  readonly desk: Desk;
  readonly edits: Edits;
  readonly onEdits: (change: (edits: Edits) => Edits) => void;
  readonly onLimits: (account: BudgetAccount) => void;
  readonly onEmergency: () => void;
  readonly onDrift: (account: BudgetAccount) => void;
}

/** Every channel with its pace, its return and the field for its new amount; then the pools that may give and take. */
export function ChannelTable({ desk, edits, onEdits, onLimits, onEmergency, onDrift }: TableProps): ReactElement {
  const text = useMoneyText(desk.accounts);
  const { say } = text;
  const rows = useRows('channels', PACE_MS.kpi);
  const unit = desk.unit.suffix === '' ? desk.budget.currency : desk.unit.suffix;
  const step = stepOf(
    desk.channels.reduce((sum, { allocated }) => sum + allocated, 0),
    desk.unit,
  );
  // the envelope that the channels share is shown even when it is empty: what is taken out of ads goes there
  const marketing = desk.budget.accounts.filter(
    ({ id, kind }) => kind === 'reserve' || (kind === 'env' && (edits[id] !== undefined || id === desk.pool?.id)),
  );
  const others = desk.budget.accounts.filter((one) => one.kind === 'env' && !marketing.includes(one));
  const row = (account: (typeof desk.channels)[number]): ReactElement => (
    <ChannelRow
      key={account.id}
      account={account}
      desk={desk}
      text={text}
      edits={edits}
      onEdits={onEdits}
      stepMinor={step}
      onLimits={onLimits}
      onEmergency={onEmergency}
      onDrift={onDrift}
      figures={rows.find(({ id }) => id === account.channel)?.figures ?? {}}
    />
  );
  return (
    <section className="card money-table" aria-label={say('table', { unit })} data-testid="money-table">
      <table className="grid">
        <caption className="sr-only">{say('table', { unit })}</caption>
        <thead>
          <tr>
            <th scope="col">{say('channel')}</th>
            <th scope="col" className="number">
              {say('spentOf', { unit })}
            </th>
            <th scope="col" className="number">
              {say('pace')}
            </th>
            <th scope="col" className="number">
              {say('roi')}
            </th>
            <th scope="col" className="number">
              {say('marginal')}
            </th>
            <th scope="col" className="number">
              {say('advice')}
            </th>
            <th scope="col" className="number">
              {say('newAmount', { unit })}
            </th>
          </tr>
        </thead>
        <tbody>
          {desk.channels.map(row)}
          {marketing.map(row)}
        </tbody>
      </table>
      {others.length === 0 ? null : (
        <p className="quiet money-others">
          {say('others')}: {others.map(({ id, allocated }) => `${text.name(id)} ${text.amount(allocated)}`).join(' · ')}
        </p>
      )}
    </section>
  );
}
