import type { AlertRow } from '#contract/alerts';
import type { MovesReply } from '#contract/budget';
import type { KpisReply } from '#contract/kpis';
import { MoneyStage, type Verdict } from './money-stage.ts';
import type { MoneyDrillOptions } from './platform-trouble.ts';

/** Under 2 % of the envelope: a peer says yes. */
const RAISE_MINOR = 1_000_000;

/**
 * A platform charges twice the daily budget of a channel. What was charged is booked whatever the limits say, what goes beyond the
 * allocation goes over a cover account, and the reserve pays it at once in a move that nobody asked for and two people look at.
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
    const paid = await stage.until(async () => {
      const now = await stage.account('chan:kol');
      return now.covered > 0 && now.overspent === 0 ? now : null;
    });
    const exact = paid?.covered === overMinor && paid.spent === kol.allocated && paid.available === 0;
    stage.rule('what is beyond the budget is covered, to the fen', exact, `${paid?.covered} of ${overMinor}`);
    const cover = (await stage.ledger()).filter(({ line }) => line.debit === 'cover:kol');
    const covered = cover.reduce((sum, { line }) => sum + Number(line.amountMinor), 0);
    stage.rule('in lines of its own', covered === overMinor, `${cover.length} lines`);
    stage.rule('and on the timeline', await stage.told('budget.overspent'), 'budget.overspent');
    const firing = (name: string): Promise<AlertRow | null> =>
      stage.until(async () => {
        const { body } = await stage.ask<{ alerts: readonly AlertRow[] }>('oncall', 'GET', '/api/v1/alerts');
        return body.alerts.find(({ rule, evaluation }) => rule === name && evaluation === 'firing') ?? null;
      });
    for (const name of ['BudgetOverspent', 'ReserveLow']) {
      const alarm = await firing(name);
      stage.rule(`${name} raises a tier`, alarm !== null, alarm === null ? 'no alert' : alarm.tier);
    }
    const steal = await stage.request('marketing', out, 'drill');
    stage.rule('nothing leaves the channel', steal.code !== null, `${steal.code}`);

    const { body: asked } = await stage.ask<MovesReply>('finance', 'GET', '/api/v1/budget/transfers');
    const forced = asked.moves.find((one) => one.forced === true);
    const legs = forced?.legs.map(({ from, to, postedMinor }) => `${from} → ${to} ${postedMinor}`).join(', ');
    stage.rule(
      'the reserve paid by a move that nobody asked for',
      forced?.state === 'settled' && legs === `reserve:hq → cover:kol ${overMinor}`,
      legs ?? 'no forced move',
    );
    stage.rule('and the timeline tells it', await stage.told('budget.forced'), 'budget.forced');
    const left = await stage.account('reserve:hq');
    const gone = reserve.available - left.available;
    stage.rule('reserve and cover agree to the fen', gone === overMinor, `reserve −${gone}, cover ${overMinor}`);
    const ratio = await stage.until(async () => {
      const { body } = await stage.ask<KpisReply>('finance', 'GET', '/api/v1/kpis?ids=reserve_ratio');
      const row = body.kpis.find(({ window }) => window === 'open');
      return row?.numerator === left.available && row.denominator === funded ? row : null;
    });
    const shown = `${((100 * left.available) / funded).toFixed(1)} % of what was funded`;
    stage.rule('reserve_ratio says the same', ratio !== null, shown);
    const plain = await stage.request(
      'marketing',
      [{ from: 'reserve:hq', to: 'chan:search', amountMinor: 100 }],
      'more for search',
    );
    stage.rule('an ordinary request gets nothing more of it', plain.code === 'reserve_breach', `${plain.code}`);
    if (forced !== undefined) {
      const at = `/api/v1/budget/transfers/${forced.id}`;
      const back = await stage.ask('marketing', 'POST', `${at}/reverse`, { reason: 'drill' });
      stage.rule('nobody takes a fact back', back.code === 'already_settled', `${back.code}`);
      for (const who of ['commander', 'finance']) await stage.ask(who, 'POST', `${at}/review`, {});
      const looked = (await stage.move(forced.id)).reviewedBy.length;
      stage.rule('two people have looked at it', looked === 2, `${looked}`);
    }
    const more = await stage.spend('kol', kol.allocated);
    stage.rule('the platform cannot charge more for it', more === 0, `${more}`);
    const raise = await stage.request(
      'marketing',
      [{ from: 'chan:search', to: 'chan:kol', amountMinor: RAISE_MINOR }],
      'drill',
    );
    const { move } = raise.body;
    if (move !== null && move !== undefined) {
      await stage.approveAll(move);
      await stage.settled(move.id);
    }
    const refilled = (await stage.account('reserve:hq')).available - left.available;
    const owing = (await stage.account('chan:kol')).covered;
    const repaid = refilled === RAISE_MINOR && owing === overMinor - RAISE_MINOR;
    stage.rule(
      'a raise that only pays for what was charged refills the reserve',
      repaid,
      raise.code ?? `reserve +${refilled}, still paid by it ${owing}`,
    );
    stage.rule('and buys no more ads', (await stage.spend('kol', kol.allocated)) === 0, 'nothing was charged');
    await stage.judgeInvariants();
    return stage.verdicts;
  } finally {
    await stage.stop();
  }
}
