import type { AlertRate } from '#contract/frames';
import type { TimelineEntry } from '#contract/timeline';
import type { Timeline } from '../server/room/timeline.ts';

const STEP_MS = 600_000;
/** Three hours: long enough to see whether a flood is new. */
const STEPS = 18;
const KINDS = ['alert.fired', 'alert.storm'] as const;
/** Pages read back at a start; beyond them older steps count too few, which a wall that starts in a storm can bear. */
const PAGES_MOST = 10;

/** How many alerts one entry tells of: a folded storm is as many as it was. */
export const alertsOf = ({ kind, params }: Pick<TimelineEntry, 'kind' | 'params'>): number =>
  kind === 'alert.storm' ? Math.max(1, Number(params.n) || 1) : 1;

/** Steps that end with the running one; what is older falls out. Pure. */
export function rateAt(fired: readonly { readonly atMs: number; readonly count: number }[], nowMs: number): AlertRate {
  const endMs = (Math.floor(nowMs / STEP_MS) + 1) * STEP_MS;
  const fromMs = endMs - STEPS * STEP_MS;
  const counts = Array.from({ length: STEPS }, () => 0);
  for (const { atMs, count } of fired) {
    const step = Math.floor((atMs - fromMs) / STEP_MS);
    if (step >= 0 && step < STEPS) counts[step] = (counts[step] ?? 0) + count;
  }
  return { fromMs, stepMs: STEP_MS, counts };
}

/** Counts alerts that fired, from the timeline, which every node can read. */
export function createAlertRate(timeline: Pick<Timeline, 'page'>, nowMs: () => number) {
  let fired: { readonly atMs: number; readonly count: number }[] = [];
  let position: { readonly epoch: string; readonly seq: number } | null = null;
  const take = (entries: readonly TimelineEntry[]): void => {
    for (const entry of entries) fired.push({ atMs: entry.atMs, count: alertsOf(entry) });
  };

  async function readBack(): Promise<void> {
    fired = [];
    const fromMs = nowMs() - STEPS * STEP_MS;
    let before: number | undefined;
    for (let pages = 0; pages < PAGES_MOST; pages += 1) {
      const page = await timeline.page({
        kinds: KINDS,
        fromMs,
        limit: 500,
        ...(before === undefined ? {} : { before }),
      });
      // what comes after the first page was read is read from its position on
      if (before === undefined) position = page.position;
      take(page.entries);
      if ((page.before ?? null) === null) break;
      before = page.before ?? undefined;
    }
  }
  async function poll(): Promise<void> {
    if (position === null) return readBack();
    const page = await timeline.page({ kinds: KINDS, after: position.seq, epoch: position.epoch, limit: 500 });
    if (page.reset || page.position.epoch !== position.epoch) return readBack();
    take(page.entries);
    ({ position } = page);
    const oldestMs = nowMs() - (STEPS + 1) * STEP_MS;
    if (fired.length > 0) fired = fired.filter(({ atMs }) => atMs >= oldestMs);
  }
  return {
    poll,
    /** Nothing before the first look. */
    frame: (): { readonly rate?: AlertRate } => (position === null ? {} : { rate: rateAt(fired, nowMs()) }),
  };
}
