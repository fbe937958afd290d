import type { ReactElement } from 'react';
import { OBJECTIVES, type Veto } from '#contract/budget';
import type { AdviceCard, CardReason, VetoCode } from '#contract/recommendations';
import { boundWords, EffectFacts, Fact } from './PreviewFacts.tsx';
import { takenFor } from './requests.ts';
import { groupsOf, joined, sharedOf } from './together.ts';
import type { Desk } from './use-money.ts';
import { type MoneyText, sentWords, useMoneyText } from './use-money-text.ts';

/** Where the next yuan earns most: each card with its band, its certainty, its bounds, and what doing nothing costs. */
export function AdviceCards(props: {
  readonly desk: Desk;
  readonly onTake: (card: AdviceCard) => void;
  readonly onPut: (card: AdviceCard) => void;
}): ReactElement {
  const { desk, onTake, onPut } = props;
  const text = useMoneyText(desk.accounts);
  const { say, code, time } = text;
  const { advice, objective, setObjective, nowMs } = desk;
  const cards = (advice?.cards ?? []).filter(({ expiresAt }) => expiresAt > nowMs);
  const groups = groupsOf(cards.filter((card) => takenFor(card, desk.moves) === null));
  return (
    <section className="card" aria-labelledby="cards-title" data-testid="advice" data-count={cards.length}>
      <header className="line money-head-line">
        <h2 id="cards-title">{say('cards')}</h2>
        <span className="quiet">
          {advice?.decidedAt ? say('cardsAt', { time: time(advice.decidedAt) }) : ''}
          {advice?.nextDecisionAt ? ` · ${say('nextAt', { time: time(advice.nextDecisionAt) })}` : ''}
        </span>
        <fieldset aria-label={say('objective')} className="objectives">
          {OBJECTIVES.map((each) => (
            <button
              key={each}
              type="button"
              className="pill pill-button"
              aria-pressed={each === objective}
              data-testid={`objective-${each}`}
              onClick={() => setObjective(each)}
            >
              {code(`objective.${each}`)}
            </button>
          ))}
        </fieldset>
      </header>
      {cards.length === 0 ? (
        <p className="quiet" data-testid="advice-note">
          {code(`note.${(advice?.note ?? 'loading') as 'loading'}`)}
          {advice?.infeasible ? ` (${advice.infeasible.accounts.map(text.name).join(', ')})` : ''}
        </p>
      ) : null}
      {cards.map((card, at) => (
        <CardView
          key={card.id}
          card={card}
          group={groups.find((group) => group.includes(card)) ?? []}
          first={at === 0}
          desk={desk}
          text={text}
          onTake={onTake}
          onPut={onPut}
        />
      ))}
      {cards.length > 1 && advice?.together ? (
        <p className="quiet">{say('together', { effect: text.effect(advice.together) })}</p>
      ) : null}
      {advice !== null && advice.vetoes.length > 0 ? (
        <p className="quiet" data-testid="vetoes">
          {say('vetoes')}: {vetoWords(advice.vetoes, text)}
        </p>
      ) : null}
    </section>
  );
}

function CardView(props: {
  readonly card: AdviceCard;
  /** The cards it hangs together with, itself among them. */
  readonly group: readonly AdviceCard[];
  readonly first: boolean;
  readonly desk: Desk;
  readonly text: MoneyText;
  readonly onTake: (card: AdviceCard) => void;
  readonly onPut: (card: AdviceCard) => void;
}): ReactElement {
  const { card, group, first, desk, text, onTake, onPut } = props;
  const { say, amount, name, span } = text;
  const { legs, effect, bounds, expiresAt, strength, objective, doNothing, ifDone, reasons } = card;
  const sent = takenFor(card, desk.moves);
  const together = joined(group);
  return (
    <article className="advice-card" data-testid={`card-${card.id}`} data-advice-card data-strength={strength}>
      <h3>
        {legs.map(({ from, to, amountMinor }) => (
          <span key={`${from}${to}`}>
            {name(from)} → {name(to)} <b>{amount(amountMinor)}</b>
          </span>
        ))}
        {strength === 'weak' ? <span className="pill">{say('weak')}</span> : null}
        <span className="quiet advice-expiry" data-testid="expires">
          {expiresAt > desk.nowMs ? say('expires', { span: span(expiresAt - desk.nowMs) }) : say('expired')}
        </span>
      </h3>
      <dl className="facts-list">
        <EffectFacts effect={effect} text={text} />
        <Fact name={say('whyNotMore')}>
          {bounds.length === 0
            ? say('boundsNone')
            : bounds.map((bound) => <span key={`${bound.code}${bound.account}`}>{boundWords(bound, text)}</span>)}
        </Fact>
        <Fact name={say('doNothing')}>
          {say('doNothingText', {
            what: text.code(`objective.${objective}`),
            amount: text.value(objective, Math.max(0, ifDone - doNothing)),
            horizon: span(effect.horizonMs),
          })}
        </Fact>
        <Fact name={say('reasonRow')}>
          {reasons.map(({ code, params }) => (
            <span key={code}>{reasonWords(code as CardReason, params, text)}</span>
          ))}
        </Fact>
      </dl>
      {sent === null && together !== null ? (
        <p className="line shared-end" data-testid="shared-end">
          <span className="quiet">{say('sharedEnd', { names: sharedOf(group).map(name).join(', ') })}</span>
          <button
            type="button"
            className="button"
            disabled={desk.off !== ''}
            title={desk.off}
            data-testid="take-together"
            onClick={() => onTake(together)}
          >
            {say('takeTogether', { n: group.length })}
          </button>
        </p>
      ) : null}
      {sent === null ? (
        <p className="line">
          <button
            type="button"
            className="button button-main"
            disabled={desk.off !== ''}
            title={desk.off}
            data-testid="take"
            onClick={() => onTake(card)}
          >
            {say('take')} {first ? <kbd>c</kbd> : null}
          </button>
          <button
            type="button"
            className="button"
            disabled={desk.off !== ''}
            data-testid="put"
            onClick={() => onPut(card)}
          >
            {say('put')}
          </button>
        </p>
      ) : (
        <p className="line" data-testid="card-sent">
          <b>{say('sentCard', sentWords(sent, text))}</b>
        </p>
      )}
    </article>
  );
}

const ACCOUNTS = new Set(['donor', 'receiver', 'account']);
const MULTIPLES = new Set(['from', 'to', 'return']);
function reasonWords(
  code: CardReason,
  params: Readonly<Record<string, string | number>>,
  { code: words, name, multiple }: MoneyText,
): string {
  const shown = Object.entries(params).map(([key, value]): [string, string | number] => [
    key,
    ACCOUNTS.has(key) ? name(String(value)) : MULTIPLES.has(key) ? multiple(Number(value)) : value,
  ]);
  return words(`why.${code}`, Object.fromEntries(shown));
}

/** `Search (sold out, cooling down) · …`: each channel once. */
function vetoWords(vetoes: readonly Veto[], { name, code }: MoneyText): string {
  return [...new Set(vetoes.map(({ channel }) => channel))]
    .map((channel) => {
      const why = vetoes.filter((veto) => veto.channel === channel);
      return `${name(`chan:${channel}`)} (${why.map((veto) => code(`veto.${veto.code as VetoCode}`)).join(', ')})`;
    })
    .join(' · ');
}
