import type { BudgetAccount, Leg, Move, OutboxCommand, TransferBody } from '#contract/budget';
import type { Principal } from '#contract/permissions';
import type { Ask } from '../moves.ts';
import { PEOPLE } from './cast.ts';
import type { Asked, Night } from './night.ts';
import type { Random } from './random.ts';

/** What actors do, one random operation at a time; replies are checked against what was asked. */
export function createActors(night: Night) {
  const { random, first, nowMs, faults, open, settled, seen, refresh, step, node, remember } = night;
  const asked: Asked[] = [];
  const freezes: string[] = [];
  /** `<channel>|<day>` → cumulative spend as it was last reported. */
  const spent = new Map<string, number>();
  const counts = { moves: 0, replays: 0, covers: 0, repays: 0 };
  let keys = 0;
  const person = (): Principal => random.pick(PEOPLE) as Principal;

  function amountFor(from: BudgetAccount, rng: Random): number {
    const kind = rng.next();
    if (kind < 0.7) return rng.whole(100, 1_500_000);
    if (kind < 0.9) return rng.whole(1, Math.max(1, Math.floor(from.allocated * 0.1)));
    if (kind < 0.95) return Math.max(1, from.available);
    return rng.whole(-5, Math.max(1, from.available * 2));
  }
  function newAsk(): Ask {
    keys += 1;
    return { by: person(), key: `k${keys}`, requestId: 'p' };
  }
  async function request(): Promise<void> {
    const again = random.chance(0.12) ? random.pick(asked) : undefined;
    if (again !== undefined) return retry(again);
    const legs: Leg[] = [];
    for (let i = random.chance(0.85) ? 1 : random.whole(2, 3); i > 0; i -= 1) {
      // mostly between channels; the other envelopes and the reserve need more signatures
      const of = random.chance(0.85) ? seen.accounts.filter(({ kind }) => kind === 'chan') : seen.accounts;
      const from = random.pick(of) as BudgetAccount;
      const to = random.pick(of.filter(({ id }) => id !== from.id || random.chance(0.05))) as BudgetAccount;
      legs.push({ from: from.id, to: to.id, amountMinor: amountFor(from, random) });
    }
    const named = new Set(legs.flatMap(({ from, to }) => [from, to]));
    const stale = random.chance(0.03);
    const body: TransferBody = {
      legs,
      reason: 'proof',
      expected: Object.fromEntries(
        seen.accounts
          .filter(({ id }) => named.has(id))
          .map(({ id, allocationVersion }) => [id, allocationVersion + (stale ? 1 : 0)]),
      ),
      ...(random.chance(0.05) ? { emergency: true } : {}),
    };
    const one: Asked = { ask: newAsk(), body, moveId: null };
    if (asked.length < 2_000) asked.push(one);
    else asked[random.whole(0, 1_999)] = one;
    const outcome = await step(() => node().submit.request(body, one.ask));
    if (outcome === null) return;
    counts.moves += 1;
    one.moveId = outcome.move.id;
    remember(outcome.move);
  }
  /** The same key again: the same move, or another body and a refusal; never a second effect. */
  async function retry(before: Asked): Promise<void> {
    if (random.chance(0.2)) {
      const other = { ...before.body, reason: 'another body' };
      const outcome = await step(() => node().submit.request(other, before.ask));
      if (outcome !== null && before.moveId !== null) faults.push(`key ${before.ask.key} was taken for two bodies`);
      if (outcome !== null) remember(await first.store.move(outcome.move.id));
      return;
    }
    const outcome = await step(() => node().submit.request(before.body, before.ask));
    if (outcome === null) return;
    if (before.moveId !== null && outcome.move.id !== before.moveId)
      faults.push(`key ${before.ask.key} made ${before.moveId} and ${outcome.move.id}`);
    if (before.moveId !== null && !outcome.replayed) faults.push(`key ${before.ask.key} took effect twice`);
    if (outcome.replayed) counts.replays += 1;
    before.moveId = outcome.move.id;
    remember(await first.store.move(outcome.move.id));
  }
  const anyOpen = (): Move | undefined => {
    // a look-up by chance without copying all of them
    let left = random.whole(0, Math.min(40, Math.max(0, open.size - 1)));
    for (const move of open.values()) {
      if (left === 0) return move;
      left -= 1;
    }
    return undefined;
  };
  async function decide(): Promise<void> {
    const move = anyOpen();
    if (move === undefined) return;
    // mostly somebody who may, as the desk would show it; else anybody
    const may = random.chance(0.8) ? random.pick(first.view(move).seats.flatMap(({ people }) => people)) : undefined;
    const asker = PEOPLE.find(({ name }) => name === may?.name);
    const ask: Ask = asker === undefined ? newAsk() : { ...newAsk(), by: asker };
    const isOver = move.expiresAt !== null && nowMs() >= move.expiresAt;
    const verb = isOver && random.chance(0.8) ? 0.93 : random.next();
    const outcome = await step(async () => {
      const { decide: to } = node();
      if (verb < 0.8) return to.approve(move.id, random.chance(0.98) ? move.terms : '0'.repeat(64), ask);
      if (verb < 0.86) return to.reject(move.id, 'no', null, ask);
      if (verb < 0.92)
        return to.cancel(move.id, null, { ...ask, by: PEOPLE.find(({ id }) => id === move.requestedBy.id) ?? ask.by });
      return verb < 0.96 ? to.expire(move.id) : to.escalate(move.id);
    });
    if (outcome !== null) remember(outcome.move);
    else if (random.chance(0.3)) remember(await first.store.move(move.id));
  }
  const sentTwice: { command: OutboxCommand; applied: number }[] = [];
  async function platform(): Promise<void> {
    const again = random.chance(0.1) ? random.pick(sentTwice) : undefined;
    const command = again?.command ?? random.pick(await first.money.openCommands());
    if (command === undefined) return;
    if (random.chance(0.15))
      return void (await step(() => node().money.marked(command.id, random.chance(0.5) ? 'sending' : 'unknown')));
    const whole = random.next();
    const applied =
      again?.applied ?? (whole < 0.7 ? command.amountMinor : whole < 0.9 ? random.whole(0, command.amountMinor) : 0);
    const receipt = {
      commandId: command.id,
      direction: command.direction,
      outcome:
        applied === command.amountMinor
          ? ('applied' as const)
          : applied === 0
            ? ('rejected' as const)
            : ('clamped' as const),
      appliedMinor: applied,
      confirmedMinor: null,
      externalRef: null,
      message: null,
      at: nowMs(),
      // a part of a raise that only pays for what was charged before
      ...(command.direction !== 'decrease' && random.chance(0.3) ? { absorbedMinor: random.whole(0, applied) } : {}),
    };
    if (sentTwice.length < 200) sentTwice.push({ command, applied });
    else sentTwice[random.whole(0, 199)] = { command, applied };
    const move = await step(() => node().money.confirmLeg(command.id, receipt));
    if (move !== null) remember(move);
  }
  async function book(): Promise<void> {
    const channel = random.pick(['search', 'social', 'kol', 'content']) as string;
    const day = `d${random.whole(0, 4)}`;
    const key = `${channel}|${day}`;
    const before = spent.get(key) ?? 0;
    const kind = random.next();
    // two channels are charged far beyond their budgets now and then, so that the reserve has to pay and gets refunds: one with a
    // platform link, whose raises say what they pay for, and one without
    const flood = random.chance(channel === 'kol' ? 0.04 : channel === 'content' ? 0.02 : 0);
    const cumulative = flood
      ? before + 400_000_000
      : kind < 0.7
        ? before + random.whole(0, random.chance(0.06) ? 120_000_000 : 40_000)
        : kind < 0.8
          ? before
          : random.whole(0, before);
    spent.set(key, cumulative);
    await step(() => node().spend.book({ channel, day, spendMinor: cumulative }));
    // what is beyond the budget is paid by the reserve, now or later, by whichever nodes notice it
    if (random.chance(0.5))
      await Promise.all((random.chance(0.2) ? [1, 2] : [1]).map(() => step(() => cover(channel))));
  }
  async function cover(channel: string): Promise<void> {
    if ((await node().forced.cover(channel, 0)) > 0) counts.covers += 1;
    if ((await node().forced.repay(channel)) > 0) counts.repays += 1;
  }
  async function freeze(): Promise<void> {
    const ask = newAsk();
    const lifted = freezes.length > 2 ? freezes.shift() : undefined;
    if (lifted !== undefined) return void (await step(() => node().freezes.lift(lifted, ask)));
    const channels = [random.pick(['search', 'social', 'kol', 'content', '*']) as string];
    const made = await step(() =>
      node().freezes.freeze(
        {
          channels,
          direction: random.chance(0.8) ? 'increases' : 'all',
          reason: 'proof',
          minutes: 1,
        },
        ask,
      ),
    );
    if (made !== null) freezes.push(made.freeze.id);
  }
  async function undo(): Promise<void> {
    const move = random.pick(settled);
    if (move === undefined) return;
    const ask = newAsk();
    const outcome = await step(() => node().submit.reverse(move.id, 'proof', ask));
    if (outcome !== null) remember(outcome.move);
  }
  async function jump(): Promise<void> {
    await night.jump(
      random.chance(0.1) ? -random.whole(0, 60_000) : random.whole(0, random.chance(0.02) ? 7_200_000 : 30_000),
    );
    if (random.chance(0.3)) await refresh();
  }
  async function one(): Promise<void> {
    const kind = random.next();
    if (kind < 0.26) return request();
    if (kind < 0.66) return decide();
    if (kind < 0.8) return platform();
    if (kind < 0.9) return book();
    if (kind < 0.93) return undo();
    if (kind < 0.934) return freeze();
    if (kind < 0.97) return jump();
    return refresh();
  }

  return { one, spent, counts };
}
