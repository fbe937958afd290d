import { type CSSProperties, type ReactElement, useState } from 'react';
import { minuteTime } from '../../numbers/time.ts';
import { dayStart } from '../../numbers/zone.ts';
import { useZone } from '../frame/use-now.ts';
import type { Desk } from './use-money.ts';
import { useMoneyText } from './use-money-text.ts';
import { waterfallOf } from './waterfall.ts';

/** How a channel's budget came to be what it is: the start of the day, each move, now. Bars and numbers in one list. */
export function WaterfallCard({ desk }: { desk: Desk }): ReactElement | null {
  const text = useMoneyText(desk.accounts);
  const { say, name, amount, signed } = text;
  const zone = useZone();
  const fromMs = dayStart(desk.nowMs, zone);
  const falls = desk.budget.accounts
    .map((account) => ({ account, fall: waterfallOf(account.id, account.allocated, desk.moves, fromMs) }))
    .filter(({ fall }) => fall.steps.length > 0);
  const [chosen, setChosen] = useState<string | null>(null);
  const shown = falls.find(({ account }) => account.id === chosen) ?? falls[0];
  if (shown === undefined) return null;
  const { fall } = shown;
  const levels = [fall.openedMinor, fall.nowMinor, ...fall.steps.map(({ toMinor }) => toMinor)];
  const most = Math.max(...levels, 1);
  // what all have in common says nothing: the scale begins a little under the lowest
  const least = Math.max(0, Math.min(...levels) - (most - Math.min(...levels)) * 0.6);
  const at = (minor: number): number => (100 * (minor - least)) / (most - least || 1);
  const bar = (from: number, to: number): CSSProperties =>
    ({ '--from': `${at(Math.min(from, to))}%`, '--to': `${at(Math.max(from, to))}%` }) as CSSProperties;
  return (
    <section className="card" aria-labelledby="waterfall-title" data-testid="waterfall">
      <header className="line money-head-line">
        <h2 id="waterfall-title">{say('waterfall')}</h2>
        <label className="inline-field">
          <span className="sr-only">{say('account')}</span>
          <select value={shown.account.id} onChange={(event) => setChosen(event.target.value)}>
            {falls.map(({ account }) => (
              <option key={account.id} value={account.id}>
                {name(account.id)}
              </option>
            ))}
          </select>
        </label>
      </header>
      <ol className="waterfall">
        <li>
          <span>{say('opened')}</span>
          <span className="fall-bar fall-level" style={bar(least, fall.openedMinor)} aria-hidden="true" />
          <span className="number">{amount(fall.openedMinor)}</span>
        </li>
        {fall.steps.map((step) => (
          <li key={step.id}>
            <span className="quiet">
              {minuteTime(step.atMs, zone)} {step.deltaMinor > 0 ? '←' : '→'} {name(step.other)}
            </span>
            <span className="fall-bar" style={bar(step.fromMinor, step.toMinor)} aria-hidden="true" />
            <span className="number">{signed(step.deltaMinor)}</span>
          </li>
        ))}
        <li>
          <span>{say('nowRow')}</span>
          <span className="fall-bar fall-level" style={bar(least, fall.nowMinor)} aria-hidden="true" />
          <b className="number">{amount(fall.nowMinor)}</b>
        </li>
      </ol>
    </section>
  );
}
