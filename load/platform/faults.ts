import type { Random } from '../random.ts';

/** What can go wrong with one call that sets a budget. */
export const CALL_FAULTS = [
  'none',
  /** No answer, nothing done. */
  'timeout_before',
  /** Done, no answer. */
  'timeout_after',
  /** 500, nothing done. */
  'error_before',
  /** Done, and 500 all the same. */
  'error_after',
  /** 429 although the quota is free. */
  'busy',
  /** Refused in words. */
  'reject',
  /** Answered as if done; the old budget stays. */
  'ignore',
] as const;
export type CallFault = (typeof CALL_FAULTS)[number];

export interface Faults {
  /** Answers take this long, from and to, ms. */
  readonly latencyMs: readonly [number, number];
  /** `refuse`: 503 to everything; `silent`: no answer to anything. */
  readonly outage: 'none' | 'refuse' | 'silent';
  /** Share of the set calls that meet a fault, by fault; the rest meets none. */
  readonly ratios: Readonly<Partial<Record<CallFault, number>>>;
  /** Faults of the next set calls, one each, before the ratios count. */
  readonly next: readonly CallFault[];
  /** A budget outside the bounds is moved to the bound (true) or refused (false). */
  readonly clamps: boolean;
  /** What is charged a day, in budgets; null: as the rules say. */
  readonly overdelivery: number | null;
}
export const CALM: Faults = {
  latencyMs: [0, 0],
  outage: 'none',
  ratios: {},
  next: [],
  clamps: true,
  overdelivery: null,
};

/** What is wrong with faults that somebody sent; null when nothing. */
export function faultsProblem(value: Readonly<Record<string, unknown>>): string | null {
  for (const [name, given] of Object.entries(value)) {
    if (!(name in CALM)) return `${name} is not a fault; known: ${Object.keys(CALM).join(', ')}`;
    const fine =
      name === 'latencyMs'
        ? Array.isArray(given) &&
          given.length === 2 &&
          given.every((ms) => ms >= 0 && ms <= 60_000) &&
          given[0] <= given[1]
        : name === 'outage'
          ? ['none', 'refuse', 'silent'].includes(String(given))
          : name === 'ratios'
            ? given !== null &&
              typeof given === 'object' &&
              Object.entries(given).every(([fault, ratio]) => isFault(fault) && ratio >= 0 && ratio <= 1)
            : name === 'next'
              ? Array.isArray(given) && given.every(isFault)
              : name === 'clamps'
                ? typeof given === 'boolean'
                : given === null || (typeof given === 'number' && given >= 0 && given <= 10);
    if (!fine) return `${name} cannot be ${JSON.stringify(given)}`;
  }
  return null;
}
const isFault = (name: unknown): boolean => (CALL_FAULTS as readonly unknown[]).includes(name);

/** The faults of every object; those under `*` hold where an object has none of its own. Chance comes from one seed. */
export class FaultBook {
  readonly #byObject = new Map<string, Faults>();
  readonly #random: Random;

  constructor(random: Random, everywhere: Partial<Faults> = {}) {
    this.#random = random;
    this.#byObject.set('*', { ...CALM, ...everywhere });
  }

  of(objectId: string): Faults {
    return this.#byObject.get(objectId) ?? this.#byObject.get('*') ?? CALM;
  }

  /** Changes what is named and leaves the rest; `null` makes an object as calm as all the others. */
  change(objectId: string, faults: Partial<Faults> | null): void {
    if (faults === null) this.#byObject.delete(objectId);
    else this.#byObject.set(objectId, { ...this.of(objectId), ...faults });
    if (!this.#byObject.has('*')) this.#byObject.set('*', CALM);
  }

  latencyMs(objectId: string): number {
    const [from, to] = this.of(objectId).latencyMs;
    return from + (to - from) * this.#random.next();
  }

  /** The fault that the next set call of an object meets; one draw a call, so that a seed gives the same night again. */
  nextFault(objectId: string): CallFault {
    const drawn = this.#random.next();
    const own = this.#byObject.has(objectId) ? objectId : '*';
    const faults = this.of(own);
    const [first, ...next] = faults.next;
    if (first !== undefined) {
      this.#byObject.set(own, { ...faults, next });
      return first;
    }
    let upTo = 0;
    for (const fault of CALL_FAULTS) {
      upTo += fault === 'none' ? 0 : (faults.ratios[fault] ?? 0);
      if (drawn < upTo) return fault;
    }
    return 'none';
  }
}
