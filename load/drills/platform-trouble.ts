import type { Move } from '#contract/budget';
import { budgetsOf, MoneyStage, type Verdict } from './money-stage.ts';

export interface MoneyDrillOptions {
  readonly seed: number;
  readonly quiet: boolean;
}
const YUAN = 100;

/**
 * Ad platforms misbehave while money moves: an answer is lost after the effect, calls are limited, a cut is clamped by what was
 * spent, somebody changes a budget by hand, and the server is killed in the middle.
 */
export async function platformTrouble({ seed, quiet }: MoneyDrillOptions): Promise<readonly Verdict[]> {
  const stage = await MoneyStage.start({ seed, quiet });
  try {
    const { platform } = stage;
    const initial = budgetsOf(platform);
    const search = platform.object('drill-search');
    const social = platform.object('drill-social');
    const ask = async (from: string, to: string, yuan: number): Promise<Move> => {
      const legs = [{ from: `chan:${from}`, to: `chan:${to}`, amountMinor: yuan * YUAN }];
      const { body, code } = await stage.request('marketing', legs, 'drill');
      if (body.move === null || code !== null) throw new Error(`the request was refused: ${code}`);
      await stage.approveAll(body.move);
      return body.move;
    };

    platform.faults.change('drill-search', { next: ['error_after'] });
    const lost = await ask('search', 'social', 5_000);
    const wasUnknown = await stage.settled(lost.id, ['unknown', 'settled']);
    stage.rule(
      'an answer lost after the effect makes the move unknown',
      wasUnknown?.state === 'unknown',
      `${wasUnknown?.state}`,
    );
    const known = await stage.settled(lost.id);
    const twice = search.changes.length;
    stage.rule(
      'it is read back and settles, done once',
      known?.state === 'settled' && twice === 1,
      `${known?.state}, ${twice} change`,
    );
    const decrease = known?.legs[0]?.receipts.find(({ direction }) => direction === 'decrease');
    stage.rule('one receipt a leg and direction', known?.legs[0]?.receipts.length === 2, `${decrease?.outcome}`);

    platform.faults.change('drill-social', { next: ['busy', 'error_before'] });
    const limited = await ask('social', 'search', 3_000);
    const through = await stage.settled(limited.id);
    stage.rule('429 and 500 are outwaited, not worked around', through?.state === 'settled', `${through?.state}`);

    // spent so much meanwhile that the platform will not go as low as asked
    const spentMinor = Math.round(search.reading.dailyBudgetMinor * 0.825);
    search.charge(spentMinor, stage.day);
    const clamped = await ask('search', 'social', 8_000);
    const part = await stage.settled(clamped.id);
    const lowest = Math.ceil(spentMinor * 1.2);
    const done = part?.legs[0]?.postedMinor ?? -1;
    const wanted = 8_000 * YUAN;
    const left = search.reading.dailyBudgetMinor;
    const isPart = part?.state === 'partially_settled' && done > 0 && done < wanted;
    const isFailed = part?.state === 'failed' && done === 0;
    stage.rule(
      'a cut below 1.2 × spent settles only what was confirmed',
      isPart || isFailed,
      `${part?.state}, ${done / YUAN} of 8,000`,
    );
    stage.rule(
      'and never goes below that floor',
      left >= Math.min(lowest, left + done),
      `${left / YUAN} ≥ ${lowest / YUAN}`,
    );

    social.setByHand(social.reading.dailyBudgetMinor + 20_000 * YUAN, Date.now());
    await stage.look('social');
    const drift = await stage.platformView('social');
    stage.rule(
      'a change by hand shows as drift',
      drift?.driftMinor === 20_000 * YUAN,
      `${(drift?.driftMinor ?? 0) / YUAN}`,
    );
    const seen = { theirsMinor: social.reading.dailyBudgetMinor };
    const again = await stage.ask('finance', 'POST', '/api/v1/budget/platforms/social/reassert', seen);
    const agreed = await stage.until(async () => (await stage.platformView('social'))?.driftMinor === null);
    stage.rule('a person asks for ours again and it stands', again.code === null && agreed === true, `${again.status}`);

    platform.faults.change('drill-social', { latencyMs: [1_500, 1_500] });
    const killed = await ask('social', 'search', 2_000);
    await stage.until(async () =>
      platform.calls.some(({ type, objectId }) => type === 'budget.read' && objectId === 'drill-social'),
    );
    await stage.server.killServer();
    platform.faults.change('drill-social', null);
    await stage.server.launch(true);
    const after = await stage.settled(killed.id);
    stage.rule(
      'kill -9 in the middle: another life goes on and settles',
      after?.state === 'settled',
      `${after?.state}`,
    );

    const told = new Set((await stage.timeline()).map(({ kind }) => kind));
    const wantedKinds = ['platform.unknown', 'platform.drift', 'platform.reasserted', 'platform.agreed'] as const;
    stage.rule(
      'the timeline tells it',
      wantedKinds.every((kind) => told.has(kind)),
      [...wantedKinds].filter((kind) => !told.has(kind)).join(', ') || 'all of it',
    );
    await stage.judgeInvariants();
    await stage.judgePlatforms(initial);
    return stage.verdicts;
  } finally {
    await stage.stop();
  }
}
