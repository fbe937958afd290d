import type { AlertRow } from '#contract/alerts';
import type { MoveReply } from '#contract/budget';
import type { AdviceReply } from '#contract/recommendations';
import { Random } from '../random.ts';
import { budgetsOf, MoneyStage, type Told, type Verdict } from './money-stage.ts';
import type { MoneyDrillOptions } from './platform-trouble.ts';

/** ¥100M of advertising a day: some ten new customers a second on search. */
const MARKETING_MINOR = 10_000_000_000;
const DAY_S = 1_500 * 60;
const BASKET_MINOR = 10_000;
const CALM_S = 12;
/** So much worse than the level, so that a minute that began well is above it soon. */
const BEYOND = 1.3;
const TICK_MS = 2_000;
/** Cost of a new customer on search before and after (002), and what a click costs more. */
const CAC_MINOR = { before: 4_500, after: 8_500, better: 3_000 };
const CPC_FACTOR = 1.25;

interface Market {
  /** Return of a little money, minor units a minor unit. */
  readonly slope: number;
  /** Spend at which half of the most is reached, in usual spends. */
  readonly theta: number;
  readonly cacMinor: number;
}
/** In balance: the next yuan earns about the same everywhere. */
const CALM: Readonly<Record<string, Market>> = {
  search: { slope: 4.4, theta: 3, cacMinor: CAC_MINOR.before },
  social: { slope: 4, theta: 4, cacMinor: 3_500 },
  kol: { slope: 4.4, theta: 3, cacMinor: 4_000 },
  content: { slope: 4.4, theta: 3, cacMinor: 4_000 },
};
/** What a channel really returns a second, minor units: known to the drill, unknown to the console. */
const returnOf = ({ slope, theta }: Market, spent: number, usual: number): number =>
  (slope * spent) / (1 + spent / (theta * usual));

/** The cost of a customer is looked at by channel and minute here: a drill has no hour. */
const RULES = `groups:
  - name: drill
    interval: 0s
    rules:
      - alert: AcquisitionCostHigh
        expr: tier("cac", "1m")
        for: 0s
        for_each: { channel: [search, social] }
        labels: { domain: marketing }
        annotations: { summary: A new customer costs too much, summary_zh: 获客成本偏高, runbook_url: /runbooks/traffic-cost-roi }
`;

/**
 * Search turns dear: a new customer costs ¥85 instead of ¥45. The alert is red, money is advised to go to social, a lead asks,
 * others approve, both platforms follow, and it can be taken back.
 */
export async function cacSpike({ seed, quiet }: MoneyDrillOptions): Promise<readonly Verdict[]> {
  const stage = await MoneyStage.start({
    seed,
    quiet,
    marketingMinor: MARKETING_MINOR,
    rules: RULES,
    args: ['--advice-tick', String(TICK_MS)],
  });
  const random = new Random(seed, 0x636163);
  const market = { ...CALM };
  const usual = Object.fromEntries(
    (await stage.budget()).accounts.flatMap(({ channel, allocated }) =>
      channel === null ? [] : [[channel, allocated / DAY_S]],
    ),
  );
  let running = true;
  let orders = 0;
  let cpcMinor = 125;
  const spent = new Map<string, number>();
  /** One second of the market: what budgets allow is spent, reported, and sold for. */
  async function second(): Promise<void> {
    const ts = Date.now();
    const { accounts } = await stage.budget();
    const events: Record<string, unknown>[] = [];
    for (const { channel, allocated } of accounts) {
      const here = channel === null ? undefined : market[channel];
      if (channel === null || here === undefined) continue;
      const spend = Math.round((allocated / DAY_S) * (1 + 0.05 * random.normal()));
      const total = (spent.get(channel) ?? 0) + spend;
      spent.set(channel, total);
      events.push(stage.reportOf(channel, total, Math.round(total / cpcMinor)));
      const base = { category: 'beauty', region: 'zhejiang', channel, platform: 'mobile' };
      const buyers = random.poisson(spend / here.cacMinor);
      const sold = random.poisson(returnOf(here, spend, usual[channel] ?? 1) / BASKET_MINOR);
      for (let n = 0; n < Math.max(sold, buyers); n += 1) {
        orders += 1;
        const amountMinor = n < sold ? BASKET_MINOR : 100;
        const more = { buyerId: `b${orders}`, newBuyer: n < buyers };
        events.push({
          source: '/orders/drill',
          type: 'order.paid',
          ts,
          orderId: `o${orders}`,
          amountMinor,
          ...base,
          ...more,
        });
      }
    }
    await stage.send(events);
  }
  const world = (async () => {
    while (running) {
      const startedMs = performance.now();
      await second().catch((error: Error) => stage.say(`the market stood still: ${error.message}`));
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, 1_000 - (performance.now() - startedMs))));
    }
  })();
  const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  try {
    const initial = budgetsOf(stage.platform);
    await pause(CALM_S * 1_000);
    const searchCalm = market.search as Market;
    const cacMinor = CAC_MINOR.after * BEYOND;
    market.search = { ...searchCalm, slope: (searchCalm.slope * CAC_MINOR.before) / cacMinor, cacMinor };
    cpcMinor *= CPC_FACTOR;
    const calm = await stage.ask<AdviceReply>('marketing', 'GET', '/api/v1/budget/recommendation');
    const early = calm.body.cards.some(({ legs }) => legs.some(({ from }) => from === 'chan:search'));
    stage.rule(
      'in the calm nobody is told to leave search',
      !early,
      calm.body.note ?? `${calm.body.cards.length} cards`,
    );
    const spikedMs = Date.now();
    stage.say(`search: a new customer costs more than ¥${CAC_MINOR.after / 100} from now on`);

    const advice = (): Promise<AdviceReply> =>
      stage.ask<AdviceReply>('marketing', 'GET', '/api/v1/budget/recommendation').then(({ body }) => body);
    let note = '';
    const card = await stage.until(async () => {
      const { cards, note: why } = await advice();
      note = why ?? `${cards.length} cards`;
      return (
        cards.find(({ legs }) => legs.some(({ from, to }) => from === 'chan:search' && to === 'chan:social')) ?? null
      );
    }, 60_000);
    const after = ((Date.now() - spikedMs) / 1_000).toFixed(0);
    stage.rule(
      'search → social is advised',
      card !== null,
      card === null ? note : `${after} s after, p ${card.effect.probability.toFixed(2)}`,
    );
    if (card === null) return stage.verdicts;
    const leg = card.legs.find(({ from }) => from === 'chan:search');
    if (leg === undefined) return stage.verdicts;
    const mean = card.effect.mid;
    stage.rule(
      'with what it brings, from 5 to 95 %',
      card.effect.low <= mean && mean <= card.effect.high && mean > 0,
      `¥${Math.round(mean / 100)}`,
    );
    const before = await stage.account('chan:search');
    const asked = await stage.request('marketing', card.legs, 'search is dear', { recommendationId: card.id });
    stage.rule('one request from the card', asked.code === null, asked.code ?? `${asked.body.move?.tier}`);
    const move = asked.body.move;
    if (move === null || move === undefined) return stage.verdicts;
    await stage.approveAll(move);
    const done = await stage.settled(move.id);
    const tookS = Math.round((Date.now() - spikedMs) / 1_000);
    stage.rule(
      'settled within 15 minutes of the spike',
      done?.state === 'settled' && tookS <= 900,
      `${done?.state}, ${tookS} s`,
    );

    const value = (movedMinor: number): number =>
      ['search', 'social'].reduce((sum, channel) => {
        const sign = channel === 'search' ? -1 : 1;
        const x = (usual[channel] ?? 0) + (sign * movedMinor) / DAY_S;
        return sum + returnOf(market[channel] as Market, x, usual[channel] ?? 1);
      }, 0);
    // the best that one move could do: a fifth of the channel is the longest step
    const most = before.allocated * 0.2;
    const best = Math.max(...Array.from({ length: 101 }, (_, i) => value((most * i) / 100)));
    const regret = 1 - value(leg.amountMinor) / best;
    stage.rule('regret against the best single move ≤ 6 %', regret <= 0.06, `${(regret * 100).toFixed(1)} %`);

    const alertOf = async (): Promise<AlertRow | null> => {
      const { body } = await stage.ask<{ alerts: readonly AlertRow[] }>('oncall', 'GET', '/api/v1/alerts');
      const own = body.alerts.find(({ rule, labels }) => rule === 'AcquisitionCostHigh' && labels.channel === 'search');
      return own ?? null;
    };
    const red = await stage.until(async () => ((await alertOf())?.tier === 'red' ? true : null), 90_000);
    const redS = Math.round((Date.now() - spikedMs) / 1_000);
    stage.rule('the cost of a customer on search is red', red === true, red === true ? `after ${redS} s` : 'it is not');
    const legs = [{ from: 'chan:content', to: 'chan:search', amountMinor: 10_000_000 }];
    const more = await stage.request('marketing', legs, 'drill: more for search');
    stage.rule('a red channel takes no money', more.code === 'frozen', `${more.code}`);
    const takeBack = (reason: string): Promise<Told<MoveReply>> =>
      stage.ask('marketing', 'POST', `/api/v1/budget/transfers/${move.id}/reverse`, { reason });
    const tooEarly = await takeBack('drill: while it is red');
    stage.rule('so the move is not taken back while it is red', tooEarly.code === 'frozen', `${tooEarly.code}`);

    market.search = { ...searchCalm, cacMinor: CAC_MINOR.better };
    stage.say('search: the bids are mended');
    const undo = await stage.until(async () => {
      const told = await takeBack('drill: search is well again');
      return told.code === null ? told.body.move : null;
    }, 90_000);
    stage.rule(
      'when search is well again it is taken back',
      undo !== null,
      undo === null ? 'still refused' : `${undo.tier}`,
    );
    if (undo !== null) {
      await stage.approveAll(undo);
      const undone = await stage.settled(undo.id);
      const now = await stage.account('chan:search');
      const isBack = undone?.state === 'settled' && now.allocated === before.allocated;
      stage.rule('and everything stands as before', isBack, `${undone?.state}`);
      const twice = await takeBack('again');
      stage.rule('once', twice.code === 'already_undone', `${twice.code}`);
    }
    running = false;
    await world;
    await stage.judgeInvariants();
    await stage.judgePlatforms(initial);
    return stage.verdicts;
  } finally {
    running = false;
    await world;
    await stage.stop();
  }
}
