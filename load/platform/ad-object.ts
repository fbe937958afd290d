import type { PlatformReading } from '#contract/platforms';

/** How this platform treats one object. Said in its own words: the console's idea of it is tested against this one. */
export interface ObjectRules {
  readonly quotaCount: number;
  readonly quotaWindowMs: number;
  readonly minMinor: number;
  readonly maxMinor: number;
  readonly minStepMinor: number;
  /** Never below this many times what was spent today plus what is frozen … */
  readonly spentTimes: number;
  /** … nor below what was spent today and this much on top. */
  readonly spentPlusMinor: number;
  /** What may be charged a day, in budgets. */
  readonly overdelivery: number;
  readonly overdeliveryOf: 'present' | 'highest_today';
}
export type SetResult =
  | { readonly kind: 'set'; readonly beforeMinor: number; readonly afterMinor: number }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'rejected'; readonly code: string; readonly message: string }
  | { readonly kind: 'over_quota'; readonly nextAtMs: number };
/** One change that took effect. */
export interface Change {
  readonly atMs: number;
  readonly by: 'api' | 'manual';
  /** `webhook-id` of the call; empty for a manual one. */
  readonly callId: string;
  readonly beforeMinor: number;
  readonly afterMinor: number;
}
const HISTORY_MAX = 1_000;

/** One ad account whose daily budget can be set. Pure but for its own state: time is given. */
export class AdObject {
  readonly objectId: string;
  readonly channel: string;
  readonly rules: ObjectRules;
  readonly changes: Change[] = [];
  day = '';
  frozenMinor = 0;
  #budgetMinor: number;
  #highestMinor: number;
  #spentMinor = 0;
  #version = 1;
  #quotaUsedMs: number[] = [];

  constructor(init: { objectId: string; channel: string; rules: ObjectRules; dailyBudgetMinor: number }) {
    this.objectId = init.objectId;
    this.channel = init.channel;
    this.rules = init.rules;
    this.#budgetMinor = init.dailyBudgetMinor;
    this.#highestMinor = init.dailyBudgetMinor;
  }

  get reading(): PlatformReading {
    return {
      objectId: this.objectId,
      dailyBudgetMinor: this.#budgetMinor,
      spentMinor: this.#spentMinor,
      frozenMinor: this.frozenMinor,
      highestTodayMinor: this.#highestMinor,
      version: this.#version,
    };
  }

  /** Goes on where an earlier life of the platform ended. */
  restore(
    { dailyBudgetMinor, highestTodayMinor, spentMinor, frozenMinor, version }: PlatformReading,
    day: string,
  ): void {
    this.#budgetMinor = dailyBudgetMinor;
    this.#highestMinor = highestTodayMinor;
    this.#spentMinor = spentMinor;
    this.#version = version;
    this.frozenMinor = frozenMinor;
    this.day = day;
  }

  /** The lowest budget that is taken now, minor units. */
  lowestMinor(): number {
    const { minMinor, spentTimes, spentPlusMinor } = this.rules;
    if (this.#spentMinor === 0) return Math.max(minMinor, this.frozenMinor);
    const byRatio = Math.ceil(this.#spentMinor * spentTimes) + this.frozenMinor;
    return Math.max(minMinor, byRatio, this.#spentMinor + spentPlusMinor);
  }

  /**
   * Sets the daily budget as the documented platforms do: too low becomes the lowest they take, too high the highest, a step
   * that is too small is refused, a change above the quota too.
   * @param clamps - false: a budget outside the bounds is refused instead of clamped
   */
  set(targetMinor: number, nowMs: number, callId: string, clamps: boolean): SetResult {
    const { maxMinor, minStepMinor, quotaCount, quotaWindowMs } = this.rules;
    this.#quotaUsedMs = this.#quotaUsedMs.filter((usedMs) => usedMs > nowMs - quotaWindowMs);
    if (targetMinor === this.#budgetMinor) return { kind: 'unchanged' };
    const lowestMinor = this.lowestMinor();
    if (!clamps && (targetMinor < lowestMinor || targetMinor > maxMinor)) {
      const message = `the daily budget must be ${lowestMinor} to ${maxMinor}`;
      return { kind: 'rejected', code: targetMinor < lowestMinor ? 'BUDGET_TOO_LOW' : 'BUDGET_TOO_HIGH', message };
    }
    const takenMinor = Math.min(maxMinor, Math.max(lowestMinor, targetMinor));
    if (takenMinor === this.#budgetMinor) return { kind: 'unchanged' };
    if (Math.abs(takenMinor - this.#budgetMinor) < minStepMinor)
      return { kind: 'rejected', code: 'STEP_TOO_SMALL', message: `change it by ${minStepMinor} or more` };
    if (this.#quotaUsedMs.length >= quotaCount)
      return { kind: 'over_quota', nextAtMs: (this.#quotaUsedMs[0] ?? nowMs) + quotaWindowMs };
    this.#quotaUsedMs.push(nowMs);
    return this.#change(takenMinor, nowMs, 'api', callId);
  }

  /** Somebody changes it on the platform's own pages, behind the console's back. */
  setByHand(toMinor: number, nowMs: number): SetResult {
    return this.#change(toMinor, nowMs, 'manual', '');
  }

  #change(toMinor: number, nowMs: number, by: Change['by'], callId: string): SetResult {
    const change = { atMs: nowMs, by, callId, beforeMinor: this.#budgetMinor, afterMinor: toMinor };
    this.changes.push(change);
    if (this.changes.length > HISTORY_MAX) this.changes.shift();
    this.#budgetMinor = toMinor;
    this.#highestMinor = Math.max(this.#highestMinor, toMinor);
    this.#version += 1;
    return { kind: 'set', beforeMinor: change.beforeMinor, afterMinor: toMinor };
  }

  /** The most that may be charged today, minor units; never less than what already was. */
  mostTodayMinor(overdelivery = this.rules.overdelivery): number {
    const budget = this.rules.overdeliveryOf === 'highest_today' ? this.#highestMinor : this.#budgetMinor;
    return Math.max(this.#spentMinor, Math.floor(budget * overdelivery));
  }

  /** Charges what the market wants, up to what the budget allows. Returns what was charged; negative wants are corrections. */
  charge(wantedMinor: number, day: string, overdelivery?: number): number {
    this.turnDay(day);
    const chargedMinor = Math.max(
      -this.#spentMinor,
      Math.min(wantedMinor, this.mostTodayMinor(overdelivery) - this.#spentMinor),
    );
    this.#spentMinor += chargedMinor;
    return chargedMinor;
  }

  /** A new day in the campaign's zone: nothing is spent yet and the present budget is the highest. */
  turnDay(day: string): void {
    if (day === this.day) return;
    if (this.day !== '') {
      this.#spentMinor = 0;
      this.#highestMinor = this.#budgetMinor;
      this.#version += 1;
    }
    this.day = day;
  }
}
