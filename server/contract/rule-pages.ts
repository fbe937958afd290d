import type { AlertLabels, AlertRule, Evaluation } from './alerts.ts';
import type { Tier } from './tiers.ts';

/** What the rules page shows beside the rules themselves: how each stands now, its text and its tests. */

/** One match of a rule, looked at when it was asked for. */
export interface MatchNow {
  readonly labels: AlertLabels;
  /** Of its open alert, `recovering` as soon as its value is good again; without one `normal`, or why nothing can be said. */
  readonly evaluation: Evaluation;
  /** The tier its alert is shown with; null while it has none that fired. */
  readonly alertTier: Tier | null;
  /** The tier its value reaches now, before hysteresis; null when it reaches none. */
  readonly tier: Tier | null;
  readonly value: number | null;
  readonly limit: number | null;
}
export interface RuleState {
  readonly rule: string;
  /** The worst of its matches: error, firing, recovering, pending, nodata, normal. */
  readonly evaluation: Evaluation;
  readonly matchCount: number;
  /** Matches by evaluation, those with none left out. */
  readonly counts: Readonly<Partial<Record<Evaluation, number>>>;
  /** The match that is worst now; null when none was seen. */
  readonly worst: MatchNow | null;
  readonly unit: string;
  /** Limits by rank, blue first, null where there is none; empty when the rule is true or false or has no data. */
  readonly limits: readonly (number | null)[];
  /** Why it cannot be evaluated, with `error`. */
  readonly message: string | null;
}
/** `GET /api/v1/rules/states` */
export interface RuleStatesReply {
  readonly at: number;
  /** ms since rules were last evaluated by any node; null before the first time. */
  readonly evaluatedAgoMs: number | null;
  readonly states: readonly RuleState[];
  /** Rules this campaign has no data for, and why. */
  readonly skipped: readonly { readonly rule: string; readonly why: string }[];
}
export interface RuleTestResult {
  readonly file: string;
  readonly name: string;
  /** What is wrong; empty: it holds; null: its values are those of another campaign, so it was not run. */
  readonly problems: readonly string[] | null;
}
/** `GET /api/v1/rules/{id}` */
export interface RuleDetailReply {
  readonly rule: AlertRule;
  readonly state: RuleState;
  readonly matches: readonly MatchNow[];
  /** The rule as a file of its own, to edit and back-test. */
  readonly yaml: string;
  readonly tests: readonly RuleTestResult[];
}
