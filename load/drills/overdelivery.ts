import type { AlertRow } from '#contract/alerts';
import { MoneyStage, type Verdict } from './money-stage.ts';
import type { MoneyDrillOptions } from './platform-trouble.ts';

/**
 * A platform charges twice the daily budget of a channel. What was charged is booked whatever the limits say, what goes beyond the
 * allocation stands on a cover account for all to see, and only the reserve, with two signatures, closes it.
 */
export async function overdelivery({ seed, quiet }: MoneyDrillOptions): Promise<readonly Verdict[]> {
  const stage = await MoneyStage.start({ seed, quiet });
  try {
    const kol = await stage.account('chan:kol');
    const reserve = await stage.account('reserve:hq');
    const { funded } = await stage.budget();
    await stage.look('kol');
    const out = [{ from: 'chan:kol', to: 'chan:search', amountMinor: Math.floor(kol.allocated * 0.15) }];
    const early = await stage.request('marketing', out, 'drill');
    stage.rule('what may still be charged twice is not free to move', early.code === 'not_releasable', `${early.code}`);

    await stage.spend('kol', Math.floor(kol.allocated / 2));
    const half = await stage.until(
      async () => (await stage.account('chan:kol')).spent === Math.floor(kol.allocated / 2),
    );
    stage.rule('reported spend is booked', half === true, `${(await stage.account('chan:kol')).spent}`);
    const charged = Math.floor(kol.allocated / 2) + (await stage.spend('kol', kol.allocated * 3));
    stage.rule('the platform charges twice the budget and no more', charged === kol.allocated * 2, `${charged}`);
    const overMinor = charged - kol.allocated;
    const over = await stage.until(async () => {
      const now = await stage.account('chan:kol');
      return now.overspent > 0 ? now : null;
    });
    const exact = over?.overspent === overMinor && over.spent === kol.allocated && over.available === 0;
    stage.rule('the rest stands on the cover account, to the fen', exact, `${over?.overspent} of ${overMinor}`);
    const cover = (await stage.ledger()).filter(({ line }) => line.debit === 'cover:kol');
    const covered = cover.reduce((sum, { line }) => sum + Number(line.amountMinor), 0);
    stage.rule('in lines of its own', covered === overMinor, `${cover.length} lines`);
    const kinds = (await stage.timeline()).map(({ kind }) => kind);
    stage.rule('and on the timeline', kinds.includes('budget.overspent'), 'budget.overspent');
    const alarm = await stage.until(async () => {
      const { body } = await stage.ask<{ alerts: readonly AlertRow[] }>('oncall', 'GET', '/api/v1/alerts');
      return body.alerts.find(({ rule, evaluation }) => /Overspen/.test(rule) && evaluation === 'firing') ?? null;
    });
    stage.rule('it raises a tier', alarm !== null, alarm === null ? 'no alert' : `${alarm.rule} ${alarm.tier}`);
    const steal = await stage.request('marketing', out, 'drill');
    stage.rule('nothing leaves the channel', steal.code !== null, `${steal.code}`);

    const legs = [{ from: 'reserve:hq', to: 'chan:kol', amountMinor: overMinor }];
    const plain = await stage.request('marketing', legs, 'cover the overspend');
    stage.rule(
      'the reserve keeps its share against an ordinary request',
      plain.code === 'reserve_breach',
      `${plain.code}`,
    );
    const forced = await stage.request('marketing', legs, 'cover the overspend', { emergency: true });
    const { move } = forced.body;
    stage.rule(
      'a named draw on it is for the commander and finance (T3)',
      move?.tier === 'T3',
      `${move?.tier ?? forced.code}`,
    );
    if (move !== null && move !== undefined) {
      await stage.approveAll(move);
      const done = await stage.settled(move.id);
      stage.rule('it settles', done?.state === 'settled', `${done?.state}`);
      const closed = await stage.until(async () => {
        const now = await stage.account('chan:kol');
        return now.overspent === 0 ? now : null;
      });
      stage.rule('the cover account is closed by it', closed !== null, `${closed?.overspent ?? 'open'}`);
      const more = await stage.spend('kol', kol.allocated);
      stage.rule('the platform cannot charge more for it', more === 0, `${more}`);
      const left = await stage.account('reserve:hq');
      const gone = reserve.available - left.available;
      stage.rule('reserve and cover agree to the fen', gone === overMinor, `reserve −${gone}, cover ${overMinor}`);
      const ratio = left.available / funded;
      const again = await stage.until(async () =>
        (await stage.timeline()).some(({ kind }) => kind === 'budget.covered'),
      );
      stage.rule(
        'and the timeline tells it',
        again === true,
        `reserve at ${(ratio * 100).toFixed(1)} % of what was funded`,
      );
    }
    await stage.judgeInvariants();
    return stage.verdicts;
  } finally {
    await stage.stop();
  }
}
