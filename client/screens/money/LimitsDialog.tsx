import { type ReactElement, useState } from 'react';
import type { BudgetAccount, MoveView } from '#contract/budget';
import { fieldText } from './amounts.ts';
import { type Limits, limitsOf, limitsWrong } from './limits.ts';
import { PreviewDialog } from './PreviewDialog.tsx';
import type { Desk } from './use-money.ts';
import { useMoneyText } from './use-money-text.ts';

/** Floor, cap and pin of one channel: what they are, what they are to be, and who has to agree. */
export function LimitsDialog(props: {
  readonly account: BudgetAccount;
  readonly desk: Desk;
  readonly onClose: () => void;
  readonly onSent: (move: MoveView) => void;
}): ReactElement {
  const { desk, onClose, onSent } = props;
  // what was typed stands beside what was there when it was begun; whatever changes meanwhile, the server refuses by its version
  const [{ account, unit }] = useState({ account: props.account, unit: desk.unit });
  const text = useMoneyText(desk.accounts);
  const { say, name, amount } = text;
  const [typed, setTyped] = useState<Limits>({
    floor: fieldText(account.floor, unit),
    cap: account.cap === null ? '' : fieldText(account.cap, unit),
    pinned: account.pinned,
  });
  const rails = limitsOf(typed, account.id, unit);
  const wrong = limitsWrong(rails, account);
  const unitName = unit.suffix === '' ? desk.budget.currency : unit.suffix;
  return (
    <PreviewDialog
      kind="limits"
      ask={
        rails === null || wrong !== null
          ? null
          : { kind: 'limits', rails, expected: { [account.id]: account.allocationVersion } }
      }
      wrong={wrong === null ? '' : say(wrong, { budget: amount(account.allocated) })}
      desk={desk}
      onClose={onClose}
      onSent={onSent}
    >
      <p>
        <b>{name(account.id)}</b>{' '}
        <span className="quiet">{say('limitsNow', { budget: amount(account.allocated) })}</span>
      </p>
      <div className="money-fields">
        {(['floor', 'cap'] as const).map((which) => (
          <label className="field" key={which}>
            {say(which === 'floor' ? 'floorField' : 'capField', { unit: unitName })}
            <input
              name={which}
              inputMode="decimal"
              autoComplete="off"
              value={typed[which]}
              onChange={({ target }) => setTyped((had) => ({ ...had, [which]: target.value }))}
            />
          </label>
        ))}
        <label className="check-line">
          <input
            type="checkbox"
            name="pinned"
            checked={typed.pinned}
            onChange={({ target }) => setTyped((had) => ({ ...had, pinned: target.checked }))}
          />
          {say('pinField')}
        </label>
      </div>
    </PreviewDialog>
  );
}
