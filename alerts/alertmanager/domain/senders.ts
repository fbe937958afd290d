/**
 * Who says that a foreign alert fires, and until when. Prometheus repeats what fires every minute with a new end, so silence of
 * all senders ends an alert; two replicas with keys of their own are told apart, so that one which resolves first does not end
 * (and the other then page anew) what still fires. With one key the last word wins, as in Alertmanager.
 */
export type Senders = Readonly<Record<string, number>>;
/** More are not told apart: the one that ends first makes room. */
const SENDERS_MOST = 8;

/** Until when it fires, ms, over all senders; null: nobody says so. */
export const firesUntilMs = (senders: Senders): number | null => {
  const ends = Object.values(senders);
  return ends.length === 0 ? null : Math.max(...ends);
};

/** The senders after one has said that it fires until `untilMs`. A later end it gave before stays. */
export function heardFiring(senders: Senders, sender: string, untilMs: number, nowMs: number): Senders {
  const live = Object.entries(senders).filter(([id, until]) => id !== sender && until > nowMs);
  const kept = live.sort(([, a], [, b]) => b - a).slice(0, SENDERS_MOST - 1);
  return Object.fromEntries([...kept, [sender, Math.max(untilMs, senders[sender] ?? 0)]]);
}
/** The senders after one has said that it is over; empty: it is over for all. */
export const heardResolved = (senders: Senders, sender: string, nowMs: number): Senders =>
  Object.fromEntries(Object.entries(senders).filter(([id, until]) => id !== sender && until > nowMs));

/**
 * Whether a repetition is worth a write: when at least a fifth of the time it is good for has been used up. Keeps ten senders
 * that repeat in turn from writing ten times as often as one.
 */
export function isWorthWriting(before: Senders, after: Senders, nowMs: number): boolean {
  const known = firesUntilMs(before);
  const next = firesUntilMs(after);
  if (known === null || next === null) return known !== next;
  if (Object.keys(after).some((id) => before[id] === undefined)) return true;
  return known - nowMs < 0.8 * (next - nowMs);
}
