import type { CSSProperties, KeyboardEvent, ReactElement } from 'react';
import type { BudgetAccount, FrozenBy } from '#contract/budget';
import type { Figure } from '#contract/kpis';
import { useFreshness } from '../../state/use-freshness.ts';
import { parseField, shownMinor } from './amounts.ts';
import { fieldWrong } from './bounds.ts';
import { Marginal, Pace, Return, Suggestion } from './ChannelCells.tsx';
import { driftWords, hasDrift } from './drift.ts';
import { deltaOf, type Edits, stepped, textOf, typed } from './edits.ts';
import { allowedFor } from './standstill.ts';
import type { Desk } from './use-money.ts';
import type { MoneyText } from './use-money-text.ts';

interface RowProps {
  readonly account: BudgetAccount;
  readonly desk: Desk;
  readonly text: MoneyText;
  readonly edits: Edits;
  readonly onEdits: (change: (edits: Edits) => Edits) => void;
  readonly stepMinor: number;
  readonly onLimits: (account: BudgetAccount) => void;
  readonly onEmergency: () => void;
  readonly onDrift: (account: BudgetAccount) => void;
  readonly figures: Readonly<Record<string, Figure>>;
}
const BIG_STEPS = 10;

/** What a channel has, how it runs, what is advised, and the field for what it is to have. */
export function ChannelRow(props: RowProps): ReactElement {
  const { account, desk, text, edits, onEdits, stepMinor, figures } = props;
  const { say, name, bare, amount } = text;
  const { id, allocated, spent, channel } = account;
  const isChannel = channel !== null;
  const freshness = useFreshness('roas@open');
  const { advice } = desk;
  const vetoes = (advice?.vetoes ?? []).filter((veto) => veto.channel === channel);
  // before the first report there is nothing to be stale: the plan is made by hand; after it, without a trusted return nobody says
  // where money should go: the advice is withdrawn, and money leaves ads only
  const isStale =
    isChannel &&
    (freshness.state === 'stale' ||
      freshness.state === 'gone' ||
      (freshness.state !== 'empty' && vetoes.some(({ code }) => code === 'stale_feed')));
  const standing = standingOf(account, isStale, desk, text);
  const locked = account.pinned || desk.off !== '';
  const edit = edits[id];
  const shown = shownMinor(allocated, desk.unit);
  const typedMinor = edit === undefined ? shown : (parseField(edit.text, edit.unit) ?? shown);
  const mayRise = standing === '' || typedMinor < shown;
  const delta = edit === undefined ? 0 : deltaOf(edit);
  const wrong = fieldWrong(delta, account);
  const wrongWords =
    delta === null
      ? say('notTyped')
      : wrong === null
        ? ''
        : say(`field.${wrong.code}`, { limit: bare(wrong.limitMinor, desk.unit) });
  const unit = desk.unit.suffix === '' ? desk.budget.currency : desk.unit.suffix;
  const change = (by: number): void => onEdits((had) => stepped(had, account, desk.unit, by));
  const onKey = (event: KeyboardEvent<HTMLInputElement>): void => {
    const by = STEPS[event.key];
    if (by !== undefined) {
      event.preventDefault();
      change(by * stepMinor);
    } else if (event.key === 'Escape') event.currentTarget.blur();
  };
  return (
    <tr data-testid={`row-${id}`} data-stale={isStale} data-edited={edit !== undefined}>
      <th scope="row">
        <span className="money-name">{name(id)}</span>
        <Rails {...props} />
      </th>
      <td className="number" data-label={say('spentOf', { unit })}>
        {isChannel ? `${bare(spent, desk.unit)} / ` : ''}
        <b data-testid={`allocated-${id}`}>{bare(allocated, desk.unit)}</b>
        {isChannel && allocated > 0 ? <Bar {...props} /> : null}
        {account.overspent > 0 ? (
          <span className="money-mark">{say('overspent', { amount: amount(account.overspent) })}</span>
        ) : null}
        {account.covered > 0 ? (
          <span className="money-mark">{say('covered', { amount: amount(account.covered) })}</span>
        ) : null}
      </td>
      <td className="number" data-label={say('pace')}>
        {isChannel ? <Pace channel={channel} figure={figures['spend_pace@open']} /> : null}
      </td>
      <td className="number" data-label={say('roi')}>
        {isChannel ? <Return channel={channel} figure={figures['roas@open']} text={text} /> : null}
      </td>
      <td className="number" data-label={say('marginal')}>
        {isChannel ? <Marginal {...props} /> : null}
      </td>
      <td className="number" data-label={say('advice')} data-testid={`advice-${id}`}>
        {isStale ? <span className="quiet">{text.code('veto.stale_feed')}</span> : <Suggestion {...props} />}
      </td>
      <td className="number money-cell">
        <span className="money-field" data-edited={edit !== undefined}>
          <button
            type="button"
            disabled={locked}
            aria-label={say('less', { name: name(id), step: amount(stepMinor) })}
            data-testid={`less-${id}`}
            onClick={() => change(-stepMinor)}
          >
            −
          </button>
          <input
            inputMode="decimal"
            autoComplete="off"
            aria-label={say('fieldOf', { name: name(id), unit })}
            aria-describedby={wrongWords === '' ? (standing === '' ? undefined : `lock-${id}`) : `wrong-${id}`}
            aria-invalid={wrongWords !== ''}
            data-testid={`field-${id}`}
            data-money-field
            value={textOf(edit, account, desk.unit)}
            readOnly={locked}
            onChange={(event) => onEdits((had) => typed(had, account, desk.unit, event.target.value))}
            onFocus={(event) => event.target.select()}
            onKeyDown={onKey}
          />
          <button
            type="button"
            disabled={locked || !mayRise}
            aria-label={say('more', { name: name(id), step: amount(stepMinor) })}
            data-testid={`more-${id}`}
            onClick={() => change(stepMinor)}
          >
            +
          </button>
        </span>
        <span role="status" className="money-wrong" id={`wrong-${id}`} data-testid={`wrong-${id}`}>
          {wrongWords}
        </span>
        {standing === '' ? null : (
          <span className="money-lock" id={`lock-${id}`} data-testid={`lock-${id}`} data-stale={isStale}>
            {standing}
          </span>
        )}
      </td>
    </tr>
  );
}
/** Why a channel's budget stands still and what may still be done with it; empty while nothing stops it. */
function standingOf(account: BudgetAccount, isStale: boolean, { pool }: Desk, { say, code, name }: MoneyText): string {
  if (account.pinned) return say('locked', { why: say('pinned') });
  const allowed = allowedFor(account);
  const silent = isStale || account.frozen.some(({ by }) => by === 'feed');
  if (allowed === null && !silent) return '';
  const why = silent ? code('veto.stale_feed') : say('standsStill');
  const toPool = pool === null ? '' : name(pool.id);
  return silent || !allowed?.includes('give') ? say('onlyOut', { why, pool: toPool }) : say('noMore', { why });
}
const STEPS: Readonly<Record<string, number>> = { ArrowUp: 1, ArrowDown: -1, PageUp: BIG_STEPS, PageDown: -BIG_STEPS };

/** Limits as text, and what stands in the way now. */
function Rails({ account, desk, text, onLimits, onEmergency, onDrift }: RowProps): ReactElement {
  const { say, amount, bare, time, name } = text;
  const { floor, cap, releasable, held, incoming, cooldownUntil, frozen, platform, channel } = account;
  const marks = [
    ...(account.pinned ? [say('pinned')] : []),
    ...(cooldownUntil !== null && cooldownUntil > desk.nowMs ? [say('cooldown', { time: time(cooldownUntil) })] : []),
    // a silent feed is said beside the field that it locks
    ...frozen.filter(({ by }) => by !== 'feed').map((one) => frozenWords(one, text)),
  ];
  const notes = [
    ...(held > 0 || incoming > 0 ? [say('inFlight', { out: amount(held), in: amount(incoming) })] : []),
    ...(platform !== null && platform.trouble !== '' ? [say('trouble')] : []),
    ...(platform?.changesLeftCount !== null &&
    platform?.changesLeftCount !== undefined &&
    platform.changesLeftCount <= 2
      ? [say('quota', { n: platform.changesLeftCount })]
      : []),
  ];
  return (
    <>
      {marks.map((mark) => (
        <span key={mark} className="money-mark">
          {mark}
        </span>
      ))}
      {platform === null || !hasDrift(platform) ? null : (
        <span className="money-mark" data-testid={`drift-${account.id}`}>
          {driftWords(platform, text)}{' '}
          {desk.may.freeze ? (
            <button
              type="button"
              className="link-button row-act"
              disabled={desk.off !== ''}
              title={desk.off}
              aria-label={say('settleOf', { name: name(account.id) })}
              data-testid={`settle-${account.id}`}
              onClick={() => onDrift(account)}
            >
              {say('settle')}
            </button>
          ) : null}
        </span>
      )}
      {channel === null ? null : (
        <span className="money-rails quiet">
          {say('rails', {
            floor: bare(floor, desk.unit),
            cap: cap === null ? say('noCap') : bare(cap, desk.unit),
            releasable: bare(releasable, desk.unit),
          })}{' '}
          {desk.may.request ? (
            <button
              type="button"
              className="link-button row-act"
              disabled={desk.off !== ''}
              title={desk.off}
              aria-label={say('limitsOf', { name: name(account.id) })}
              data-testid={`limits-${account.id}`}
              onClick={() => onLimits(account)}
            >
              {say('limits')}
            </button>
          ) : null}
        </span>
      )}
      {account.kind === 'reserve' && desk.may.request ? (
        <span className="money-rails quiet">
          <button
            type="button"
            className="link-button row-act"
            disabled={desk.off !== ''}
            title={desk.off}
            data-testid="emergency"
            onClick={onEmergency}
          >
            {say('emergencyDraw')} <kbd>e</kbd>
          </button>
        </span>
      ) : null}
      {notes.map((note) => (
        <span key={note} className="money-rails quiet">
          {note}
        </span>
      ))}
    </>
  );
}

export function frozenWords({ by, who, direction, until }: FrozenBy, { say, code, time }: MoneyText): string {
  const words = { by: code(`by.${by}`, { who }), direction: code(`direction.${direction}`) };
  return until === null ? say('frozenOpen', words) : say('frozenUntil', { ...words, time: time(until) });
}

/** How much is spent, and where the plan is. */
function Bar({ account, desk }: RowProps): ReactElement {
  const { allocated, spent, channel } = account;
  const planned = desk.advice?.pacing.find((one) => one.channel === channel)?.plannedMinor;
  const part = (amount: number): string => `${Math.min(100, (100 * amount) / allocated)}%`;
  return (
    <span className="money-bar" aria-hidden="true" style={{ '--spent': part(spent) } as CSSProperties}>
      <span className="money-bar-fill" />
      {planned === undefined ? null : (
        <span className="money-bar-plan" style={{ '--plan': part(planned) } as CSSProperties} />
      )}
    </span>
  );
}
