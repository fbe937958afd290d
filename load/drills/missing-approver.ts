import { budgetsOf, MoneyStage, type Verdict } from './money-stage.ts';
import type { MoneyDrillOptions } from './platform-trouble.ts';

/** 3 % of the envelope: a T2 move, for the war zone's commander and finance. */
const AMOUNT_MINOR = 3_000_000;
const LEGS = [{ from: 'chan:search', to: 'chan:social', amountMinor: AMOUNT_MINOR }];

/**
 * The commander on duty is silent. When the deadline passes his B may decide in his place; his own late click is refused, and who
 * decided for whom is on the record. A second request that nobody answers gives its money back.
 */
export async function missingApprover({ seed, quiet }: MoneyDrillOptions): Promise<readonly Verdict[]> {
  const stage = await MoneyStage.start({ seed, quiet });
  try {
    const initial = budgetsOf(stage.platform);
    const before = await stage.account('chan:search');
    const asked = await stage.request('marketing', LEGS, 'drill');
    const { move } = asked.body;
    if (move === null) throw new Error(`the request was refused: ${asked.code}`);
    stage.rule('a move of 3 % is for the zone and finance (T2)', move.tier === 'T2', move.tier);
    const own = await stage.approve('marketing', move);
    stage.rule('nobody approves what he asked for', own.code === 'self_approval', `${own.code}`);
    const early = await stage.approve('finance-zhou', move);
    stage.rule('B may not decide before A has missed the deadline', early.code === 'role_not_on_duty', `${early.code}`);
    const finance = await stage.until(async () => (await stage.approve('finance-sun', move)).code === null, 2_500);
    stage.rule('finance says yes in time', finance === true, `${finance}`);

    const escalated = await stage.until(async () => {
      const now = await stage.move(move.id);
      return now.escalation > 0 ? now : null;
    });
    const lateMs = Date.now() - (move.decideBy ?? 0);
    stage.rule('the deadline passes to B within seconds', escalated?.escalation === 1, `${lateMs} ms after it`);
    const late = await stage.approve('commander', move);
    stage.rule("A's late click is refused", late.code === 'role_not_on_duty', `${late.code}`);
    const untouched = await stage.account('chan:search');
    stage.rule('and moves nothing', untouched.allocated === before.allocated, `${untouched.allocated}`);
    const taken = await stage.approve('finance-zhou', move);
    stage.rule('B decides', taken.code === null, `${taken.code ?? 'approved'}`);
    const done = await stage.settled(move.id);
    stage.rule(
      'the money moves',
      done?.state === 'settled' && done.legs[0]?.postedMinor === AMOUNT_MINOR,
      `${done?.state}`,
    );
    const record = (done?.approvals ?? []).map(({ by, seat, as }) => `${by.name} ${seat} ${as ?? ''}`.trim());
    const both = record.includes('finance-sun finance A') && record.includes('finance-zhou zone B');
    stage.rule('the record says who decided, for which seat, as A or B', both, record.join(', '));
    const again = await stage.approve('finance-zhou', move);
    stage.rule(
      'a second click changes nothing',
      again.code === 'already_settled' || again.code === 'self_approval',
      `${again.code}`,
    );

    const silent = (await stage.request('marketing', [{ ...LEGS[0]!, amountMinor: 2_500_000 }], 'nobody answers')).body
      .move;
    if (silent === null) throw new Error('the second request was refused');
    const heldMinor = (await stage.account('chan:search')).held;
    const expired = await stage.settled(silent.id);
    const free = await stage.account('chan:search');
    const back = heldMinor === 2_500_000 && free.held === 0 && expired?.state === 'expired';
    stage.rule('nobody at all: it expires and its money is free again', back, `${expired?.state}, held ${free.held}`);
    const after = await stage.approve('finance-zhou', silent);
    stage.rule('an expired request stays dead', after.code === 'pending_expired', `${after.code}`);

    const kinds = (await stage.timeline()).filter(({ params }) => params.move === move.id).map(({ kind }) => kind);
    const wanted = ['budget.requested', 'budget.escalated', 'budget.approved', 'budget.settled'] as const;
    const missing = wanted.filter((kind) => !kinds.includes(kind));
    stage.rule('the timeline tells it', missing.length === 0, missing.join(', ') || 'all of it');
    await stage.judgeInvariants();
    await stage.judgePlatforms(initial);
    return stage.verdicts;
  } finally {
    await stage.stop();
  }
}
