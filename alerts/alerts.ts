import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  type AlertLineReply,
  type AlertReply,
  type AlertsReply,
  type BacktestBody,
  type BacktestReply,
  DUE_KINDS,
  type RulesReply,
} from '#contract/alerts';
import { AppError } from '#contract/errors';
import type { FrameAlerts } from '#contract/frames';
import type { Actor } from '#contract/permissions';
import type { NameSource } from '#contract/place-names';
import { type Campaign, namesOf } from '../server/domain/campaign.ts';
import type { FrameSource } from '../server/realtime/frame-source.ts';
import type { DueWork } from '../server/room/due.ts';
import { createHeldClaim } from '../server/room/held-claim.ts';
import type { Log } from '../server/room/log.ts';
import type { Timeline } from '../server/room/timeline.ts';
import { ackExpiryHandler } from './ack-expiry-work.ts';
import { createAlertRate } from './alert-rate.ts';
import { createAway } from './away.ts';
import { createBacktest } from './backtest.ts';
import { AlertBook } from './book.ts';
import { type AlertCommands, createCommands } from './commands.ts';
import { createCosts } from './costs.ts';
import { policyFor } from './domain/escalation.ts';
import { explain } from './domain/explain.ts';
import { createDuty, type Duty } from './duty.ts';
import { createEngine, type EngineStats } from './engine.ts';
import { createFigureTiers, type FigureTiers } from './figure-tiers.ts';
import { RULES_CLAIM } from './keys.ts';
import { alertLine } from './line.ts';
import { createLoops } from './loops.ts';
import { type Account, createOwners, knownPeople, type OwnerDeps, type Owners } from './owner.ts';
import { createPageLoad, type PageLoad } from './page-load.ts';
import { createPaging, type Paging, type PagingDeps } from './paging.ts';
import { campaignRoster, type DutyConfig } from './read-duty.ts';
import { BaselineBook, readingResolver, type SystemFacts } from './readings.ts';
import type { AlertRecord } from './record.ts';
import { createRuleBook } from './rule-book.ts';
import { createRuleViews, type RuleViews } from './rule-states.ts';
import { createSharedFiles } from './shared-files.ts';
import { createSilences, type Silences } from './silences.ts';
import { steadySources } from './source-silence.ts';
import { type AlertRedis, AlertStore } from './store.ts';

/** ms between two looks: the view's own rhythm. */
const TICK_MS = 200;
/** ms between two looks at what other nodes and people changed; half a tick, so that an acknowledgement shows in time. */
const POLL_MS = 100;
/** ms between two looks at who stands in for whom. */
const DUTY_POLL_MS = 1_000;
/** ms until a reload on another node is noticed. */
const RULES_POLL_MS = 500;
/** ms between two counts of what fired lately. */
const RATE_POLL_MS = 2_000;

export interface AlertsOptions {
  readonly redis: AlertRedis;
  readonly prefix: string;
  readonly instance: string;
  readonly campaign: Campaign;
  readonly nodeId: string;
  readonly log: Log;
  readonly source: FrameSource;
  readonly timeline: Pick<Timeline, 'append' | 'page'>;
  readonly due: DueWork;
  /** Facts of the console itself; null where nobody measures. */
  readonly system: SystemFacts;
  /** Folder of the rules; the bundled ones when absent. */
  readonly rulesFolder?: string;
  readonly claimTtlMs?: number;
  /** Who can sign in here; nobody when absent. */
  readonly accounts?: () => Promise<readonly Account[]>;
  /** Of the part that delivers: why a person is spared a page, and the owner's reminder. */
  readonly spare?: PagingDeps['spare'];
  readonly onReminder?: (record: AlertRecord) => Promise<void>;
}
export interface Alerts extends RuleViews {
  readonly book: AlertBook;
  readonly store: AlertStore;
  readonly commands: AlertCommands;
  readonly silences: Silences;
  readonly duty: Duty;
  /** Finds whom an alert is given to. @throws {AppError} `validation` */
  readonly ownerOf: Owners;
  /** How often people were paged lately. */
  readonly pageLoad: PageLoad;
  /** For the part that delivers pages. */
  readonly paging: Paging;
  /** Who is paged, when, and what mutes what, as the newest reload has it. */
  readonly dutyConfig: () => DutyConfig;
  /** What people call what alerts are about. */
  readonly names: NameSource;
  /** Loads rules and alerts once; `start` does it too. @throws {AppError} `rules_invalid` when the rules are not sound */
  load(): Promise<void>;
  /** Loads, then looks every 200 ms. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** The windows were refreshed: look now. */
  nudge(): void;
  /** One look, for tests and tools: evaluates if this node may. */
  tick(): Promise<void>;
  frame(): FrameAlerts;
  /** Tiers of figures by the alerts about them. */
  figureTiers: FigureTiers;
  list(): AlertsReply;
  /** @throws {AppError} `not_found` */
  detail(id: string): Promise<AlertReply>;
  /** What its rule measures, over the last half hour. @throws {AppError} `not_found` */
  line(id: string): Promise<AlertLineReply>;
  rules(): RulesReply;
  /** Loads the rules anew, for all nodes; unsound ones are refused with their lines and the old ones go on. @throws {AppError} `rules_invalid` */
  reload(actor: Actor): Promise<RulesReply>;
  /** Takes the rules of a reload on another node; `start` does it twice a second. */
  followRules(): Promise<void>;
  /** ms since rules were last evaluated by any node; null before the first time. */
  evaluatedAgoMs(): number | null;
  /** @throws {AppError} `rules_invalid`, `out_of_range` */
  backtest(body: BacktestBody): Promise<BacktestReply>;
  stats(): EngineStats;
}

/** Alerts of one node: the rules, this node's copy of what is open, what people may do, and the evaluation it may hold. */
export function createAlerts(options: AlertsOptions): Alerts {
  const { redis, prefix, instance, campaign, nodeId, log, source, timeline, due } = options;
  const nowMs = (): number => source.redisNowMs();
  const store = new AlertStore(redis, prefix, instance);
  const people = createDuty({
    redis,
    prefix,
    instance,
    nowMs,
    base: campaignRoster(campaign),
    names: campaign.file.organisation.posts,
    ...(options.accounts === undefined ? {} : { known: () => knownPeople(ownerDeps) }),
  });
  const ownerDeps: OwnerDeps = {
    accounts: options.accounts ?? (async () => []),
    roster: () => people.roster(),
    contacts: () => duty().contacts,
  };
  const rate = createAlertRate(timeline, nowMs);
  const baselines = new BaselineBook();
  const evaluatedAgoMs = (): number | null => book.frame().evaluatedAgoMs ?? null;
  const away = createAway({ evaluatedAgoMs, nowMs });
  const resolver = () => readingResolver(source, nowMs(), options.system, baselines, away.last());
  const ruleBook = createRuleBook({
    campaign,
    nowMs,
    timeline,
    folder: options.rulesFolder,
    steadySources: steadySources(source),
    shared: createSharedFiles(redis, { texts: store.keys.rules, version: store.keys.rulesVersion }),
    log,
  });
  const duty = ruleBook.duty;
  const book = new AlertBook({
    store,
    nowMs,
    inhibit: () => duty().inhibit,
    costOf: (rule) => ruleBook.byId(rule)?.rule.cost ?? null,
    cost: createCosts(source),
    log,
  });
  const engine = createEngine({
    store,
    book,
    claim: createHeldClaim({
      redis,
      prefix,
      instance,
      name: RULES_CLAIM,
      nodeId,
      ...(options.claimTtlMs === undefined ? {} : { ttlMs: options.claimTtlMs }),
    }),
    nowMs,
    rules: ruleBook.rules,
    policies: () => duty().policies,
    groupBy: () => duty().groupBy,
    resolver,
    log,
  });
  const policies = () => duty().policies;
  const commands = createCommands({ store, book, prefix, instance, nowMs, policies });
  const silences = createSilences({ store, book, prefix, instance, nowMs });
  const { spare, onReminder } = options;
  due.register(
    DUE_KINDS.ackExpiry,
    ackExpiryHandler({ store, book, policies, nowMs, ...(onReminder === undefined ? {} : { onReminder }) }),
  );
  store.onDue = () => due.nudge();
  const paging = createPaging({
    store,
    book,
    policies,
    roster: () => people.roster(),
    nowMs,
    ...(spare === undefined ? {} : { spare }),
  });
  const loops = createLoops(log);
  async function load(): Promise<void> {
    await ruleBook.load();
    for (const { rule, why } of ruleBook.set().skipped)
      log.info({ rule, why }, 'an alert rule does not apply to this campaign');
    await Promise.all([book.poll(true), people.poll()]);
  }
  const tick = async (): Promise<void> => {
    // before the windows are whole every figure looks fallen
    if (source.loadingRatio !== null || source.degraded) return;
    away.note();
    await engine.tick();
  };

  return {
    book,
    store,
    commands,
    silences,
    dutyConfig: duty,
    names: namesOf(campaign),
    paging,
    tick,
    load,
    async start() {
      await load();
      loops.start([
        [POLL_MS, () => book.poll(), 'reading alerts'],
        [DUTY_POLL_MS, () => people.poll(), 'reading the duty roster'],
        [RULES_POLL_MS, () => ruleBook.follow(), 'following the rules'],
        [RATE_POLL_MS, () => rate.poll(), 'counting alerts'],
        // in step with the view; on its own when nothing refreshes the view
        [2 * TICK_MS, tick, 'evaluating alert rules', loops.nudged],
      ]);
    },
    followRules: ruleBook.follow,
    nudge: loops.nudge,
    stop: loops.stop,
    frame: () => ({ ...book.frame(), ...rate.frame() }),
    figureTiers: createFigureTiers({ rules: ruleBook.rules, book }),
    list: () => {
      const alerts = book.all();
      return { alerts, position: book.position, totalCount: alerts.length, ...book.tally() };
    },
    async detail(id) {
      const found = await store.read(id);
      if (found === null)
        throw new AppError('not_found', `there is no alert ${id.slice(0, 80)}; it may be older than 72 h`);
      const history = await store.history(id);
      const alert = book.show(found.record);
      const own = duty().policies.find((candidate) => candidate.id === alert.policy);
      const policy = own ?? (alert.policy === '' ? null : policyFor(duty().policies, alert.tier));
      const openInGroupCount = book.openInGroup(alert.group);
      const explanation = explain({
        alert,
        history,
        policy,
        roster: people.roster(),
        openInGroupCount,
        spared: await paging.sparedNow(alert),
        nowMs: nowMs(),
      });
      const rule = alert.origin === 'rule' ? ruleBook.byId(alert.rule)?.rule : undefined;
      return { alert, history, explanation, rule: rule ?? null };
    },
    async line(id) {
      const found = await store.read(id);
      if (found === null)
        throw new AppError('not_found', `there is no alert ${id.slice(0, 80)}; it may be older than 72 h`);
      const { rule, labels } = found.record;
      return alertLine(ruleBook.byId(rule), labels, source, nowMs(), () => nextTurn());
    },
    rules: ruleBook.reply,
    ...createRuleViews({ ruleBook, resolver, book, nowMs }),
    duty: people,
    ownerOf: createOwners(ownerDeps),
    pageLoad: createPageLoad({ store, book, timeline, nowMs, timeZone: campaign.file.timeZone }),
    reload: ruleBook.reload,
    evaluatedAgoMs,
    backtest: createBacktest({ ruleBook, source, duty, roster: () => people.roster(), nowMs }),
    stats: () => engine.stats(),
  };
}
