import type { Evaluation } from '#contract/alerts';
import { AppError } from '#contract/errors';
import type { MatchNow, RuleDetailReply, RuleState, RuleStatesReply } from '#contract/rule-pages';
import type { AlertBook } from './book.ts';
import { fingerprint } from './domain/fingerprint.ts';
import { rankOf } from './domain/hysteresis.ts';
import { alertLabels, type Look, lookAt, type Resolve, type RunnableRule } from './rule.ts';
import type { RuleBook } from './rule-book.ts';

/** Worst first: what cannot be judged before what fires, for it hides what it would say. */
const WORST: readonly Evaluation[] = ['error', 'firing', 'recovering', 'pending', 'nodata', 'normal'];

type OpenAlerts = Pick<AlertBook, 'openOf'>;

/** How one match stands: its open alert, which every node has, and what this node's windows give now. */
function matchNow(runnable: RunnableRule, match: MatchNow['labels'], look: Look, book: OpenAlerts): MatchNow {
  const record = book.openOf(fingerprint(runnable.rule.id, alertLabels(runnable, match)));
  const seen = look.kind === 'seen' ? look : null;
  // as the desk tells it: what is only held by windows still to come no longer fires
  const held = record?.evaluation === 'firing' && record.recovery ? 'recovering' : record?.evaluation;
  const evaluation = held ?? (look.kind === 'seen' ? 'normal' : look.kind);
  return {
    labels: match,
    evaluation,
    alertTier: record === undefined || record.firedAt === null ? null : record.tier,
    tier: seen?.tier ?? null,
    value: seen?.value ?? record?.value ?? null,
    limit: seen?.limit ?? record?.limit ?? null,
  };
}

/** How a rule stands now, over all its matches. Pure over what `resolve` answers. */
export function ruleNow(
  runnable: RunnableRule,
  resolve: Resolve,
  book: OpenAlerts,
): { readonly state: RuleState; readonly matches: readonly MatchNow[] } {
  let unit = '';
  let limits: readonly (number | null)[] = [];
  let message: string | null = null;
  const matches = runnable.matches.map((match) => {
    const look = lookAt(runnable, match, resolve);
    if (look.kind === 'error') message ??= look.message;
    if (look.kind === 'seen' && look.unit !== '') ({ unit } = look);
    if (look.kind === 'seen' && look.limits.length > 0) ({ limits } = look);
    return matchNow(runnable, match, look, book);
  });
  const counts: Partial<Record<Evaluation, number>> = {};
  for (const { evaluation } of matches) counts[evaluation] = (counts[evaluation] ?? 0) + 1;
  const byWorst = [...matches].sort(
    (a, b) =>
      WORST.indexOf(a.evaluation) - WORST.indexOf(b.evaluation) ||
      rankOf(b.alertTier ?? b.tier) - rankOf(a.alertTier ?? a.tier),
  );
  const worst = byWorst[0] ?? null;
  return {
    state: {
      rule: runnable.rule.id,
      evaluation: worst?.evaluation ?? 'normal',
      matchCount: matches.length,
      counts,
      worst,
      unit,
      limits,
      message,
    },
    matches: byWorst,
  };
}

export interface RuleViews {
  /** How every rule stands now. */
  ruleStates(): RuleStatesReply;
  /** One rule with its matches, its text and its tests. @throws {AppError} `not_found` */
  ruleDetail(id: string): RuleDetailReply;
}
export interface RuleViewDeps {
  readonly ruleBook: RuleBook;
  /** Answers of this instant. */
  readonly resolver: () => Resolve;
  readonly book: AlertBook;
  readonly nowMs: () => number;
}
/** What the rules page reads; any node can answer, whoever evaluates. */
export const createRuleViews = ({ ruleBook, resolver, book, nowMs }: RuleViewDeps): RuleViews => ({
  ruleStates() {
    const resolve = resolver();
    const states = ruleBook.rules().map((runnable) => ruleNow(runnable, resolve, book).state);
    return {
      at: nowMs(),
      evaluatedAgoMs: book.frame().evaluatedAgoMs ?? null,
      states,
      skipped: ruleBook.set().skipped,
    };
  },
  ruleDetail(id) {
    const runnable = ruleBook.byId(id);
    if (runnable === undefined) throw new AppError('not_found', `there is no rule ${id.slice(0, 80)}`);
    const { rule } = runnable;
    return {
      rule,
      ...ruleNow(runnable, resolver(), book),
      yaml: ruleBook.yamlOf(rule),
      tests: ruleBook.testsOf(runnable),
    };
  },
});
