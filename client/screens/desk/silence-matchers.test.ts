import { expect, it } from 'vitest';
import { MATCHER_OPS, type Matcher } from '#contract/alerts';
import { anAlert } from '../../../server/test/alert-kit.ts';
import { matcherHolds, mutedCount } from './silence-matchers.ts';

const alert = anAlert({ tier: 'orange', labels: { alertname: 'PaymentSlow', service: 'payment' } });
const holds = (op: Matcher['op'], value: string, name = 'service') => matcherHolds({ name, op, value }, alert);

it('[DESK18] all four ways to match are counted before a silence is made; a pattern only the server can judge is not guessed', () => {
  expect(MATCHER_OPS).toEqual(['=', '!=', '=~', '!~']);
  expect([holds('=', 'payment'), holds('!=', 'payment'), holds('!=', 'order')]).toEqual([true, false, true]);
  expect([holds('=~', 'payment|order'), holds('=~', '(order|cart)'), holds('!~', 'order|cart')]).toEqual([
    true,
    false,
    true,
  ]);
  expect([holds('=~', 'pay.*'), holds('=~', 'pay'), holds('=~', '.*ym.*t'), holds('=~', 'pa.*payment')]).toEqual([
    true,
    false,
    true,
    false,
  ]);
  expect(holds('=~', 'red|orange', 'tier')).toBe(true);
  expect(holds('=~', '(a+)+$')).toBeNull();
  const service: Matcher = { name: 'service', op: '=~', value: 'pay[a-z]+' };
  expect(mutedCount([service], [alert])).toBeNull();
  expect(mutedCount([service, { name: 'alertname', op: '=', value: 'Other' }], [alert])).toBe(0);
  expect(mutedCount([{ ...service, value: 'pay.*' }], [alert, anAlert({ labels: { service: 'cart' } })])).toBe(1);
});
