import type { TimelineEntry } from '#contract/timeline';

export const MARK_SPAN_MS = 3_600_000;
/** Kinds a wall draws on its axis, by lane. Only what changes something: steps and claims would be noise. */
export const LANES = {
  change: ['change.recorded', 'campaign.reloaded', 'rules.reloaded'],
  run: ['run.started', 'run.action_sent', 'run.action_failed', 'run.ended'],
  alert: ['alert.fired', 'alert.raised', 'alert.storm'],
} as const satisfies Readonly<Record<string, readonly TimelineEntry['kind'][]>>;
export type Lane = keyof typeof LANES;
export const MARK_KINDS: readonly string[] = Object.values(LANES).flat();

/** Entries of one lane within the span, oldest first, none twice, each with its place from 0 (an hour ago) to 1 (now). Pure. */
export function marksOf(
  lane: Lane,
  entries: readonly TimelineEntry[],
  nowMs: number,
): readonly { readonly entry: TimelineEntry; readonly at: number }[] {
  const kinds: readonly string[] = LANES[lane];
  const bySeq = new Map(entries.map((entry) => [entry.seq, entry]));
  return [...bySeq.values()]
    .filter(({ kind, atMs }) => kinds.includes(kind) && atMs > nowMs - MARK_SPAN_MS && atMs <= nowMs)
    .sort((a, b) => a.seq - b.seq)
    .map((entry) => ({ entry, at: (entry.atMs - (nowMs - MARK_SPAN_MS)) / MARK_SPAN_MS }));
}
