import { type DayResult, ourDay, rivalDay } from './day.ts';
import { type ShownCard, TUNING } from './ours.ts';
import { chaseWinner, roasProportional, stay } from './rivals.ts';
import { SCENARIOS, type Scenario } from './world.ts';

/** Windows of the rivals, ticks: what did best for each on seeds 1–30. */
const RIVAL_TICKS = { roasProportional: 12, chaseWinner: 6 } as const;
interface Contender {
  readonly name: string;
  readonly day: (scenario: Scenario, seed: number) => DayResult;
}
export const CONTENDERS = {
  static: { name: 'static', day: (scenario, seed) => rivalDay(scenario, seed, stay) },
  roas: {
    name: 'ROAS-prop.',
    day: (scenario, seed) => rivalDay(scenario, seed, roasProportional(RIVAL_TICKS.roasProportional)),
  },
  chase: {
    name: 'chase winner',
    day: (scenario, seed) => rivalDay(scenario, seed, chaseWinner(RIVAL_TICKS.chaseWinner)),
  },
  ours: { name: 'ours p≥.8', day: (scenario, seed) => ourDay(scenario, seed, TUNING) },
  eager: {
    name: 'ours p≥.65',
    day: (scenario, seed) => ourDay(scenario, seed, { ...TUNING, actFrom: TUNING.advice.weakProbability }),
  },
  planned: { name: 'p≥.8 + plan', day: (scenario, seed) => ourDay(scenario, seed, TUNING, true) },
} as const satisfies Record<string, Contender>;
export type ContenderId = keyof typeof CONTENDERS;

export interface Row {
  readonly scenario: Scenario;
  readonly by: Readonly<Record<ContenderId, Summary>>;
}
export interface Summary {
  /** %, mean over seeds and 90th percentile. */
  readonly regret: number;
  readonly regretP90: number;
  /** Decisions a day that moved money. */
  readonly moves: number;
  /** Of the plan, before the opening. */
  readonly planMoves: number;
  /** Part of carried-out decisions that truly gained. */
  readonly precision: number;
  /** Part of days on which it earned less than doing nothing. */
  readonly worseThanStatic: number;
  readonly cards: readonly ShownCard[];
  readonly bundles: readonly ShownCard[];
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function summaryOf(days: readonly DayResult[], staticDays: readonly DayResult[]): Summary {
  const regrets = days.map(({ regret }) => 100 * regret);
  const sorted = [...regrets].sort((a, b) => a - b);
  const of = days.reduce((sum, { precision }) => sum + precision.of, 0);
  return {
    regret: mean(regrets),
    regretP90: sorted[Math.min(sorted.length - 1, Math.floor(0.9 * sorted.length))] ?? 0,
    moves: mean(days.map(({ moves }) => moves)),
    planMoves: mean(days.map(({ planMoves }) => planMoves)),
    precision: of === 0 ? Number.NaN : days.reduce((sum, { precision }) => sum + precision.won, 0) / of,
    worseThanStatic: mean(days.map(({ regret }, i) => (regret > (staticDays[i]?.regret ?? 0) ? 1 : 0))),
    cards: days.flatMap(({ cards }) => cards),
    bundles: days.flatMap(({ bundles }) => bundles),
  };
}

/** Every contender lives the same days. */
export function compare(seeds: readonly number[], scenarios: readonly Scenario[] = SCENARIOS): Row[] {
  return scenarios.map((scenario) => {
    const staticDays = seeds.map((seed) => CONTENDERS.static.day(scenario, seed));
    const ids = Object.keys(CONTENDERS) as ContenderId[];
    const by = ids.map((id) => {
      const days = id === 'static' ? staticDays : seeds.map((seed) => CONTENDERS[id].day(scenario, seed));
      return [id, summaryOf(days, staticDays)] as const;
    });
    return { scenario, by: Object.fromEntries(by) as Record<ContenderId, Summary> };
  });
}

export interface CalibrationBin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly saidMean: number;
  readonly cameTrue: number;
}
/** Of what was said with probability p, how much came true. */
export function calibration(cards: readonly ShownCard[]): CalibrationBin[] {
  const edges = [0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0001];
  return edges.slice(1).map((to, i) => {
    const from = edges[i] ?? 0;
    const within = cards.filter(({ probability }) => probability >= from && probability < to);
    return {
      from,
      to: Math.min(1, to),
      count: within.length,
      saidMean: mean(within.map(({ probability }) => probability)),
      cameTrue: mean(within.map(({ trueGain }) => (trueGain > 0 ? 1 : 0))),
    };
  });
}

export interface Goal {
  readonly text: string;
  readonly got: string;
  readonly met: boolean;
}
/** What the build must reach, and the stretch, for ours with or without the plan made before the opening. */
export function goals(
  rows: readonly Row[],
  id: 'ours' | 'planned',
): { readonly must: Goal[]; readonly stretch: Goal[] } {
  const of = (name: string): Summary | undefined => rows.find(({ scenario }) => scenario.name === name)?.by[id];
  const percent = (value: number | undefined): string => `${(value ?? Number.NaN).toFixed(2)} %`;
  const limit = (name: string, most: number): Goal => ({
    text: `${name}: regret ≤ ${most} %`,
    got: percent(of(name)?.regret),
    met: (of(name)?.regret ?? 100) <= most,
  });
  const better = (than: ContenderId): Goal[] =>
    rows.map(({ scenario, by }) => ({
      text: `${scenario.name}: ${CONTENDERS[id].name} better than ${CONTENDERS[than].name}`,
      got: `${percent(by[id].regret)} against ${percent(by[than].regret)}`,
      met: by[id].regret < by[than].regret,
    }));
  const all = rows.flatMap(({ by }) => by[id].bundles.filter(({ acted }) => acted));
  const near = rows
    .flatMap(({ by }) => [...by[id].cards, ...by.eager.cards])
    .filter(({ probability }) => probability >= 0.75 && probability < 0.85);
  const precision = mean(all.map(({ trueGain }) => (trueGain > 0 ? 1 : 0)));
  const nearTrue = mean(near.map(({ trueGain }) => (trueGain > 0 ? 1 : 0)));
  const busiest = Math.max(...rows.map(({ by }) => by[id].moves));
  return {
    must: [
      limit('base', 4),
      limit('hard', 6),
      limit('S-shaped', 8),
      ...better('roas'),
      { text: 'precision ≥ 0.75 at p ≥ 0.8', got: precision.toFixed(2), met: precision >= 0.75 },
      { text: '≤ 12 moves a day in every scenario', got: busiest.toFixed(1), met: busiest <= 12 },
      {
        text: 'cards at p ≈ 0.8 come true 0.72–0.88',
        got: nearTrue.toFixed(2),
        met: nearTrue >= 0.72 && nearTrue <= 0.88,
      },
    ],
    stretch: better('chase'),
  };
}
