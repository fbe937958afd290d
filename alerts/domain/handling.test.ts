import { describe, expect, it } from 'vitest';
import { type AlertCommand, HANDLINGS, type Handling } from '#contract/alerts';
import { TIERS } from '#contract/tiers';
import { anAlert } from '../../server/test/alert-kit.ts';
import { ACK_HOLDS_MS, ackReminderAtMs } from './ack-expiry.ts';
import { applyCommand, changeTier, expireAck, mayHandle } from './handling.ts';

const lin = { id: 'u1', name: 'Lin' };
const zhao = { id: 'u2', name: 'Zhao' };
const in_ = (handling: Handling) =>
  anAlert({
    handling,
    ...(handling === 'acknowledged' ? { owner: lin, acknowledgedAt: 2_000, ackExpiresAt: 9_000 } : {}),
  });

const TABLE: Readonly<Record<Handling, readonly boolean[]>> = {
  // to:  open   acknowledged resolved
  open: [true, true, true],
  acknowledged: [true, true, true],
  resolved: [false, false, true],
};

describe('handling', () => {
  for (const from of HANDLINGS)
    HANDLINGS.forEach((to, index) => {
      it(`[ALR5] ${from} → ${to}`, () => expect(mayHandle(from, to)).toBe(TABLE[from][index]));
    });
  const WANT: readonly (readonly [AlertCommand['verb'], Handling, Handling | string])[] = [
    ['acknowledge', 'open', 'acknowledged'],
    ['acknowledge', 'acknowledged', 'already_acknowledged'],
    ['acknowledge', 'resolved', 'already_resolved'],
    ['unacknowledge', 'open', 'not_acknowledged'],
    ['unacknowledge', 'acknowledged', 'open'],
    ['unacknowledge', 'resolved', 'already_resolved'],
    ['assign', 'open', 'acknowledged'],
    ['assign', 'acknowledged', 'acknowledged'],
    ['assign', 'resolved', 'already_resolved'],
    ['escalate', 'open', 'open'],
    ['escalate', 'acknowledged', 'open'],
    ['escalate', 'resolved', 'already_resolved'],
    ['resolve', 'open', 'resolved'],
    ['resolve', 'acknowledged', 'resolved'],
    ['resolve', 'resolved', 'already_resolved'],
    ['note', 'resolved', 'resolved'],
  ];
  for (const [verb, from, want] of WANT)
    it(`[ALR6] ${verb} on ${from}: ${want}`, () => {
      const command = (
        verb === 'note' ? { verb, text: 'x' } : verb === 'assign' ? { verb, owner: zhao } : { verb }
      ) as AlertCommand;
      const run = () => applyCommand(in_(from), command, zhao, 5_000);
      if ((HANDLINGS as readonly string[]).includes(want)) expect({ ...in_(from), ...run().patch }.handling).toBe(want);
      else expect(run).toThrow(expect.objectContaining({ code: want }));
    });
  it('[ALR76] the watchdog is nobody’s to take or end; a foreign alert of that name is like any other', () => {
    const watchdog = anAlert({ rule: 'Watchdog' });
    for (const verb of ['acknowledge', 'unacknowledge', 'escalate', 'resolve'] as const)
      expect(() => applyCommand(watchdog, { verb }, lin, 5)).toThrow(expect.objectContaining({ code: 'conflict' }));
    expect(() => applyCommand(watchdog, { verb: 'assign', owner: lin }, lin, 5)).toThrow(/always fires/);
    expect(applyCommand(watchdog, { verb: 'note', text: 'x' }, lin, 5).type).toBe('alert_noted');
    const foreign = anAlert({ rule: 'Watchdog', origin: 'alertmanager' });
    expect(applyCommand(foreign, { verb: 'resolve' }, lin, 5).type).toBe('alert_resolved');
  });
  it('[ALR91] who escalates names a tier that is not lower, or none', () => {
    const orange = anAlert({ tier: 'orange' });
    for (const tier of ['blue', 'yellow'] as const)
      expect(() => applyCommand(orange, { verb: 'escalate', tier }, lin, 5)).toThrow(
        expect.objectContaining({ code: 'validation', options: { field: '/tier', extra: { tier: 'orange' } } }),
      );
    for (const [tier, want] of [
      ['orange', 'orange'],
      ['red', 'red'],
    ] as const)
      expect(applyCommand(orange, { verb: 'escalate', tier }, lin, 5).patch.tier).toBe(want);
  });
  it('[ALR6] nothing pending can be acknowledged', () =>
    expect(() =>
      applyCommand(anAlert({ firedAt: null, evaluation: 'pending' }), { verb: 'acknowledge' }, lin, 5),
    ).toThrow(expect.objectContaining({ code: 'not_firing' })));
  it('[ALR7] the loser of two acknowledgements is told who has it; taking over is said out loud', () => {
    expect(() => applyCommand(in_('acknowledged'), { verb: 'acknowledge' }, zhao, 5)).toThrow(
      expect.objectContaining({ options: { extra: { owner: lin, acknowledgedAt: 2_000 } } }),
    );
    expect(applyCommand(in_('acknowledged'), { verb: 'acknowledge', takeOver: true }, zhao, 5).patch.owner).toEqual(
      zhao,
    );
    expect(applyCommand(in_('acknowledged'), { verb: 'acknowledge' }, lin, 5).patch.ackExpiresAt).toBe(5 + 600_000);
  });
  it('[ALR8] a raised tier re-opens what was acknowledged and starts paging; a lowered one does neither', () => {
    expect(changeTier(in_('acknowledged'), 'red', 5_000)).toMatchObject({
      type: 'alert_raised',
      from: 'Lin',
      paging: 'start',
      patch: { handling: 'open', owner: null, tier: 'red', peakTier: 'red' },
    });
    expect(changeTier(in_('acknowledged'), 'yellow', 5_000)).toEqual({
      type: 'alert_lowered',
      patch: { tier: 'yellow' },
      paging: 'keep',
    });
    expect(changeTier(in_('open'), 'orange', 5_000)).toBeNull();
  });
  it('[ALR9] acknowledgements run out after 5, 10, 15, 30, 60 min, red first, with a reminder before', () => {
    expect([...TIERS].reverse().map((tier) => ACK_HOLDS_MS[tier] / 60_000)).toEqual([5, 10, 15, 30, 60]);
    for (const tier of TIERS) {
      expect(ackReminderAtMs(tier, 0)).toBeLessThan(ACK_HOLDS_MS[tier]);
      expect(ackReminderAtMs(tier, 0)).toBeGreaterThanOrEqual(ACK_HOLDS_MS[tier] * 0.8);
    }
    for (const [tier, minutes] of [
      ['red', 5],
      ['orange', 10],
      ['yellow', 15],
      ['cyan', 30],
      ['blue', 60],
    ] as const)
      for (const command of [{ verb: 'acknowledge' }, { verb: 'assign', owner: zhao }] as const)
        expect(applyCommand(anAlert({ tier }), command, lin, 1_000).patch.ackExpiresAt).toBe(1_000 + minutes * 60_000);
    expect(expireAck(in_('acknowledged'), 8_999)).toBeNull();
    expect(expireAck(in_('acknowledged'), 9_000)).toMatchObject({
      type: 'alert_ack_expired',
      from: 'Lin',
      patch: { handling: 'open' },
      paging: 'start',
    });
    expect(expireAck(in_('open'), 9_000)).toBeNull();
    expect(expireAck(in_('resolved'), 9_000)).toBeNull();
  });
  it('[ALR9] [ALR86] an acknowledgement that stays over a swing back wears off no later than one of the tier it is back at', () => {
    const held = anAlert({
      tier: 'yellow',
      handling: 'acknowledged',
      owner: lin,
      acknowledgedAt: 0,
      ackExpiresAt: 900_000,
    });
    expect(changeTier(held, 'red', 60_000, true)).toEqual({
      type: 'alert_raised',
      patch: { tier: 'red', peakTier: 'red', ackExpiresAt: 360_000 },
      paging: 'ack',
    });
    // what would have ended sooner does
    expect(changeTier(held, 'red', 700_000, true)).toEqual({
      type: 'alert_raised',
      patch: { tier: 'red', peakTier: 'red' },
      paging: 'keep',
    });
  });
});
