import type { Redis } from 'ioredis';
import type { BudgetAccount, Leg, Move, OutboxCommand, TransferBody } from '#contract/budget';
import { AppError } from '#contract/errors';
import type { Principal } from '#contract/permissions';
import type { Campaign } from '../../domain/campaign.ts';
import { type Budget, createBudget } from '../create-budget.ts';
import type { Ask } from '../moves.ts';
import { LINK, noDue, PEOPLE, silent } from './cast.ts';
import { checkedScript } from './checked-scripts.ts';
import { createRandom, type Random } from './random.ts';

export interface ProofOptions {
  readonly redis: Redis;
  readonly prefix: string;
  /** Any with the channels search, social, kol and content; its times and limits are replaced. */
  readonly campaign: Campaign;
  readonly seed: number;
  readonly operations: number;
  readonly actors: number;
  /** Replay and balances are compared after so many operations, with all actors at rest. */
  readonly compareEvery: number;
}
export interface ProofReport {
  readonly operations: number;
  readonly lines: number;
  readonly moves: number;
  readonly replays: number;
  readonly comparisons: number;
  readonly refusals: Readonly<Record<string, number>>;
  readonly states: Readonly<Record<string, number>>;
  /** Empty when everything holds. */
  readonly faults: readonly string[];
}

/** What an operation may answer besides success; anything else, above all a broken invariant, is a fault. */
const isRefusal = (error: unknown): error is AppError => error instanceof AppError && error.code !== 'internal';
/** A request that was made, to be made again. */
interface Asked {
  readonly ask: Ask;
  readonly body: TransferBody;
  /** null: the reply was lost, or it was refused. */
  moveId: string | null;
}

/**
 * Random operations by many actors at once, with the faults of a bad night: requests and receipts twice and out of order,
 * replies lost before and after the effect, actors that stop between two steps, clocks that jump, platforms that take less. The
 * invariants are checked inside the scripts; here replies are checked against what was asked, and replay against balances.
 */
export async function proveLedger(options: ProofOptions): Promise<ProofReport> {
  const { redis, prefix, campaign, seed, operations, actors, compareEvery } = options;
  const random = createRandom(seed);
  const [seconds] = await redis.time();
  const skew = { ms: 0 };
  const startedMs = performance.now();
  const baseMs = Number(seconds) * 1_000;
  const nowMs = (): number => Math.floor(baseMs + performance.now() - startedMs) + skew.ms;
  const longer: Campaign = {
    ...campaign,
    closesAtMs: baseMs + 10_000 * 86_400_000,
    budgets: {
      ...campaign.budgets,
      platforms: { search: LINK, kol: { ...LINK, objectId: 'k', floorSpentRatio: 1.5 } },
      policy: { floorRatio: 0.6, cooldownMs: 4_000, hourRatio: 0.3, dayRatio: 1.5, dayIncreaseRatio: 3 },
    },
  };
  const scripts = { apply: checkedScript('apply-money-n'), spend: checkedScript('book-spend-8') };
  // two nodes over one store, as if one of them could die at any time: neither keeps anything the other needs
  const nodes = [0, 1].map(
    (): Budget =>
      createBudget({
        redis,
        prefix,
        instance: 'proof',
        campaign: longer,
        log: silent,
        nowMs,
        due: noDue,
        sealKey: Buffer.alloc(32, 1),
        dataDir: null,
        onDuty: () => [],
        people: async () => PEOPLE.map(({ id, name, role }) => ({ id, name, role })),
        alarm: () => null,
        staleFeed: () => null,
        spendReports: () => [],
        scripts,
      }),
  );
  const [first] = nodes as [Budget, Budget];
  for (const node of nodes) await node.fresh();
  await first.open();

  const faults: string[] = [];
  const refusals: Record<string, number> = {};
  const open = new Map<string, Move>();
  const settled: Move[] = [];
  const asked: Asked[] = [];
  const freezes: string[] = [];
  const spent = new Map<string, number>();
  let accounts: readonly BudgetAccount[] = [];
  let replays = 0;
  let done = 0;
  let keys = 0;
  let moves = 0;

  const node = (): Budget => random.pick(nodes) as Budget;
  const person = (): Principal => random.pick(PEOPLE) as Principal;
  const refresh = async (): Promise<void> => {
    await first.book.load();
    accounts = first.book.reply().accounts;
  };
  // two channels without a floor, so that what is available binds there, and two where the floor does
  await redis.hset(first.keys.rails, 'chan:content|floor', '0', 'chan:search|floor', '0');
  await refresh();
  const remember = (move: Move): void => {
    if (move.state === 'awaiting_approval') open.set(move.id, move);
    else open.delete(move.id);
    if ((move.state === 'settled' || move.state === 'partially_settled') && settled.length < 500) settled.push(move);
  };
  /** Runs one step; refusals are answers, everything else is a fault. A reply may be lost. */
  async function step<T>(work: () => Promise<T>): Promise<T | null> {
    if (random.chance(0.02)) return null; // lost before it had an effect
    try {
      const result = await work();
      return random.chance(0.02) ? null : result; // lost after it
    } catch (error) {
      if (!isRefusal(error)) faults.push(`${(error as Error).message}`.slice(0, 300));
      else refusals[error.code] = (refusals[error.code] ?? 0) + 1;
      if (isRefusal(error) && error.code === 'version_stale' && random.chance(0.5)) await refresh();
      return null;
    }
  }

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
      const of = random.chance(0.85) ? accounts.filter(({ kind }) => kind === 'chan') : accounts;
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
        accounts
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
    moves += 1;
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
    if (outcome.replayed) replays += 1;
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
    const cumulative =
      kind < 0.7
        ? before + random.whole(0, random.chance(0.06) ? 120_000_000 : 40_000)
        : kind < 0.8
          ? before
          : random.whole(0, before);
    spent.set(key, cumulative);
    await step(() => node().spend.book({ channel, day, spendMinor: cumulative }));
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
    skew.ms += random.chance(0.1)
      ? -random.whole(0, 60_000)
      : random.whole(0, random.chance(0.02) ? 7_200_000 : 30_000);
    await redis.hset(first.keys.head, 'testSkewMs', String(skew.ms));
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

  let comparisons = 0;
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
  skew.ms += 86_400_000;
  await redis.hset(first.keys.head, 'testSkewMs', String(skew.ms));
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
  return { operations: done, lines: seq, moves, replays, comparisons, refusals, states, faults };
}
