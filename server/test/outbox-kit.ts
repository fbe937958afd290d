import type { Move, OutboxCommand, PlatformReceipt } from '#contract/budget';
import type { PlatformLink } from '#contract/platforms';
import type { ObjectRules } from '../../load/platform/ad-object.ts';
import { Platform, type PlatformOptions } from '../../load/platform/platform.ts';
import { type BookRedis, createBookStore } from '../budget/outbox/book-store.ts';
import { type CommandMoney, type Courier, type CrashPoint, createCourier } from '../budget/outbox/courier.ts';
import { webhookAdapter } from '../budget/platforms/webhook-adapter.ts';
import { createOutbound } from '../outbound/send.ts';

export const PLATFORM_SECRET = `whsec_${Buffer.from('a platform secret of 32 bytes ok').toString('base64')}`;
export const linkOf = (channel: string, change: Partial<PlatformLink> = {}): PlatformLink => ({
  objectId: `o-${channel}`,
  hook: 'ad_platform',
  quotaCount: 100,
  quotaWindowS: 3_600,
  minMinor: 5_000,
  maxMinor: 100_000_000,
  minStepMinor: 0,
  floorSpentRatio: 1.2,
  floorSpentPlusMinor: 5_000,
  overdeliveryFactor: 1,
  overdeliveryOf: 'present',
  ...change,
});
/** The same, in the words of the platform. */
export const rulesOf = (link: PlatformLink): ObjectRules => ({
  quotaCount: link.quotaCount,
  quotaWindowMs: link.quotaWindowS * 1_000,
  minMinor: link.minMinor,
  maxMinor: link.maxMinor,
  minStepMinor: link.minStepMinor,
  spentTimes: link.floorSpentRatio,
  spentPlusMinor: link.floorSpentPlusMinor,
  overdelivery: link.overdeliveryFactor,
  overdeliveryOf: link.overdeliveryOf,
});

/** Time that stands still until somebody moves it. */
export class TestClock {
  ms = Date.now();
  readonly now = (): number => this.ms;
}

/** Commands and receipts as money keeps them, without money: enough for the outbox, and an oracle of what it was told. */
export class CommandList implements CommandMoney {
  readonly commands: OutboxCommand[] = [];
  readonly receipts = new Map<string, PlatformReceipt[]>();
  readonly marks: string[] = [];

  add(channel: string, deltaMinor: number): OutboxCommand {
    const seq = this.commands.length + 1;
    const command: OutboxCommand = {
      id: `cmd-${seq}`,
      moveId: `move-${seq}`,
      leg: 0,
      channel,
      direction: deltaMinor < 0 ? 'decrease' : 'increase',
      amountMinor: Math.abs(deltaMinor),
      targetMinor: 0,
      seq,
      createdAt: seq,
    };
    this.commands.push(command);
    return command;
  }
  async openCommands(channel?: string): Promise<readonly OutboxCommand[]> {
    return this.commands.filter(
      (command) => (channel === undefined || command.channel === channel) && !this.receipts.has(command.id),
    );
  }
  async marked(commandId: string, as: string): Promise<void> {
    this.marks.push(`${commandId} ${as}`);
  }
  async confirmLeg(commandId: string, receipt: PlatformReceipt): Promise<Move> {
    this.receipts.set(commandId, [...(this.receipts.get(commandId) ?? []), receipt]);
    return {} as Move;
  }
  /** Sum of what took effect by the receipts, signed. */
  appliedMinor(channel: string): number {
    return this.commands
      .filter((command) => command.channel === channel)
      .map(({ id, direction }) => (direction === 'decrease' ? -1 : 1) * (this.receipts.get(id)?.[0]?.appliedMinor ?? 0))
      .reduce((sum, minor) => sum + minor, 0);
  }
}

export class Crash extends Error {}

export async function startPlatform(
  links: Readonly<Record<string, PlatformLink>>,
  clock: TestClock,
  change: Partial<PlatformOptions> & { dailyBudgetMinor?: number } = {},
): Promise<Platform> {
  const { dailyBudgetMinor = 1_000_000, ...options } = change;
  return Platform.start({
    objects: Object.entries(links).map(([channel, link]) => ({
      objectId: link.objectId,
      channel,
      rules: rulesOf(link),
      dailyBudgetMinor,
    })),
    secrets: [PLATFORM_SECRET],
    seed: 1,
    nowMs: clock.now,
    ...options,
  });
}

export interface TestNode {
  readonly courier: Courier;
  readonly store: ReturnType<typeof createBookStore>;
}
/** One node's courier against a platform over real HTTP. `at` may throw `Crash`: the node is dead then. */
export function courierOn(
  platform: Platform,
  {
    redis,
    prefix,
    channel,
    link,
    money,
    clock,
    at,
    frozen = () => false,
    timeouts = { setMs: 3_000, readMs: 2_000 },
  }: {
    redis: BookRedis;
    prefix: string;
    channel: string;
    link: PlatformLink;
    money: CommandMoney;
    clock: TestClock;
    at?: (point: CrashPoint) => Promise<void> | void;
    frozen?: () => boolean;
    timeouts?: { setMs: number; readMs: number };
  },
): TestNode {
  const outbound = createOutbound({ allow: [`127.0.0.1:${platform.port}`], nowMs: clock.now });
  const store = createBookStore(redis, { prefix, instance: 'i1', channel, objectId: link.objectId });
  let tokens = 0;
  const node = Math.random().toString(36).slice(2);
  const courier = createCourier({
    channel,
    link,
    adapter: webhookAdapter(outbound, { url: platform.url, secrets: [PLATFORM_SECRET] }, 'CNY', timeouts),
    store,
    money,
    nowMs: clock.now,
    random: () => 0.5,
    newToken: () => {
      tokens += 1;
      return `${node}-${tokens}`;
    },
    frozen,
    ...(at === undefined ? {} : { at }),
  });
  return { courier, store };
}

/** Turns until nothing waits, moving the clock over every wait. @returns how many turns it took */
export async function runDry(courier: Courier, clock: TestClock, turnsMax = 200): Promise<number> {
  for (let turn = 1; turn <= turnsMax; turn += 1) {
    const inMs = await courier.turn();
    if (inMs === null) return turn;
    clock.ms += inMs;
  }
  throw new Error('the outbox does not come to an end');
}
