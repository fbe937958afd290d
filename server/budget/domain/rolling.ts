import type { Policy } from './policy.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** What counts against a channel's sums of the hour and the day, as the store keeps it. */
export interface Rolling {
  /** When and how much, minor units, that came to it or left it. */
  readonly in: readonly (readonly [atMs: number, minor: number])[];
  readonly out: readonly (readonly [atMs: number, minor: number])[];
  /** `<ms>:<minor> …`: its allocation before each change of the last day, oldest first. */
  readonly past: string;
}
export const NOTHING_MOVED: Rolling = { in: [], out: [], past: '' };

/** What a channel had 24 h ago, to the minute, minor units; `allocated` when nothing has changed since. */
export function dayAgoMinor(past: string, allocated: number, nowMs: number): number {
  for (const change of past.split(' ')) {
    const [at, before] = change.split(':');
    if (before !== undefined && Number(at) > nowMs - DAY_MS) return Number(before);
  }
  return allocated;
}

/**
 * What the rolling sums of the channel still let leave it (`outMinor`) and come to it (`inMinor`), minor units, as the script judges
 * them (`sum` of store/scripts/includes/money-guards.lua; a test holds both together). Sums of the person and the pair come besides.
 */
export function roomOf(
  moved: Rolling,
  policy: Pick<Policy, 'hourRatio' | 'dayRatio' | 'dayIncreaseRatio'>,
  { envelopeMinor, allocated, nowMs }: { envelopeMinor: number; allocated: number; nowMs: number },
): { readonly outMinor: number; readonly inMinor: number } {
  const of = (ratio: number): number => Math.floor(ratio * envelopeMinor);
  const within = (list: Rolling['in'], windowMs: number): number =>
    list.reduce((sum, [atMs, minor]) => (atMs > nowMs - windowMs ? sum + minor : sum), 0);
  const raise = Math.floor(policy.dayIncreaseRatio * dayAgoMinor(moved.past, allocated, nowMs));
  const left = (list: Rolling['in'], dayMinor: number): number =>
    Math.max(0, Math.min(of(policy.hourRatio) - within(list, HOUR_MS), dayMinor - within(list, DAY_MS)));
  return {
    outMinor: left(moved.out, of(policy.dayRatio)),
    inMinor: left(moved.in, Math.min(of(policy.dayRatio), raise)),
  };
}
