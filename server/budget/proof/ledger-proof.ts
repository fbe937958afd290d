import { createActors } from './actors.ts';
import { createNight, type ProofOptions } from './night.ts';

export interface ProofReport {
  readonly operations: number;
  readonly lines: number;
  readonly moves: number;
  readonly replays: number;
  /** Overspends that the reserve paid. */
  readonly covers: number;
  /** Channels that paid the reserve back. */
  readonly repays: number;
  readonly comparisons: number;
  readonly refusals: Readonly<Record<string, number>>;
  readonly states: Readonly<Record<string, number>>;
  /** Empty when everything holds. */
  readonly faults: readonly string[];
}

/**
 * Random operations by many actors at once, with the faults of a bad night: requests and receipts twice and out of order,
 * replies lost before and after the effect, actors that stop between two steps, clocks that jump, platforms that take less. The
 * invariants are checked inside the scripts; here replies are checked against what was asked, and replay against balances.
 */
export async function proveLedger(options: ProofOptions): Promise<ProofReport> {
  const { redis, operations, actors, compareEvery } = options;
  const night = await createNight(options);
  const { first, faults, refusals, nowMs } = night;
  const { one, spent, counts } = createActors(night);

  let comparisons = 0;
  let done = 0;
  async function compare(): Promise<void> {
    await first.watch.seal();
    const fault = await first.watch.run();
    comparisons += 1;
    if (fault !== null) faults.push(`line ${fault.seq}: ${fault.what}`);
  }
  while (done < operations && faults.length === 0) {
    const until = Math.min(operations, done + compareEvery);
    await Promise.all(
      Array.from({ length: actors }, async () => {
        while (done < until && faults.length === 0) {
          done += 1;
          await one();
        }
      }),
    );
    await compare();
  }

  // the night is over: whatever is open comes to an end, and nothing is held for ever
  for (let round = 0; round < 4 && faults.length === 0; round += 1) {
    for (const command of await first.money.openCommands()) {
      const receipt = {
        commandId: command.id,
        direction: command.direction,
        outcome: 'applied' as const,
        appliedMinor: command.amountMinor,
        confirmedMinor: null,
        externalRef: null,
        message: null,
        at: nowMs(),
      };
      await first.money.confirmLeg(command.id, receipt).catch((error: Error) => faults.push(error.message));
    }
  }
  // every report comes again: nothing is booked that was booked before, and nothing is missing
  for (const [key, spendMinor] of spent) {
    const [channel = '', day = ''] = key.split('|');
    await first.spend.book({ channel, day, spendMinor });
  }
  for (const channel of new Set([...spent.keys()].map((key) => key.slice(0, key.indexOf('|'))))) {
    const reported = [...spent].reduce((sum, [key, minor]) => (key.startsWith(`${channel}|`) ? sum + minor : sum), 0);
    const [credits, debits] = await redis.hmget(
      first.keys.accounts,
      `spend:${channel}|creditsPosted`,
      `spend:${channel}|debitsPosted`,
    );
    const booked = Number(credits ?? 0) - Number(debits ?? 0);
    if (booked !== reported) faults.push(`${channel} reported ${reported} and ${booked} is booked`);
  }
  await night.jump(86_400_000);
  const states: Record<string, number> = {};
  const ids = await redis.hkeys(first.keys.moves);
  for (const id of ids) {
    let move = await first.store.move(id);
    if (move.state === 'awaiting_approval') ({ move } = await first.decide.expire(id));
    states[move.state] = (states[move.state] ?? 0) + 1;
    if (move.endedAt === null) faults.push(`${id} is still ${move.state}`);
  }
  await first.book.load();
  for (const { id, held, incoming } of first.book.reply().accounts)
    if (held !== 0 || incoming !== 0) faults.push(`${id} still holds ${held} and ${incoming}`);
  if (faults.length === 0) await compare();
  const { seq } = await first.ledger.head();
  return { operations: done, lines: seq, ...counts, comparisons, refusals, states, faults };
}
