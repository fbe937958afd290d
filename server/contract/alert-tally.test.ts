import { expect, it } from 'vitest';
import { tallyOf } from './alert-tally.ts';
import type { Alert } from './alerts.ts';

const alert = (change: Partial<Alert>): Alert =>
  ({ tier: 'yellow', handling: 'open', firedAt: 1, rule: 'R', suppressedBy: [], ...change }) as Alert;
const silence = { kind: 'silence', id: 's' } as const;
const storm = { kind: 'storm', id: 'R' } as const;

it('[ALR81] each alert is in exactly one number: its tier, silenced, or suppressed', () => {
  expect(
    tallyOf([
      alert({}),
      alert({ tier: 'red', handling: 'acknowledged' }),
      alert({ suppressedBy: [storm] }),
      alert({ suppressedBy: [storm, silence] }),
      alert({ suppressedBy: [{ kind: 'inhibition', id: 'x' }] }),
    ]),
  ).toEqual({ openCount: { yellow: 1, red: 1 }, silencedCount: 1, suppressedCount: 2 });
});
it('[ALR81] what is resolved, does not fire yet, or is the watchdog is not counted', () => {
  expect(
    tallyOf([alert({ handling: 'resolved' }), alert({ firedAt: null }), alert({ rule: 'Watchdog', tier: 'blue' })]),
  ).toEqual({ openCount: {}, silencedCount: 0, suppressedCount: 0 });
});
