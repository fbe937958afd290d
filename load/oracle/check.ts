import type { CampaignReply } from '#contract/campaign';
import { type SeriesReply, type SeriesStep, STEP_MS } from '#contract/kpis';
import type { HttpClient } from '../http.ts';
import type { ExpectedCells } from './cells.ts';
import {
  type Cells,
  CHECKED_STEPS,
  compareCells,
  type Difference,
  histogramLines,
  type Line,
  lostAndDoubled,
  readCells,
  type Span,
  storedLines,
} from './compare.ts';
import { CELL_METRICS, HISTOGRAM_METRICS } from './metrics.ts';

export interface Verdict {
  readonly lostCount: number;
  readonly doubledCount: number;
  /** Cell values compared, over all steps. */
  readonly comparedCount: number;
  readonly lineCount: number;
  /** Steps at which anything could be compared. */
  readonly steps: readonly SeriesStep[];
  readonly differences: readonly Difference[];
}
/** What stood in the cells before a run, by step. */
export type Baseline = ReadonlyMap<SeriesStep, Cells>;

/** Reads and compares what one server shows; knows nothing of how it counts. */
export class SeriesCheck {
  readonly #client: HttpClient;
  readonly #lines: readonly Line[];
  readonly #span: Span;

  /** @param span - event time that the run may touch; widened to whole hours where the step asks for it */
  constructor(client: HttpClient, campaign: CampaignReply, span: Span) {
    this.#client = client;
    this.#span = span;
    this.#lines = [...storedLines(campaign, CELL_METRICS), ...histogramLines(campaign, HISTOGRAM_METRICS)];
  }

  get lineCount(): number {
    return this.#lines.length;
  }

  async read(step: SeriesStep): Promise<Cells> {
    const stepMs = STEP_MS[step];
    const fromMs = Math.floor(this.#span.fromMs / stepMs) * stepMs;
    const toMs = Math.ceil(this.#span.toMs / stepMs) * stepMs;
    const read = (query: Readonly<Record<string, string>>): Promise<SeriesReply> =>
      this.#client.getJson<SeriesReply>(`/api/v1/series?${new URLSearchParams(query)}`);
    return readCells(read, this.#lines, step, { fromMs, toMs });
  }

  async baseline(): Promise<Baseline> {
    const before = new Map<SeriesStep, Cells>();
    for (const step of CHECKED_STEPS) before.set(step, await this.read(step));
    return before;
  }

  /** @param quietUntilMs - see `compareCells` */
  async verdict(expected: ExpectedCells, before: Baseline, quietUntilMs: number): Promise<Verdict> {
    const differences: Difference[] = [];
    let comparedCount = 0;
    const steps: SeriesStep[] = [];
    for (const step of CHECKED_STEPS) {
      const actual = await this.read(step);
      const result = compareCells(step, expected.seconds, actual, before.get(step) ?? new Map(), quietUntilMs);
      comparedCount += result.comparedCount;
      if (result.comparedCount > 0) steps.push(step);
      differences.push(...result.differences);
    }
    return { ...lostAndDoubled(differences), comparedCount, lineCount: this.#lines.length, steps, differences };
  }
}
