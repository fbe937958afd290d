import { type ReactElement, useState } from 'react';
import type { AccountId, Leg, MoveView } from '#contract/budget';
import { parseField } from './amounts.ts';
import { PreviewDialog } from './PreviewDialog.tsx';
import type { Desk } from './use-money.ts';
import { useMoneyText } from './use-money-text.ts';

export interface EmergencyStart {
  readonly what: 'draw' | 'cut';
  readonly channel: AccountId | null;
  readonly amount: string;
}

/** What cannot wait: money out of the reserve below its share, or money out of a channel at once. */
export function EmergencyDialog(props: {
  readonly start: EmergencyStart;
  readonly desk: Desk;
  readonly onClose: () => void;
  readonly onSent: (move: MoveView) => void;
}): ReactElement {
  const { start, desk, onClose, onSent } = props;
  const text = useMoneyText(desk.accounts);
  const { say, name, amount } = text;
  const [unit] = useState(desk.unit); // what was typed stays the same money in another language
  const reserve = desk.budget.accounts.find(({ kind }) => kind === 'reserve');
  const { pool } = desk;
  const [what, setWhat] = useState(start.what);
  const [channel, setChannel] = useState(start.channel ?? desk.channels[0]?.id ?? '');
  const [typed, setTyped] = useState(start.amount);
  const other = what === 'draw' ? reserve : (pool ?? undefined);
  const minor = parseField(typed, unit);
  const one = desk.accounts.get(channel);
  const legs: readonly Leg[] =
    other === undefined || minor === null || minor === 0
      ? []
      : what === 'draw'
        ? [{ from: other.id, to: channel, amountMinor: minor }]
        : [{ from: channel, to: other.id, amountMinor: minor }];
  const expected =
    other === undefined || one === undefined
      ? {}
      : { [other.id]: other.allocationVersion, [channel]: one.allocationVersion };
  return (
    <PreviewDialog
      kind="emergency"
      ask={legs.length === 0 ? null : { kind: 'emergency', legs, expected }}
      wrong={legs.length === 0 ? say('needAmount') : ''}
      desk={desk}
      onClose={onClose}
      onSent={onSent}
    >
      <fieldset className="objectives emergency-what" aria-label={say('emergencyWhat')}>
        {(['draw', 'cut'] as const).map((each) => (
          <button
            key={each}
            type="button"
            className="pill pill-button"
            aria-pressed={what === each}
            data-testid={`emergency-${each}`}
            onClick={() => setWhat(each)}
          >
            {say(each === 'draw' ? 'emergencyDraw' : 'emergencyCut')}
          </button>
        ))}
      </fieldset>
      <p className="quiet">
        {what === 'draw'
          ? say('drawWords', {
              reserve: reserve === undefined ? '—' : amount(reserve.available),
              share:
                reserve === undefined || desk.budget.funded === 0
                  ? '—'
                  : text.percent(reserve.available / desk.budget.funded),
            })
          : say('cutWords', {
              name: name(channel),
              amount: one === undefined ? '—' : amount(one.releasable),
            })}
      </p>
      <div className="money-fields">
        <label className="field">
          {say(what === 'draw' ? 'drawTo' : 'cutFrom')}
          <select name="channel" value={channel} onChange={({ target }) => setChannel(target.value)}>
            {desk.channels.map(({ id }) => (
              <option key={id} value={id}>
                {name(id)}
              </option>
            ))}
          </select>
        </label>
        <label className="field">
          {say('amountField', { unit: unit.suffix === '' ? desk.budget.currency : unit.suffix })}
          <input
            name="amount"
            inputMode="decimal"
            autoComplete="off"
            value={typed}
            onChange={({ target }) => setTyped(target.value)}
          />
        </label>
      </div>
    </PreviewDialog>
  );
}
