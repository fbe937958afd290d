import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { BudgetAccount, BudgetReply, LedgerLine, Leg, Move, MoveReply, PlatformView } from '#contract/budget';
import type { DemoAccess } from '#contract/people';
import type { TimelineEntry, TimelineReply } from '#contract/timeline';
import { objectsOf } from '../platform/of-campaign.ts';
import { Platform } from '../platform/platform.ts';
import { DRILL_RATE, moneyCampaign } from './money-campaign.ts';
import { ENDED, judgeInvariants, judgePlatforms } from './money-judge.ts';
import { ServerUnderTest } from './server-under-test.ts';

const WITHIN_MS = 30_000;
type Person = keyof DemoAccess['roles'] | (string & {});

/** What a person was told: a reply, or a refusal with its code. */
export interface Told<T> {
  readonly status: number;
  readonly body: T;
  /** null: it was not refused. */
  readonly code: string | null;
}
export interface StageOptions {
  readonly seed: number;
  readonly quiet: boolean;
  /** How long the sale has been open, ms; a minute. */
  readonly opensAgoMs?: number;
  /** What the channels share; a million yuan. */
  readonly marketingMinor?: number;
  /** Alert rules instead of the shipped ones. */
  readonly rules?: string;
  /** More arguments of the demo. */
  readonly args?: readonly string[];
}
/** One rule of a drill and whether it held. */
export interface Verdict {
  readonly rule: string;
  readonly ok: boolean;
  readonly seen: string;
}

/** A server of its own with a small campaign, the ad platform, the people of the demo, and the rules that were judged. */
export class MoneyStage {
  readonly server: ServerUnderTest;
  readonly platform: Platform;
  readonly verdicts: Verdict[] = [];
  readonly quiet: boolean;
  #access: DemoAccess;
  readonly #folder: string;
  #revision = 0;
  #events = 0;

  private constructor(server: ServerUnderTest, platform: Platform, folder: string, quiet: boolean) {
    this.server = server;
    this.platform = platform;
    this.#folder = folder;
    this.quiet = quiet;
    this.#access = this.#readAccess();
  }

  /** @param opensAgoMs - how long the sale has been open */
  static async start({ seed, quiet, opensAgoMs = 60_000, marketingMinor, rules, args }: StageOptions) {
    const secret = `whsec_${createHash('sha256').update(`drill ${seed}`).digest('base64')}`;
    const campaign = moneyCampaign(marketingMinor);
    const platform = await Platform.start({ objects: objectsOf(campaign), secrets: [secret], seed });
    const folder = mkdtempSync(join(tmpdir(), 'wr-money-'));
    try {
      const hooks = join(folder, 'hooks.yaml');
      writeFileSync(hooks, JSON.stringify({ hooks: { ad_platform: { url: platform.url, secrets: [secret] } } }), {
        mode: 0o600,
      });
      const campaignFile = join(folder, 'campaign.yaml');
      writeFileSync(campaignFile, JSON.stringify(campaign));
      if (rules !== undefined) {
        mkdirSync(join(folder, 'rules'));
        writeFileSync(join(folder, 'rules', 'drill.yaml'), rules);
      }
      const env = {
        ...(rules === undefined ? {} : { RULES_DIR: join(folder, 'rules') }),
        CAMPAIGN: campaignFile,
        HOOKS_FILE: hooks,
        WARROOM_NO_SETUP: '1', // nobody looks at pages here: the client is not built
        OUTBOUND_ALLOW: `127.0.0.1:${platform.port}`,
        OPENS_AT: new Date(Date.now() - opensAgoMs).toISOString(),
      };
      const server = await ServerUnderTest.start({
        ratePerSecond: DRILL_RATE,
        env,
        ...(args === undefined ? {} : { args }),
      });
      return new MoneyStage(server, platform, folder, quiet);
    } catch (error) {
      await platform.stop();
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.server.stop();
    await this.platform.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #readAccess(): DemoAccess {
    return JSON.parse(readFileSync(join(this.server.dataDir, 'demo-access.json'), 'utf8')) as DemoAccess;
  }

  // ---- judging
  say(text: string): void {
    if (!this.quiet) process.stdout.write(`  ${text}\n`);
  }
  rule(rule: string, ok: boolean, seen: string): void {
    this.verdicts.push({ rule, ok, seen });
    this.say(`${ok ? 'PASS' : 'FAIL'}  ${rule} (${seen})`);
  }
  /** Waits until something is so. @returns the value, or null when it never was */
  async until<T>(look: () => Promise<T | null | false>, withinMs = WITHIN_MS): Promise<T | null> {
    const endMs = performance.now() + withinMs;
    for (;;) {
      const found = await look().catch(() => null);
      if (found !== null && found !== false) return found;
      if (performance.now() > endMs) return null;
      await wait(100);
    }
  }

  // ---- people
  async ask<T>(as: Person, method: string, path: string, body?: unknown, key: string = randomUUID()): Promise<Told<T>> {
    const { roles, people } = this.#access;
    const person = roles[as as keyof typeof roles] ?? people.find(({ name }) => name === as);
    if (person === undefined) throw new Error(`nobody is called ${as}`);
    const reply = await fetch(`${this.#access.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${person.token}`,
        ...(method === 'GET' ? {} : { 'idempotency-key': key }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(10_000),
    });
    const value = (await reply.json()) as T & { code?: string };
    return { status: reply.status, body: value, code: reply.ok ? null : (value.code ?? String(reply.status)) };
  }
  async budget(): Promise<BudgetReply> {
    return (await this.ask<BudgetReply>('finance', 'GET', '/api/v1/budget')).body;
  }
  async account(id: string): Promise<BudgetAccount> {
    const found = (await this.budget()).accounts.find((account) => account.id === id);
    if (found === undefined) throw new Error(`there is no account ${id}`);
    return found;
  }
  async move(id: string): Promise<Move> {
    const { body } = await this.ask<MoveReply>('finance', 'GET', `/api/v1/budget/transfers/${id}`);
    if (body.move === null) throw new Error(`there is no move ${id}`);
    return body.move;
  }
  /** Asks for money to be moved, on the allocation versions as they are now. */
  async request(as: Person, legs: readonly Leg[], reason: string, more: object = {}): Promise<Told<MoveReply>> {
    const { accounts } = await this.budget();
    const named = new Set(legs.flatMap(({ from, to }) => [from, to]));
    const touched = accounts.filter(({ id }) => named.has(id));
    const expected = Object.fromEntries(touched.map(({ id, allocationVersion }) => [id, allocationVersion]));
    return this.ask(as, 'POST', '/api/v1/budget/transfers', { legs, expected, reason, ...more });
  }
  approve(as: Person, { id, terms }: Pick<Move, 'id' | 'terms'>): Promise<Told<MoveReply>> {
    return this.ask(as, 'POST', `/api/v1/budget/transfers/${id}/approve`, { terms });
  }
  /** Everybody whose turn it is says yes, until nobody is asked any more. */
  async approveAll(move: Pick<Move, 'id' | 'terms'>): Promise<void> {
    const refused: string[] = [];
    const done = await this.until(async () => {
      const { body } = await this.ask<MoveReply>('finance', 'GET', `/api/v1/budget/transfers/${move.id}`);
      if (body.move !== null && body.move.state !== 'awaiting_approval') return true;
      const next = body.move?.seats.flatMap(({ people }) => people)[0];
      if (next === undefined) return false;
      const told = await this.approve(next.name, move);
      if (told.code !== null) refused.push(`${next.name}: ${told.code}`);
      return false;
    }, 10_000);
    if (done === null) throw new Error(`nobody could approve ${move.id}: ${refused.slice(0, 3).join(', ')}`);
  }
  /** Waits until a move has come to an end, or to one of these states. */
  settled(id: string, states: readonly Move['state'][] = ENDED, withinMs = WITHIN_MS): Promise<Move | null> {
    return this.until(async () => {
      const move = await this.move(id);
      return states.includes(move.state) ? move : null;
    }, withinMs);
  }
  async platformView(channel: string): Promise<PlatformView | null> {
    return (await this.account(`chan:${channel}`)).platform;
  }
  look(channel: string): Promise<Told<PlatformView>> {
    return this.ask('marketing', 'POST', `/api/v1/budget/platforms/${channel}/look`);
  }
  /** Waits until the timeline tells of a kind. */
  async told(kind: string): Promise<boolean> {
    return (await this.until(async () => (await this.timeline()).some((entry) => entry.kind === kind))) === true;
  }
  async timeline(): Promise<readonly TimelineEntry[]> {
    return (await this.ask<TimelineReply>('commander', 'GET', '/api/v1/timeline?limit=500')).body.entries;
  }

  // ---- the world
  get day(): string {
    return new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai' }).format(Date.now());
  }
  /** Sends events as the source systems do; throws unless all of them were taken. */
  async send(events: readonly Readonly<Record<string, unknown>>[]): Promise<void> {
    const lines = events.map((event) => {
      this.#events += 1;
      return JSON.stringify({ id: `drill-${process.pid}-${this.#events}`, ts: Date.now(), ...event });
    });
    const reply = await fetch(`${this.#access.url}/api/v1/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.#access.ingestKey}`, 'content-type': 'application/x-ndjson' },
      body: lines.join('\n'),
      signal: AbortSignal.timeout(10_000),
    });
    const told = (await reply.json()) as { accepted?: number };
    if (told.accepted !== events.length) throw new Error(`events were not taken: ${JSON.stringify(told)}`);
  }
  /** The market wants to spend so much on a channel; the platform charges what it may and reports it. */
  async spend(channel: string, wantedMinor: number, clicks = 100): Promise<number> {
    const object = [...this.platform.objects.values()].find((one) => one.channel === channel);
    if (object === undefined) throw new Error(`${channel} has no platform`);
    const { overdelivery } = this.platform.faults.of(object.objectId);
    const chargedMinor = object.charge(wantedMinor, this.day, overdelivery ?? undefined);
    await this.report(channel, object.reading.spentMinor, clicks);
    return chargedMinor;
  }
  async report(channel: string, spendMinor: number, clicks: number): Promise<void> {
    await this.send([this.reportOf(channel, spendMinor, clicks)]);
  }
  /** A day report as its platform would send it now. */
  reportOf(channel: string, spendMinor: number, clicks: number): Record<string, unknown> {
    this.#revision += 1;
    const counts = { spendMinor, impressions: clicks * 50, clicks };
    return {
      source: `/ads/${channel}`,
      type: 'ad.reported',
      channel,
      day: this.day,
      revision: this.#revision,
      ...counts,
    };
  }

  // ---- the oracle
  /** The whole ledger as it is hashed, oldest first. */
  async ledger(): Promise<readonly { readonly text: string; readonly line: LedgerLine }[]> {
    const reply = await fetch(`${this.#access.url}/api/v1/budget/ledger`, {
      headers: { authorization: `Bearer ${this.#access.roles.finance.token}`, accept: 'application/x-ndjson' },
      signal: AbortSignal.timeout(10_000),
    });
    const texts = (await reply.text()).split('\n').filter((text) => text !== '');
    return texts.flatMap((text) => {
      const value = JSON.parse(text) as LedgerLine | { seal: unknown };
      return 'seq' in value ? [{ text, line: value }] : [];
    });
  }
  judgeInvariants(): Promise<void> {
    return judgeInvariants(this);
  }
  /** @param initialMinor - budgets that the platform's objects began with */
  judgePlatforms(initialMinor: Readonly<Record<string, number>>): Promise<void> {
    return judgePlatforms(this, initialMinor);
  }
}

/** Budgets that the platform's objects begin with. */
export const budgetsOf = (platform: Platform): Record<string, number> =>
  Object.fromEntries([...platform.objects.values()].map(({ channel, reading }) => [channel, reading.dailyBudgetMinor]));
