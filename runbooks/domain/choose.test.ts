import { describe, expect, it } from 'vitest';
import type { Runbook } from '#contract/runbooks';
import { readCatalog } from '../catalog.ts';
import { type Condition, chooseRunbooks } from './choose.ts';
import { needsSecondPerson } from './second-person.ts';

const books = readCatalog().flatMap(({ parsed }) => (parsed === null ? [] : [parsed.runbook]));
const nothing: Condition = { rule: null, tier: null, labels: {}, phase: null, link: null };
const chosen = (condition: Partial<Condition>, from: readonly Runbook[] = books) =>
  chooseRunbooks(from, { ...nothing, ...condition }).map(({ runbook, matched }) => `${runbook.id} ${matched}`);
const book = (id: string): Runbook => books.find((one) => one.id === id) as Runbook;

describe('choosing a plan', () => {
  it('[RUN18] the link of the rule first, then the rule, then a label', () => {
    expect(chosen({ rule: 'PaidNotUpdated', tier: 'orange', link: '/runbooks/technical-failure' })).toEqual([
      'technical-failure link',
      'payment-risk rule',
    ]);
    expect(chosen({ rule: 'Unheard', tier: 'orange', labels: { domain: 'payments' } })).toEqual(['payment-risk label']);
    expect(chosen({ rule: 'RedisSlow', tier: 'red' })).toEqual(['technical-failure rule']);
    expect(chosen({ rule: 'Unheard', tier: 'red' })).toEqual([]);
  });
  it('[RUN18] below the listed tiers it does not come up, above them it always does', () => {
    const orange = {
      ...book('payment-risk'),
      chosenBy: { ...book('payment-risk').chosenBy, tiers: ['orange'] as const },
    };
    expect(chosen({ rule: 'PaidNotUpdated', tier: 'yellow' }, [orange])).toEqual([]);
    expect(chosen({ rule: 'PaidNotUpdated', tier: 'orange' }, [orange])).toEqual(['payment-risk rule']);
    expect(chosen({ rule: 'PaidNotUpdated', tier: 'red' }, [orange])).toEqual(['payment-risk rule']);
  });
  it('[RUN18] a plan for some phases does not come up in others', () => {
    const burst = { ...book('payment-risk'), chosenBy: { ...book('payment-risk').chosenBy, phases: ['burst'] } };
    expect(chosen({ rule: 'PaidNotUpdated', tier: 'red', phase: 'steady' }, [burst])).toEqual([]);
    expect(chosen({ rule: 'PaidNotUpdated', tier: 'red', phase: 'burst' }, [burst])).toHaveLength(1);
  });
});

describe('the second person', () => {
  const title = { zh: '', en: '' };
  const silence = (minutes: number, secondPerson = false) =>
    ({ type: 'silence', title, effect: title, secondPerson, matchers: [], minutes }) as const;
  it.each([
    ['a silence of the limit', silence(60), false],
    ['a longer one', silence(61), true],
    ['a file that asks for it', silence(1, true), true],
    [
      'a red banner',
      { type: 'banner', title, effect: title, secondPerson: false, tier: 'red', text: title, minutes: 1 },
      true,
    ],
    [
      'an orange banner',
      { type: 'banner', title, effect: title, secondPerson: false, tier: 'orange', text: title, minutes: 1 },
      false,
    ],
  ] as const)('[RUN26] %s', (_what, action, wanted) => expect(needsSecondPerson(action)).toBe(wanted));
});
