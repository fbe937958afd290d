import { describe, expect, it } from 'vitest';
import { isListed } from '#contract/alert-tally';
import type { AlertPage } from '#contract/alerts';
import { anAlert } from '../../server/test/alert-kit.ts';
import { foldAlert, foldAlerts, foldMoney, NO_ALERTS } from './alerts-fold.ts';

const page = (ids: readonly string[], more: Partial<AlertPage> = {}): AlertPage => ({
  position: { epoch: 'e', seq: 1 },
  alerts: ids.map((id) => anAlert({ id })),
  reset: false,
  more: false,
  ...more,
});
const keys = (state: typeof NO_ALERTS): string[] => [...state.byId.keys()];

describe('the list of alerts', () => {
  it('[DESK1] a list in several pages takes the place of the old one only when it is whole', () => {
    const old = foldAlerts(NO_ALERTS, page(['old'], { reset: true }));
    const first = foldAlerts(old, page(['a'], { reset: true, more: true, position: { epoch: '', seq: 0 } }));
    expect([keys(first), first.position]).toEqual([['old'], { epoch: 'e', seq: 1 }]);
    const whole = foldAlerts(first, page(['b'], { position: { epoch: 'f', seq: 7 } }));
    expect([keys(whole), whole.position]).toEqual([['a', 'b'], { epoch: 'f', seq: 7 }]);
  });
  it('[DESK1] an older version never replaces a newer one, whoever brings it', () => {
    const state = foldAlerts(NO_ALERTS, { ...page([]), reset: true, alerts: [anAlert({ version: 5, tier: 'red' })] });
    const late = foldAlerts(state, { ...page([]), alerts: [anAlert({ version: 4 })] });
    expect(late.byId.get('a1')?.tier).toBe('red');
    expect(foldAlert(state, anAlert({ version: 4 }))).toBe(state);
    expect(foldAlert(state, anAlert({ version: 6, tier: 'cyan' })).byId.get('a1')?.tier).toBe('cyan');
  });
  it('[DESK1] what is over leaves; what a person resolved, what is pending and the watchdog are held but not listed', () => {
    const state = foldAlerts(NO_ALERTS, page(['a1'], { reset: true }));
    const over = anAlert({ version: 2, handling: 'resolved', evaluation: 'normal', endsAt: 9 });
    expect(keys(foldAlerts(state, { ...page([]), alerts: [over] }))).toEqual([]);
    expect(isListed(anAlert({ handling: 'resolved', endsAt: 9 }))).toBe(false);
    expect(isListed(anAlert({ firedAt: null, evaluation: 'pending' }))).toBe(false);
    expect(isListed(anAlert({ rule: 'Watchdog' }))).toBe(false);
  });
  it('[DESK2] money a minute follows the frames', () => {
    const state = foldAlerts(NO_ALERTS, page(['a1'], { reset: true }));
    const row = { ...anAlert(), summary: '', owner: null, costMinorPerMinute: 500 };
    expect(foldMoney(state, [row]).byId.get('a1')?.costMinorPerMinute).toBe(500);
    const same = foldMoney(state, [{ ...row, costMinorPerMinute: null }]);
    expect(same).toBe(state);
  });
});
