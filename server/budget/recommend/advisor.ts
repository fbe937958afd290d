import type { Redis } from 'ioredis';
import type { AdvicePort, Card, LedgerFacts, Objective } from '#contract/budget';
import { cardIdsOf, OBJECTIVES } from '#contract/budget';
import { AppError } from '#contract/errors';
import type { AdviceReply, WhatIfBody, WhatIfReply } from '#contract/recommendations';
import type { AdviceFigures } from '../../domain/kpis/types.ts';
import type { FrameSource } from '../../realtime/frame-source.ts';
import type { HeldClaim } from '../../room/held-claim.ts';
import { createHeldClaim } from '../../room/held-claim.ts';
import type { Log } from '../../room/log.ts';
import type { Timeline } from '../../room/timeline.ts';
import { adviceFigures } from './advice-figures.ts';
import { ADVICE_CLAIM, createAdviceStore } from './advice-store.ts';
import { createChannelFacts } from './channel-facts.ts';
import { contextAt, freshened, openCards, pacedChannels, troubledChannels } from './context.ts';
import { decide } from './decide.ts';
import { floorTick, learnTicks, newState } from './learn-ticks.ts';
import { ledgerMoney, type Money, plannedMoney } from './money.ts';
import { effectOfLegs, type ReplyInput, replyOf, whatIf } from './reply.ts';
import { DEMO_RHYTHM, decideEveryMs, type Rhythm, SALE_RHYTHM } from './rhythm.ts';
import { judgeSettled, takeSettled } from './settled-moves.ts';
import { type AdviceState, CARDS_KEPT, type Context } from './state.ts';
import { newsOf } from './tell.ts';

export interface AdvisorOptions {
  readonly redis: Redis;
  readonly prefix: string;
  readonly instance: string;
  readonly nodeId: string;
  readonly log: Log;
  readonly source: FrameSource;
  readonly timeline: Pick<Timeline, 'append'>;
  /** null: no ledger keeps the money; the campaign's own allocations are taken. */
  readonly ledger: LedgerFacts | null;
  /** A demo lives a sale in minutes. */
  readonly demo: boolean;
  readonly rhythm?: Rhythm;
  /** ms between looks; 1,000. */
  readonly lookMs?: number;
}
/** Recommendations: one node learns and decides, every node answers. */
export interface Advisor extends AdvicePort {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** One look: learn, decide, judge, when it is time to and this node holds the claim. */
  look(): Promise<void>;
  recommendation(objective: Objective): AdviceReply;
  /** For figures: where the curves stand and how the advice did; null before enough was learnt. */
  figures(): AdviceFigures | null;
  /** @throws {AppError} `store_loading` before the first tick, `unknown_channel` */
  whatIf(body: WhatIfBody): WhatIfReply;
}

export function createAdvisor(options: AdvisorOptions): Advisor {
  const { redis, prefix, instance, nodeId, log, source, ledger, lookMs = 1_000 } = options;
  const rhythm = options.rhythm ?? (options.demo ? DEMO_RHYTHM : SALE_RHYTHM);
  const { campaign, reader } = source;
  const store = createAdviceStore(redis, prefix, instance);
  const claim: HeldClaim = createHeldClaim({ redis, prefix, instance, name: ADVICE_CLAIM, nodeId });
  const money: Money = ledger === null ? plannedMoney(campaign, reader) : ledgerMoney(campaign, ledger);
  const factsOf = createChannelFacts(source, rhythm);
  const input = (): ReplyInput => ({ campaign, rhythm, nowMs: source.redisNowMs() });
  let timer: NodeJS.Timeout | null = null;
  let running = false;
  let looking: Promise<void> = Promise.resolve();

  /** What has come in for good: the slower of orders and ad reports, less what may still be late. */
  function settledToMs(nowMs: number): number {
    const marks = source.feedWatermarksMs();
    const heard = [marks.orders, marks.ads].filter((ms) => typeof ms === 'number');
    // a feed that stands still does not stop the other for ever: after two ticks its silence is learnt as it is
    const mark = heard.length === 0 ? 0 : Math.min(...heard);
    return Math.max(mark, nowMs - 2 * rhythm.tickMs) - rhythm.settleMs;
  }

  async function look(): Promise<void> {
    if (source.loadingRatio !== null || source.degraded) return;
    if (!(await claim.renew())) {
      await store.poll();
      return;
    }
    const nowMs = source.redisNowMs();
    const before = (await store.poll()) ?? newState(campaign, rhythm, nowMs - rhythm.horizonTicks * rhythm.tickMs);
    const readyToMs = Math.min(floorTick(campaign, rhythm, settledToMs(nowMs)), campaign.closesAtMs);
    const closing = nowMs >= campaign.closesAtMs && before.context?.phase !== 'closed';
    if (readyToMs <= before.learntToMs && !closing && store.state !== null) return;
    const next = await tick(before, nowMs, readyToMs);
    if (!claim.isHeld()) return;
    await store.save(next, claim);
    for (const entry of newsOf(before, next)) await options.timeline.append(entry);
  }

  async function tick(before: AdviceState, nowMs: number, readyToMs: number): Promise<AdviceState> {
    const troubled = troubledChannels(before.context);
    const learnt = learnTicks(before, { campaign, read: reader, rhythm, settledToMs: readyToMs, troubled });
    const moved = takeSettled(learnt, await money.settledSince(learnt.movesToMs));
    const judged = judgeSettled(moved, { campaign, read: reader, rhythm });
    const channels = money.channels();
    const context = contextAt(campaign, rhythm, nowMs, channels, factsOf(judged, channels));
    const paced = { ...judged, context, channels: pacedChannels(judged.channels, context, campaign) };
    const cards = openCards(paced, context);
    const gone = paced.cards.filter((one) => !cards.includes(one));
    const open = { ...paced, cards, withdrawn: [...(paced.withdrawn ?? []), ...gone].slice(-CARDS_KEPT) };
    const isDue =
      before.decidedAtMs === null || nowMs - before.decidedAtMs >= decideEveryMs(rhythm) - rhythm.tickMs / 2;
    const silent = Object.values(before.decisions).every(({ note }) => note === 'learning' || note === 'vetoed');
    return isDue || silent || context.phase !== before.context?.phase ? decided(open, context, nowMs) : open;
  }

  function decided(state: AdviceState, context: Context, nowMs: number): AdviceState {
    const kept = { account: money.keptAccount, version: money.keptVersion() };
    const all = OBJECTIVES.map((objective) => ({
      objective,
      ...decide(state, objective, { campaign, rhythm, context, nowMs, kept }),
    }));
    return {
      ...state,
      decidedAtMs: nowMs,
      decisions: Object.fromEntries(all.map(({ objective, decision }) => [objective, decision])),
      cards: [...state.cards, ...all.flatMap(({ cards }) => cards)].slice(-CARDS_KEPT),
    };
  }

  function loop(): void {
    looking = look()
      .catch((error: unknown) => {
        if (error instanceof AppError && error.code === 'stale_claim') return;
        log.warn({ err: error }, 'recommendations: this look failed; the next one goes on');
      })
      .then(() => {
        if (running) timer = setTimeout(loop, lookMs);
      });
  }

  /** What is known, with the money of this instant. */
  function shown(): AdviceState | null {
    const { state } = store;
    if (state === null || state.context === null) return state;
    return { ...state, context: freshened(state.context, money.channels()) };
  }

  let figuresOf: AdviceState | null = null;
  let figures: AdviceFigures | null = null;
  /** Worked out once for each learnt tick: every view asks five times a second. */
  function figuresNow(): AdviceFigures | null {
    if (store.state !== figuresOf) {
      figuresOf = store.state;
      figures = adviceFigures(replyOf(shown(), 'gmv', input()));
    }
    return figures;
  }

  /** One card, or several of one decision as one. */
  function card(id: string): Card | null {
    const nowMs = source.redisNowMs();
    const found = cardIdsOf(id).map((each) =>
      store.state?.cards.find((one) => one.id === each && one.expiresAt > nowMs),
    );
    const cards = found.filter((one) => one !== undefined);
    const [first] = cards;
    if (first === undefined || cards.length < found.length) return null;
    if (cards.length === 1) return first;
    const legs = cards.flatMap((one) => one.legs);
    const effect = effectOfLegs(shown(), legs, first.objective, input()) ?? first.effect;
    // all of them are no surer than the least sure one
    const probability = Math.min(effect.probability, ...cards.map((one) => one.effect.probability));
    const expected = Object.assign({}, ...cards.map((one) => one.expected)) as Card['expected'];
    return { ...first, id, legs, effect: { ...effect, probability }, expected };
  }

  return {
    speed: Math.max(1, SALE_RHYTHM.tickMs / rhythm.tickMs),
    look,
    card,
    effect: (legs, objective = 'gmv') => effectOfLegs(shown(), legs, objective, input()),
    recommendation: (objective) => replyOf(shown(), objective, input()),
    figures: figuresNow,
    whatIf({ allocations, objective = 'gmv' }) {
      const state = shown();
      if (state === null || state.context === null || state.context.share <= 0)
        throw new AppError('store_loading', 'no window has been learnt from yet; ask again', { retryAfterS: 5 });
      const { context } = state;
      const stranger = Object.keys(allocations).find((id) => !context.seats.some(({ account }) => account === id));
      if (stranger !== undefined)
        throw new AppError('unknown_channel', `${stranger} is not a channel's account of this campaign`, {
          field: `/body/allocations/${stranger}`,
        });
      return whatIf(state, context, allocations, objective, input());
    },
    async start() {
      running = true;
      await store.poll();
      loop();
    },
    async stop() {
      running = false;
      if (timer !== null) clearTimeout(timer);
      await looking;
      if (timer !== null) clearTimeout(timer);
      if (claim.isHeld()) await claim.release().catch(() => undefined);
    },
  };
}
