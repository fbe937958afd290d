import { type AccountId, type Card, togetherId } from '#contract/budget';

const accountsOf = ({ legs }: Pick<Card, 'legs'>): AccountId[] => legs.flatMap(({ from, to }) => [from, to]);

/** Cards that hang together by the accounts they share, in their order; one that shares none stands alone. Pure. */
export function groupsOf<C extends Pick<Card, 'legs'>>(cards: readonly C[]): readonly (readonly C[])[] {
  const groups: C[][] = [];
  for (const card of cards) {
    const mine = new Set(accountsOf(card));
    const joined = groups.filter((group) => group.some((one) => accountsOf(one).some((id) => mine.has(id))));
    for (const group of joined) groups.splice(groups.indexOf(group), 1);
    groups.push([...joined.flat(), card]);
  }
  return groups;
}

/** Several cards of one decision as one request; null when they cannot be one. Pure. */
export function joined<C extends Card>(cards: readonly C[]): C | null {
  const [first] = cards;
  const id = togetherId(cards.map((card) => card.id));
  if (first === undefined || cards.length < 2 || id === null) return null;
  return {
    ...first,
    id,
    legs: cards.flatMap(({ legs }) => legs),
    expected: Object.assign({}, ...cards.map(({ expected }) => expected)) as Card['expected'],
    expiresAt: Math.min(...cards.map(({ expiresAt }) => expiresAt)),
  };
}
/** Accounts that more than one of the cards touches. Pure. */
export const sharedOf = (cards: readonly Pick<Card, 'legs'>[]): readonly AccountId[] => {
  const all = cards.flatMap((card) => [...new Set(accountsOf(card))]);
  return [...new Set(all.filter((id, at) => all.indexOf(id) !== at))];
};
