import { createHash } from 'node:crypto';
import type { Move } from '#contract/budget';
import type { MoneyStage } from './money-stage.ts';

const LEDGER_HEAD = '0'.repeat(40);
/** States in which nothing more happens by itself. */
export const ENDED: readonly Move['state'][] = [
  'settled',
  'partially_settled',
  'compensated',
  'failed',
  'rejected',
  'cancelled',
  'expired',
  'stale',
];

/** I1, I2, I9, I10 by the ledger's own lines, I12 by the moves, and the platforms against what was confirmed. */
export async function judgeInvariants(stage: MoneyStage): Promise<void> {
  // both as of one instant: spend goes on being booked for some seconds
  const same = await stage.until(async () => {
    const all = await stage.ledger();
    const reply = await stage.budget();
    return reply.ledger.seq === all.length ? { all, reply } : null;
  });
  if (same === null) return stage.rule('the ledger comes to rest', false, 'it does not');
  const lines = same.all;
  const problems: string[] = [];
  const balances = new Map<string, number>();
  const held = new Map<string, { debit: string; leftMinor: number }>();
  const add = (id: string, minor: number): void => void balances.set(id, (balances.get(id) ?? 0) + minor);
  const pendingOf = (id: string): number =>
    [...held.values()].filter(({ debit }) => debit === id).reduce((sum, { leftMinor }) => sum + leftMinor, 0);
  let prevHash = LEDGER_HEAD;
  lines.forEach(({ text, line }, index) => {
    if (line.seq !== index + 1) problems.push(`I9: line ${line.seq} stands at ${index + 1}`);
    const bare = text.replace(/,"hash":"[0-9a-f]{40}"\}$/, '}');
    if (index > 0 && line.prevHash !== prevHash) problems.push(`I10: line ${line.seq} follows another`);
    const digest = createHash('sha1').update(`${line.prevHash}${bare}`).digest('hex');
    if (digest !== line.hash) problems.push(`I10: line ${line.seq} is not what was hashed`);
    prevHash = line.hash;
    const minor = Number(line.amountMinor);
    const hold = line.pendingId ?? '';
    if (line.kind === 'reserve') held.set(hold, { debit: line.debit, leftMinor: minor });
    else if (line.kind === 'void' || line.kind === 'expire') held.delete(hold);
    else {
      if (line.kind === 'post') held.delete(hold);
      add(line.debit, -minor);
      add(line.credit, minor);
    }
    for (const id of [line.debit, line.credit]) {
      const free = (balances.get(id) ?? 0) - pendingOf(id);
      if (free < 0 && id !== 'funding' && !id.startsWith('cover:') && line.kind !== 'post')
        problems.push(`I2: ${id} is at ${free} after line ${line.seq}`);
    }
  });
  const sum = [...balances.values()].reduce((a, b) => a + b, 0);
  if (sum !== 0) problems.push(`I1: the balances add up to ${sum}`);
  const { accounts } = same.reply;
  for (const { id, available, spent, overspent } of accounts) {
    const want = Math.max(0, (balances.get(id) ?? 0) - pendingOf(id));
    if (available !== want) problems.push(`I11: ${id} shows ${available}, its lines say ${want}`);
    const name = id.slice(id.indexOf(':') + 1);
    const cover = -(balances.get(`cover:${name}`) ?? 0);
    if (id.startsWith('chan:') && cover !== overspent)
      problems.push(`I1: ${id} is overspent by ${cover}, shows ${overspent}`);
    if (id.startsWith('chan:') && spent < 0) problems.push(`${id} spent ${spent}`);
  }
  const { body } = await stage.ask<{ moves: readonly Move[] }>('finance', 'GET', '/api/v1/budget/transfers?limit=500');
  for (const { id, state, legs } of body.moves) {
    const ids = legs.flatMap(({ receipts }) => receipts.map(({ commandId }) => commandId));
    if (new Set(ids).size !== ids.length) problems.push(`I12: a command of ${id} has two receipts`);
    if (!ENDED.includes(state)) problems.push(`${id} has not ended: ${state}`);
  }
  const seen =
    problems.length === 0 ? `${lines.length} lines, ${body.moves.length} moves` : problems.slice(0, 3).join('; ');
  stage.rule('money adds up: I1, I2, I9–I12 by the ledger alone', problems.length === 0, seen);
}

/** No call took effect twice, and every platform has what our receipts say. */
export async function judgePlatforms(stage: MoneyStage, initialMinor: Readonly<Record<string, number>>): Promise<void> {
  const { body } = await stage.ask<{ moves: readonly Move[] }>('finance', 'GET', '/api/v1/budget/transfers?limit=500');
  const problems: string[] = [];
  for (const object of stage.platform.objects.values()) {
    const receipts = body.moves.flatMap(({ legs }) =>
      legs.flatMap((leg) =>
        leg.receipts
          .filter(({ direction }) => (direction === 'increase' ? leg.to : leg.from) === `chan:${object.channel}`)
          .map(({ direction, appliedMinor }) => (direction === 'decrease' ? -appliedMinor : appliedMinor)),
      ),
    );
    const saidMinor = receipts.reduce((a, b) => a + b, 0);
    const byApi = object.changes.filter(({ by }) => by === 'api');
    const sum = (changes: typeof byApi): number =>
      changes.reduce((total, { beforeMinor, afterMinor }) => total + afterMinor - beforeMinor, 0);
    // what set the platform right again belongs to no move
    const doneMinor = sum(byApi.filter(({ callId }) => !callId.startsWith('assert:')));
    if (saidMinor !== doneMinor) problems.push(`${object.channel}: receipts ${saidMinor}, done ${doneMinor}`);
    const want = (initialMinor[object.channel] ?? 0) + sum(object.changes);
    if (object.reading.dailyBudgetMinor !== want)
      problems.push(`${object.channel}: has ${object.reading.dailyBudgetMinor}, not ${want}`);
    const calls = byApi.map(({ callId }) => callId);
    if (new Set(calls).size !== calls.length) problems.push(`${object.channel}: a call took effect twice`);
  }
  const count = [...stage.platform.objects.values()].reduce((sum, { changes }) => sum + changes.length, 0);
  stage.rule(
    'no change was made twice; platforms have what the receipts say',
    problems.length === 0,
    problems.join('; ') || `${count} changes`,
  );
}
